"""Compiled once, then kept on disk: how the command line can say so before it waits."""

from typing import Any, Final

from camweave.ops.compiled import is_stored, make_ready
from camweave.tracking.gather import ROWS_BY_TRACK
from camweave.tracking.loop import Kernels

SECONDS_TO_COMPILE: Final = 20  # on one core, for one tracker; for the message, not for a timer


def kernels_are_cached(kind: str) -> bool:
    """Whether a tracker of this kind can start at once; if not, making it will take its time.

    Raises:
        KeyError: there is no such kind.
    """
    return all(is_stored(kernel) for kernel, _ in _kernels(kernels_of(kind)))


def compile_kernels(kind: str) -> None:
    """Make a tracker's kernels ready: from disk, or else by compiling and storing them.

    A tracker does this by itself when it is made; a second call costs nothing.
    """
    make_kernels_ready(kernels_of(kind))


def make_kernels_ready(kernels: Kernels) -> None:
    """The same, by the kernels."""
    for kernel, signature in _kernels(kernels):
        make_ready(kernel, signature)


def kernels_of(kind: str) -> Kernels:
    """A tracker's kernels, by the `kind` of its parameters; no other tracker's code is loaded."""
    match kind:
        case "sort":
            from camweave.tracking import sort_steps

            return sort_steps.KERNELS
        case "bytetrack":
            from camweave.tracking import bytetrack_steps

            return bytetrack_steps.KERNELS
        case "ocsort":
            from camweave.tracking import ocsort_steps

            return ocsort_steps.KERNELS
        case "deepsort":
            from camweave.tracking import deepsort_steps

            return deepsort_steps.KERNELS
        case "botsort":
            from camweave.tracking import botsort_steps

            return botsort_steps.KERNELS
        case "weave":
            from camweave.tracking import weave_steps

            return weave_steps.KERNELS
        case _:
            raise KeyError(kind)


def _kernels(kernels: Kernels) -> tuple[tuple[Any, Any], ...]:
    return (*kernels.signatures, ROWS_BY_TRACK)
