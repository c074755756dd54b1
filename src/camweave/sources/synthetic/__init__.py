"""A small world with exact truth: cars and people on a ground plane, seen by several cameras."""
