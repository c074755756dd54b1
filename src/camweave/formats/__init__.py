"""Files in and out: read with suspicion, written under a temporary name and renamed."""
