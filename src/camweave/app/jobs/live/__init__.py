"""The live line: cameras in step, one compute thread, a linker beside it, pictures on demand."""
