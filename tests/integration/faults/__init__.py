"""A package, so that what its tests share, a whole site at work, ends with the last of them."""
