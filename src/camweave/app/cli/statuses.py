"""What a command ends with, for shells and services."""

from typing import Final

DONE: Final = 0
FAILED: Final = 1
WRONG_INPUT: Final = 2
INTERRUPTED: Final = 130  # by Ctrl-C, cleanly, or otherwise before its time
