"""Pure array functions: NumPy, SciPy, OpenCV and Numba, no state."""
