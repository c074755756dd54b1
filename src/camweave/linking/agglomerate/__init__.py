"""Agglomerative clustering under laws, in Numba."""
