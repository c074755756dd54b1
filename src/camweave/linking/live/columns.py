"""The gallery's columns, and slot numbers that are used again once freed."""

from heapq import heappop, heappush
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

NOBODY: Final = -1  # the identity of who has none yet; the tail of who holds nothing
FIRST: Final = 64  # slots to begin with

TRACKLET: Final = np.dtype(
    [
        ("camera", np.int64),
        ("tracklet_id", np.int64),
        ("class_id", np.int64),
        ("begin", np.float64),  # s
        ("end", np.float64),  # s
        ("frames", np.int64),
        ("entry", np.float32, 4),  # px
        ("exit", np.float32, 4),
        ("entry_motion", np.float32, 2),  # px/s
        ("exit_motion", np.float32, 2),
        ("crops", np.int64),
        ("trust", np.float64),  # in its look, 0 to 1
        ("crop_time", np.float64),  # s, of its best crop
        ("crop_frame", np.int64),
        ("identity", np.int64),  # slot, or NOBODY
        ("since", np.float64),  # s, when it was given to its identity
        ("live", np.bool_),  # it may be seen again
        ("closed", np.bool_),  # the registry was told its end
        ("used", np.bool_),
    ]
)
IDENTITY: Final = np.dtype(
    [
        ("global_id", np.int64),
        ("tail", np.int64),  # slot of the tracklet that was seen last
        ("begin", np.float64),  # s, of its first tracklet
        ("end", np.float64),  # s, when it was last seen
        ("looks", np.int64),  # tracklets that its prototype is the mean of
        ("used", np.bool_),
    ]
)
Array = TypeVar("Array", bound=npt.NDArray[Any])


class Slots:
    """Numbers from 0 on; of the freed ones the lowest is given first."""

    def __init__(self) -> None:
        self._next, self._freed = 0, list[int]()

    def take(self) -> int:
        """A number that nobody has."""
        if self._freed:
            return heappop(self._freed)
        self._next += 1
        return self._next - 1

    def free(self, number: int) -> None:
        """Give one back."""
        heappush(self._freed, number)


def longer(array: Array) -> Array:
    """The same rows with room for as many more."""
    wider = np.zeros((max(FIRST, 2 * len(array)), *array.shape[1:]), array.dtype)
    wider[: len(array)] = array
    return wider  # type: ignore[return-value]  # of the same dtype, so of the same type
