"""Which tracklets, of any camera, are the same object."""
