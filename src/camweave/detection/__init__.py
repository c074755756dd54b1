"""Finding objects in frames."""
