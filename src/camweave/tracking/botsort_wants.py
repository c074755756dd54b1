"""Who is near whom, and whose looks could matter: what BoT-SORT would like to see embedded."""

from typing import Final

import numpy as np

from camweave.core.arrays import I64, Bool
from camweave.ops.assignment import Columns, Pairs, Rows
from camweave.ops.compiled import inner
from camweave.tracking.desk import STRONG, Desk, Detection, Memory
from camweave.tracking.meeting import Terms, list_by_overlap, seat_detections, seat_tracks
from camweave.tracking.table import ANY

TOUCHING: Final = 1.0 - 1e-9  # most distance of boxes that overlap at all


@inner
def want_some(desk: Desk, wanted: Bool) -> None:
    """Mark the strong detections whose looks could change who they are taken for.

    That is so for one near enough to a track for looks to count, where either of the two could
    also be somebody else's, or where place alone would not pair them. Who is alone with its track
    is looked at when the track's last look is `refresh` s old, so that there is one to compare.
    """
    rows, columns = seat_detections(STRONG, desk), seat_tracks(ANY, desk)
    if len(rows) == 0 or len(columns) == 0:
        return
    pairs = list_by_overlap(Terms(ANY, STRONG, TOUCHING), rows, columns, desk)
    suitors = _keep_likely(rows, columns, pairs, desk)
    table, found, memory = desk.table, desk.found, desk.memory
    for k in range(len(rows)):
        one, alone = found[rows[k].who], rows[k].stop - rows[k].first == 1
        for e in range(rows[k].first, rows[k].stop):
            apart, j = pairs[e].cost, pairs[e].column
            if apart > memory.proximity:
                continue
            due = memory.time - table[columns[j].who].look_at >= memory.refresh
            if due or not alone or suitors[j] > 1 or not _by_place(apart, one, memory):
                wanted[one.row] = True


@inner
def _keep_likely(rows: Rows, columns: Columns, pairs: Pairs, desk: Desk) -> I64:
    """Keep the pairs that place or looks could make; how many of them each track is in."""
    suitors, last = np.zeros(len(columns), np.int64), 0
    found, memory = desk.found, desk.memory
    for k in range(len(rows)):
        one, first = found[rows[k].who], rows[k].first
        rows[k].first = last
        for e in range(first, rows[k].stop):
            apart, j = pairs[e].cost, pairs[e].column
            if apart <= memory.proximity or _by_place(apart, one, memory):
                pairs[last].column, pairs[last].cost = j, apart
                suitors[j] += 1
                last += 1
        rows[k].stop = last
    return suitors


@inner
def _by_place(apart: float, one: Detection, memory: Memory) -> bool:
    """Whether place alone could pair them."""
    cost = 1.0 - (1.0 - apart) * one.score if memory.fuse_score else apart
    could: bool = cost <= memory.match
    return could
