"""A gallery's looks as they are remembered: values that stay the same, so that few are new."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, I64
from camweave.core.remembered import Remembered
from camweave.tracking.table import Table

NONE: Final = -1  # a place that was never looked at


class KeptLooks:
    """Tells the looks of live tracks by place: slot of the track * `room` + place in its slot.

    A look that was told before is told as the same array, so who has that one need not have it
    again.
    """

    def __init__(self, room: int) -> None:
        """`room` looks are kept of a track at most; its next one takes the place of the oldest."""
        self._room = room
        self._told: dict[int, F32] = {}
        self._whose = np.empty((2, 0), np.int64)  # of each place: frame of birth, number of look

    def told(self, block: F32, tracks: Table, counts: npt.NDArray[Any]) -> dict[int, F32]:
        """All looks of these tracks, which had so many in all; they lie in `block` (S, room, D)."""
        row, place, number = self._filled(counts)
        slot = tracks["slot"][row]
        at, whose = slot * self._room + place, np.stack([tracks["born"][row], number])
        if (more := block.shape[0] * self._room - self._whose.shape[1]) > 0:
            self._whose = np.pad(self._whose, ((0, 0), (0, more)), constant_values=NONE)
        fresh = np.flatnonzero((self._whose[:, at] != whose).any(0))
        self._whose[:, at] = whose
        new = map(_frozen, block[slot[fresh], place[fresh]])
        looks = self._told | dict(zip(at[fresh].tolist(), new, strict=True))
        if len(looks) > len(at):  # some are gone
            looks = {each: looks[each] for each in at.tolist()}
        self._told = looks
        return looks

    def read(
        self, remembered: Remembered, tracks: Table, counts: npt.NDArray[Any], slots: int
    ) -> F32:
        """A block with the looks of these tracks, told from now on as they were given.

        Raises:
            InputError: these are not their looks. Nothing has changed then.
        """
        row, place, number = self._filled(counts)
        slot = tracks["slot"][row]
        at = slot * self._room + place
        looks = remembered.looks
        if set(looks) != set(at.tolist()):
            remembered.refuse(f"it has {len(looks)} looks, of {len(at)}")
        size = next((len(each) for each in looks.values()), 0)
        if any(each.shape != (size,) or each.dtype != np.float32 for each in looks.values()):
            remembered.refuse("its looks are of several lengths")
        block = np.empty((slots, self._room, size), np.float32)
        self._whose = np.full((2, slots * self._room), NONE)
        self._told = {each: looks[each] for each in at.tolist()}
        if len(at):
            block[slot, place] = list(self._told.values())
            self._whose[:, at] = tracks["born"][row], number
        return block

    def _filled(self, counts: npt.NDArray[Any]) -> tuple[I64, I64, I64]:
        """(R,) whose each look is, its place, and the how manieth of that track it is."""
        row, place = np.nonzero(np.arange(self._room) < np.minimum(counts, self._room)[:, None])
        newest = counts[row] - 1
        return row, place, newest - (newest - place) % self._room


def _frozen(look: F32) -> F32:
    """It alone, for ever."""
    own = look.copy()
    own.setflags(write=False)
    return own
