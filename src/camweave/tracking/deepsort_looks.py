"""What DeepSORT makes of looks: who may meet whom, how unlike they are, and which it keeps."""

from typing import Final, NamedTuple

import numpy as np

from camweave.core.arrays import I64
from camweave.ops.assignment import Columns, Pairs, Rows
from camweave.ops.compiled import inner
from camweave.tracking.box_motion import (
    ASPECT_MEASURED,
    HEIGHT,
    PER_POSITION,
    WIDTH,
    BoxModel,
    measured,
)
from camweave.tracking.desk import Desk, Detection, Look, Memory
from camweave.tracking.gallery import Units, keep_look, least_unlikeness, unlikeness
from camweave.tracking.kalman import VAR_POSITION, surprise_axis
from camweave.tracking.meeting import listing
from camweave.tracking.table import TENTATIVE, UNSEEN, Track

NEVER: Final = 1 << 62  # an age that no track reaches
NOTHING: Final = -1.0  # no distance is near enough: find the least


class Gate(NamedTuple):
    """Terms of a meeting where boxes only say who is out of the question."""

    phases: int
    band: int
    limit: float
    by_aspect: int


@inner
def strangeness(most: float, by_aspect: int, track: Track, one: Detection) -> float:
    """Squared Mahalanobis distance of a box from where and how its track is expected.

    The filter's axes do not mix, so this sum is the paper's form with its 4x4 covariance. Far
    aside it is infinite: most boxes are, and `most` is all that matters.
    """
    state, box = track.state, one.xyxy
    r, far = (PER_POSITION * state[HEIGHT]) ** 2, np.inf
    aside = 0.5 * (box[0] + box[2]) - state[0]
    if aside * aside <= most * (state[VAR_POSITION] + r):
        x, y, width, height = measured(box, BoxModel(by_aspect, 0.0))
        place = surprise_axis(state, 0, x, r) + surprise_axis(state, 1, y, r)
        size = surprise_axis(state, WIDTH, width, ASPECT_MEASURED if by_aspect else r)
        far = place + size + surprise_axis(state, HEIGHT, height, r)
    return far


@inner
def _gated(terms: Gate, track: Track, one: Detection, _: Look) -> float:
    return strangeness(terms.limit, terms.by_aspect, track, one)


list_open = listing(_gated)


@inner
def who_waits(desk: Desk) -> I64:
    """(2, W) place in the table, and frames since the last sight, of those who can be known."""
    table, memory, w = desk.table, desk.memory, 0
    waiting = np.empty((2, memory.live), np.int64)
    for i in range(memory.live):
        track = table[i]
        if track.phase != TENTATIVE and track.looks > 0 and track.detection == UNSEEN:
            waiting[0, w], waiting[1, w] = i, memory.frame - track.seen
            w += 1
    return waiting[:, :w]


@inner
def next_age(after: int, ages: I64) -> int:
    """The age of those who choose next; NEVER if there is no one."""
    least = NEVER
    for w in range(len(ages)):
        if after < ages[w] < least:
            least = ages[w]
    return least


@inner
def seat_age(age: int, waiting: I64, desk: Desk) -> Columns:
    """The tracks of this age, as columns of an assignment."""
    table, columns, m = desk.table, desk.columns, 0
    for w in range(waiting.shape[1]):
        if waiting[1, w] == age:
            table[waiting[0, w]].rivals = 0
            columns[m].who = waiting[0, w]
            m += 1
    return columns[:m]


@inner
def weigh(  # noqa: PLR0917 - one problem
    rows: Rows, columns: Columns, pairs: Pairs, units: Units, desk: Desk
) -> None:
    """Let looks say what the open pairs cost, and keep those that are like enough.

    Where a track and a detection have each other only, it does not matter how like they are.
    """
    table, gallery, most = desk.table, desk.look.gallery, desk.memory.appearance
    looks, known, last = units.looks, units.known, 0
    for k in range(len(rows)):
        for e in range(rows[k].first, rows[k].stop):
            table[columns[pairs[e].column].who].rivals += 1
    for k in range(len(rows)):
        first, stop = rows[k].first, rows[k].stop
        rows[k].first = rows[k].stop = last
        i = rows[k].who
        if not known[i]:
            continue
        for e in range(first, stop):
            track = table[columns[pairs[e].column].who]
            if least_unlikeness(track, gallery, looks, i) > most:
                continue
            alone = stop - first == 1 and track.rivals == 1
            cost = unlikeness(track, gallery, looks, i, most if alone else NOTHING)
            if cost <= most:
                pairs[last].column, pairs[last].cost = pairs[e].column, cost
                last += 1
        rows[k].stop = last


@inner
def keep_looks(units: Units, desk: Desk) -> None:
    """Give those who were seen another look in their gallery, where one is due."""
    memory, table, gallery = desk.memory, desk.table, desk.look.gallery
    looks, known = units.looks, units.known
    for i in range(memory.live):
        track = table[i]
        if track.detection != UNSEEN and known[track.detection] and is_due(track, 0, memory):
            keep_look(track, gallery, looks, track.detection)
            track.looked_at = memory.time


@inner
def is_due(track: Track, more: int, memory: Memory) -> bool:
    """Whether a track wants a look, after so many more sights of it."""
    if memory.refresh <= 0.0:
        return True
    if track.phase == TENTATIVE and track.hits + more < memory.min_hits:
        return False  # most of those who are not shown yet never will be
    waited: bool = memory.time - track.looked_at >= memory.refresh - 0.5 / memory.rate
    return waited
