"""A package, so that what its tests share, a whole system at work, ends with the last of them."""
