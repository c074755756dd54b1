"""What can be set on each tracker, a file for each. No Numba here: a site file is read at once."""
