"""The clustering's kernels, so that a command can say that they are compiled first."""

from typing import Any, Final

from camweave.linking.agglomerate.steps import AGGLOMERATE, agglomerate
from camweave.linking.best_partners import KEEP_BEST, LIKENESSES, keep_best, likenesses
from camweave.linking.closest_crops import FIND_CLOSEST, find_closest
from camweave.linking.possible_steps import ANSWER, FIND_WINDOWS, answer, find_windows
from camweave.ops.compiled import is_stored, make_ready

KERNELS: Final[tuple[tuple[Any, Any], ...]] = (  # each with the types it is compiled for
    (answer, ANSWER),
    (find_windows, FIND_WINDOWS),
    (keep_best, KEEP_BEST),
    (likenesses, LIKENESSES),
    (agglomerate, AGGLOMERATE),
    (find_closest, FIND_CLOSEST),
)
SECONDS_TO_COMPILE: Final = 25  # on one core; for the message, not for a timer


def kernels_are_cached() -> bool:
    """Whether a clustering can start at once; if not, the first one will take its time."""
    return all(is_stored(kernel) for kernel, _ in KERNELS)


def compile_kernels() -> None:
    """Make them ready: from disk, or else by compiling and storing them."""
    for kernel, types in KERNELS:
        make_ready(kernel, types)
