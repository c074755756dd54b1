"""The columns that a tracker writes its frames into, a few hundred rows at a time."""

from typing import Any, Final

import numpy as np

from camweave.core.frame import Stamp
from camweave.core.tracks import Tracks
from camweave.tracking.shown import PAGE, Shown, columns

ROWS: Final = 512  # a `Tracks` keeps its whole page alive, so pages are small: 20 kB

_columns: Any = columns.py_func  # type: ignore[attr-defined]  # in Python: a Numba dispatcher has it


class Page:
    """Rows to be written by a kernel, and what can be cut out of them, read-only."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.block = np.empty((PAGE, rows), np.int64)  # the kernel's
        read_only = self.block.view()
        read_only.setflags(write=False)
        self.shown: Shown = _columns(read_only)

    def cut(self, stamp: Stamp, rows: slice) -> Tracks:
        """These rows as one frame's tracks; they must not be written again."""
        track_id, xyxy, score, class_id, detection = self.shown
        return Tracks.trusted(
            stamp, track_id[rows], xyxy[rows], score[rows], class_id[rows], detection[rows]
        )
