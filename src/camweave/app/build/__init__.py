"""Parameters to parts: one exhaustive match per stage, each in a file of its own."""
