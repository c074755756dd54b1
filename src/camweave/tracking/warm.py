"""Compiled once, then kept on disk: how the command line can say so before it waits."""

from typing import Final

from camweave.ops.compiled import is_stored, make_ready
from camweave.tracking.entries import SIGNATURES

SECONDS_TO_COMPILE: Final = 12  # on one core; for the message, not for a timer


def kernels_are_cached() -> bool:
    """Whether tracking can start at once; if not, `compile_kernels` will take its time."""
    return all(is_stored(kernel) for kernel, _ in SIGNATURES)


def compile_kernels() -> None:
    """Make the tracking kernels ready: from disk, or else by compiling and storing them.

    A tracker does this by itself when it is made; a second call costs nothing.
    """
    for kernel, signature in SIGNATURES:
        make_ready(kernel, signature)
