"""Linking while cameras run: what they saw so far, and who is who, decided once and for good."""
