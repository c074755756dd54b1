"""Trackers side by side: each runs in its own process and environment, on plain arrays."""
