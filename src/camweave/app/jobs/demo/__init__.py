"""The first look: a small world seen live, and what its exact truth says of what was shown."""
