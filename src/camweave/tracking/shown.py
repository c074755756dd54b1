"""What a frame shows: the columns that a kernel writes the confirmed tracks into."""

from typing import Final, NamedTuple

import numpy as np

from camweave.core.arrays import F32, I32, I64
from camweave.ops.compiled import inner
from camweave.tracking.desk import Desk
from camweave.tracking.table import CONFIRMED, UNNAMED, UNSEEN, class_of

PAGE: Final = 5  # int64 that a row of tracks takes


class Shown(NamedTuple):
    """Columns of tracks shown, one row each."""

    track_id: I64  # (C,)
    xyxy: F32  # (C, 4) px
    score: F32  # (C,)
    class_id: I32  # (C,)
    detection: I64  # (C,)


@inner
def columns(page: I64) -> Shown:
    """The columns of a page (PAGE, C): one array to hand over, instead of five."""
    rows = page.shape[1]
    xyxy = page[2:4].reshape(2 * rows).view(np.float32).reshape((rows, 4))
    score, class_id = page[4].view(np.float32)[:rows], page[4].view(np.int32)[rows:]
    return Shown(page[0], xyxy, score, class_id, page[1])


@inner
def show(desk: Desk, shown: Shown, row: int) -> int:
    """Write the confirmed tracks of this frame down; the row after the last one.

    A track gets its id here, so that every id from 1 on is one that somebody has seen.
    """
    memory = desk.memory
    for i in range(memory.live):
        track = desk.table[i]
        if track.phase != CONFIRMED or track.detection == UNSEEN:
            continue
        if track.track_id == UNNAMED:
            memory.named += 1
            track.track_id = memory.named
        one = desk.found[track.detection]
        for k in range(4):
            mixed = one.xyxy[k] + memory.smoothing * (track.xyxy[k] - one.xyxy[k])
            shown.xyxy[row, k] = mixed
        shown.track_id[row], shown.score[row] = track.track_id, one.score
        shown.class_id[row], shown.detection[row] = class_of(track), track.detection
        row += 1
    return row
