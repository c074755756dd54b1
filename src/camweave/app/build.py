"""Parameters to parts: one exhaustive match per stage."""
