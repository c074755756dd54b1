"""What came of a recording, for people: one page that needs nothing else."""
