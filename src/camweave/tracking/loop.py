"""One frame, and all frames of a log: the loops that every tracker's two kernels are made of.

A tracker's own file defines two small entries, since only those can be kept on disk: Numba cannot
store a closure, nor one that is handed a function.
"""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from numba import from_dtype, types

from camweave.core.arrays import F32, F64, I64
from camweave.ops import assignment
from camweave.ops.compiled import inner
from camweave.tracking import desk as desk_module
from camweave.tracking import kalman, meeting, shown, table, wanting
from camweave.tracking.desk import Desk, Found, Function, Look, lay_out, make_space
from camweave.tracking.shown import columns, show
from camweave.tracking.table import Table, wider

TIME_FELL: Final = -1  # answers of a frame's kernel that say "nothing done"
TABLE_FULL: Final = -2

Looks: TypeAlias = (
    Any  # Look of all frames, or None where motion is all: camera_motion is (F, 2, 3) there
)


@dataclass(frozen=True, slots=True)
class Kernels:
    """What a tracker brings: its two entries, and the records that they are compiled for."""

    frame: Any
    log: Any
    track: np.dtype[np.void]
    memory: np.dtype[np.void]
    looks: bool = False  # whether they take embeddings, camera motion and a gallery, too
    wanted: Any = None  # of one that looks: a third entry, which rows it would like embedded
    version: int = 1  # of what is remembered; a test says when the records have changed

    @property
    def signatures(self) -> tuple[tuple[Any, Any], ...]:
        """Each entry with the types it is compiled for."""
        tables = _out(from_dtype(self.track)), _out(from_dtype(self.memory))
        look = (_in(types.float32, 2), _in(types.float64, 2), _out(types.float32, 3))
        log_look = (look[0], _in(types.float64, 3), look[2])
        frame = (*tables, *_FOUND, types.float64, _PAGE, types.int64)
        log = (*tables, _in(types.float64), _in(types.int64), *_FOUND, _PAGE)
        both = (
            (self.frame, frame + look if self.looks else frame),
            (self.log, log + log_look if self.looks else log),
        )
        if self.wanted is None:
            return both
        return (*both, (self.wanted, (*tables, *_FOUND, types.float64, *look)))


def of_frame(follow: Function) -> Function:
    """The body of a `frame` entry: `one_frame(live, memory, time, found, page, first, look)`."""

    @inner
    def one_frame(  # noqa: PLR0917 - as an entry's
        live: Table,
        memory: npt.NDArray[np.void],
        time: float,
        found: Found,
        page: I64,
        first: int,
        look: Looks,
    ) -> int:
        """Show the frame from row `first` on; the row after the last one, or why it was not."""
        m = memory[0]
        if not m.time <= time < np.inf:
            return TIME_FELL
        most = m.live + len(found.score)
        if most > len(live):
            return TABLE_FULL
        space = make_space(most)
        desk = Desk(live, m, space.found, space.rows, space.columns, space.pairs, look)
        lay_out(found, desk)
        follow(desk, time)
        return show(desk, columns(page), first)

    return one_frame


def of_log(follow: Function, *, looks: bool = False) -> Function:
    """The body of a `log` entry: `whole_log(live, memory, times, frame, found, page, looks)`."""
    # Chosen here, not by what is None there: Numba would compile `follow` for both.
    look_at, roomier = (_look_at, _roomier) if looks else (_no_look, _no_room)

    @inner
    def whole_log(  # noqa: PLR0917 - as an entry's
        live: Table,
        memory: npt.NDArray[np.void],
        times: F64,
        frame: I64,
        found: Found,
        page: I64,
        seen: Looks,
    ) -> int:
        """Show all frames from row 0 on; the row after the last one.

        Here `detection` counts in the log, not in its frame.
        """
        m, written = memory[0], columns(page)
        space, size = make_space(0), 0
        row = last = 0
        for f in range(len(times)):
            first, before = last, row
            while last < len(frame) and frame[last] == f:
                last += 1
            here, most = slice(first, last), m.live + last - first
            if most > len(live):
                live, seen = wider(live, 2 * most), roomier(seen, 2 * most)
            if most > size:
                size = 2 * most
                space = make_space(size)
            look = look_at(seen, f, here)
            desk = Desk(live, m, space.found, space.rows, space.columns, space.pairs, look)
            lay_out(Found(found.xyxy[here], found.score[here], found.class_id[here]), desk)
            follow(desk, times[f])
            row = show(desk, written, row)
            for k in range(before, row):
                written.detection[k] += first
        return row

    return whole_log


@inner
def _look_at(looks: Looks, f: int, rows: slice) -> Look:
    """What there is to see in frame f."""
    return Look(looks.embedding[rows], looks.camera_motion[f], looks.gallery)


@inner
def _roomier(looks: Looks, room: int) -> Looks:
    """The same, with a gallery of more slots."""
    return Look(looks.embedding, looks.camera_motion, longer_gallery(looks.gallery, room))


@inner
def _no_look(_: Looks, __: int, ___: slice) -> None:
    """What a tracker by motion sees."""


@inner
def _no_room(_: Looks, __: int) -> None:
    """And keeps."""


@inner
def longer_gallery(gallery: F32, room: int) -> F32:
    """The same looks in a gallery of more slots."""
    _, kept, size = gallery.shape
    copy = np.empty((room, kept, size), np.float32)
    for slot in range(len(gallery)):
        for k in range(kept):
            for d in range(size):
                copy[slot, k, d] = gallery[slot, k, d]
    return copy


def _in(scalar: types.Type, axes: int = 1) -> types.Array:
    """Any layout, read only: every array of the right type converts to it."""
    return types.Array(scalar, axes, "A", readonly=True)


def _out(scalar: types.Type, axes: int = 1) -> types.Array:
    return types.Array(scalar, axes, "C")


_FOUND = (_in(types.float32, 2), _in(types.float32), _in(types.int32))
_PAGE = _out(types.int64, 2)

PARTS: Final = (
    assignment,
    desk_module,
    kalman,
    meeting,
    shown,
    table,
    wanting,
)  # of every tracker's entries
