"""What the keeper of a store does with it."""
