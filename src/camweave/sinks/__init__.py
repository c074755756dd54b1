"""Where views go."""
