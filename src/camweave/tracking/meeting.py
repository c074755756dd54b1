"""Tracks meet detections: who could be whom, and the cheapest way to settle it."""

from typing import NamedTuple

import numpy as np

from camweave.ops.assignment import ALONE, Columns, Pairs, Rows, longer, solve
from camweave.ops.compiled import inner
from camweave.tracking.desk import Desk, Detection, Function, Look
from camweave.tracking.table import UNSEEN, Track, class_of, overlap


class Terms(NamedTuple):
    """Who meets, and the most that a pair may cost. A tracker may have terms with more fields."""

    phases: int  # of the tracks, those not yet seen in this frame
    band: int  # of the detections
    limit: float


@inner
def seat_detections(band: int, desk: Desk) -> Rows:
    """The detections of some bands, as rows of an assignment."""
    found, rows, n = desk.found, desk.rows, 0
    for i in range(desk.memory.count):
        if found[i].band & band:
            rows[n].who = i
            n += 1
    return rows[:n]


@inner
def seat_tracks(phases: int, desk: Desk) -> Columns:
    """The tracks of some phases that have no detection yet, as columns of an assignment."""
    table, columns, m = desk.table, desk.columns, 0
    for i in range(desk.memory.live):
        if table[i].phase & phases and table[i].detection == UNSEEN:
            columns[m].who = i
            m += 1
    return columns[:m]


def listing(cost: Function) -> Function:
    """`list_pairs(terms, rows, columns, desk)`: who could be whom, and at what cost.

    Detections are the rows, tracks the columns. In this order, identical boxes of different scores
    cost the assignment no search at all.
    """

    @inner
    def list_pairs(terms: Terms, rows: Rows, columns: Columns, desk: Desk) -> Pairs:
        pairs, last, class_aware = desk.pairs, 0, desk.memory.class_aware
        table, found, look = desk.table, desk.found, desk.look
        for k in range(len(rows)):
            one = found[rows[k].who]
            rows[k].first = last
            for j in range(len(columns)):
                track = table[columns[j].who]
                price = cost(terms, track, one, look)
                if not -np.inf < price <= terms.limit:
                    continue
                if class_aware and class_of(track) != one.class_id:
                    continue
                if last == len(pairs):
                    pairs = longer(pairs)
                pairs[last].column, pairs[last].cost = j, price
                last += 1
            rows[k].stop = last
        return pairs

    return list_pairs


@inner
def _apart(_: Terms, track: Track, one: Detection, __: Look) -> float:
    distance: float = 1.0 - overlap(track.xyxy, one.xyxy)
    return distance


list_by_overlap = listing(_apart)  # at the cost of 1 - overlap


def meeting(cost: Function, take: Function) -> Function:
    """`meet(terms, desk)`: pair those whom the terms name at the least cost.

    `cost(terms, track, one, look)` is what a track and a detection cost together, NaN or infinite
    for never; `take(track, one, memory, look)` is what happens to those who are paired. Where
    `memory.class_aware` is set, only those of one class can be.
    """
    list_pairs = listing(cost)

    @inner
    def meet(terms: Terms, desk: Desk) -> None:
        rows, columns = seat_detections(terms.band, desk), seat_tracks(terms.phases, desk)
        if len(rows) == 0 or len(columns) == 0:
            return
        solve(rows, columns, list_pairs(terms, rows, columns, desk), terms.limit)
        table, found, memory, look = desk.table, desk.found, desk.memory, desk.look
        for k in range(len(rows)):
            if rows[k].column != ALONE:
                track = table[columns[rows[k].column].who]
                take(track, found[rows[k].who], memory, look)

    return meet
