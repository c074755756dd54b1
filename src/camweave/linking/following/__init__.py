"""Following objects on the ground, by all the views of a site at once."""
