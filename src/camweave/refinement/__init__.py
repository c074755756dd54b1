"""Clean tracklets of one camera: split, joined, filled, ranked."""
