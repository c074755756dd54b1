"""Following the objects of one camera."""
