"""A moving camera, told from the boxes alone: what all tracks miss by, the camera has moved.

Where a camera pans or shakes, every track is off by the same step. That step is the median over
the tracks whose detection is beyond doubt, and is believed if it stands out of their differences.
All tracks move by it, above all the lost ones, which nothing else would tell.

Most cameras stand still, and a few people who turn together look like a step. So "it moves" has to
do better than "it stands still" first: half of the witnesses foretells the other half. Under a
camera at rest that misleads as often as it helps, and the evidence runs out; see `_weigh`.
"""

from typing import Final, NamedTuple

import numpy as np

from camweave.core.arrays import F64
from camweave.ops.assignment import ALONE
from camweave.ops.compiled import inner
from camweave.tracking.desk import STRONG, Desk, Memory
from camweave.tracking.kalman import VELOCITY
from camweave.tracking.table import CONFIRMED, LOST
from camweave.tracking.weave_heights import likeness
from camweave.tracking.weave_motion import YOUNG, place

WITNESSES: Final = 6  # tracks at least that must tell of a step
CLEAR: Final = 0.5  # likeness from which a track and a detection that prefer each other are one
FRESH: Final = 2  # frames since a witness was last seen, at most
STANDS_OUT: Final = 3.0  # standard errors of the median from which a step is believed
DOUBT: Final = 2.0  # witnesses for "it stands still", so that a few move the picture less
SURE: Final = 3.0  # the most evidence for or against; so much must be outweighed to change
BEFOREHAND: Final = -1.0  # evidence before the first frame: most cameras stand still
AT_REST: Final = 0.02  # evidence for that in a frame that tells nothing
NOTHING: Final = 1e-9  # px, below which steps are rounding
LASTING: Final = 0.5  # of a step, the part that is thought to go on as velocity


class Steps(NamedTuple):
    """By how much the witnesses are off, px."""

    x: F64  # (W,)
    y: F64  # (W,)


@inner
def follow_picture(desk: Desk, frames: float) -> None:
    """Move all tracks as the picture moved in the last so many frames."""
    _find_preferences(desk)
    steps = _ask_witnesses(desk)
    if len(steps.x) < WITNESSES:
        return
    _weigh(steps, desk.memory)
    x, y = common_step(steps.x), common_step(steps.y)
    if desk.memory.moving <= 0.0 or (x == 0.0 and y == 0.0):
        return
    lasting = LASTING / max(frames, 1.0)
    for i in range(desk.memory.live):
        state = desk.table[i].state
        state[0] += x
        state[1] += y
        state[VELOCITY] += lasting * x
        state[VELOCITY + 1] += lasting * y
        place(desk.table[i])


@inner
def _find_preferences(desk: Desk) -> None:
    """For each strong detection and each shown track, the other one that is most like it.

    `rows` tell of the detections: the track is `column`, the likeness `paid`; and `columns` of the
    tracks: the detection is `origin`, the likeness `reached`.
    """
    table, found, rows, columns = desk.table, desk.found, desk.rows, desk.columns
    for i in range(desk.memory.count):
        rows[i].column, rows[i].paid = ALONE, 0.0
    for j in range(desk.memory.live):
        track, mine = table[j], columns[j]
        mine.origin, mine.reached = ALONE, 0.0
        if not track.phase & (CONFIRMED | LOST):
            continue
        for i in range(desk.memory.count):
            if found[i].band != STRONG:
                continue
            alike = likeness(track.xyxy, found[i].xyxy, 1.0)
            if alike > mine.reached:
                mine.origin, mine.reached = i, alike
            if alike > rows[i].paid:
                rows[i].column, rows[i].paid = j, alike


@inner
def _ask_witnesses(desk: Desk) -> Steps:
    """By how much they are off: tracks seen of late whose clear detection prefers them, too.

    A young one is off by its own velocity, which it has yet to learn.
    """
    table, found, rows, columns = desk.table, desk.found, desk.rows, desk.columns
    x, y, n = np.empty(desk.memory.live), np.empty(desk.memory.live), 0
    for j in range(desk.memory.live):
        track, mine = table[j], columns[j]
        old = track.sights > YOUNG and desk.memory.frame - track.seen <= FRESH
        if mine.reached < CLEAR or not old:
            continue
        if rows[mine.origin].column == j:
            one = found[mine.origin]
            x[n] = (one.xyxy[0] + one.xyxy[2]) / 2.0 - track.state[0]
            y[n] = (one.xyxy[1] + one.xyxy[3]) / 2.0 - track.state[1]
            n += 1
    return Steps(x[:n], y[:n])


@inner
def _weigh(steps: Steps, memory: Memory) -> None:
    """Take in a frame's evidence that the camera moves: positive if it does, bounded by SURE."""
    known = memory.moving + evidence(steps) - AT_REST
    memory.moving = min(max(known, -SURE), SURE)


@inner
def evidence(steps: Steps) -> float:
    """How much better "it moves" has foretold the steps than "it stands still": a log-likelihood.

    By Laplace's law, with the scale that fits best, a prediction's log-likelihood is minus the
    logarithm of its mean error. Each half is foretold from the other one, so a step that only
    some have does not praise itself. All witnesses count as one: neighbours err together.
    """
    still, moving, half = NOTHING, NOTHING, len(steps.x) // 2
    for off in steps:
        first, second = common_step(off[:half]), common_step(off[half:])
        for i in range(len(off)):
            still += abs(off[i])
            moving += abs(off[i] - (second if i < half else first))
    won: float = np.log(still / moving)
    return won


@inner
def common_step(steps: F64) -> float:
    """What (W,) steps have in common, 0 where it is not more than their differences explain."""
    middle, n = median(steps), len(steps)
    spread = median(np.abs(steps - middle))
    if abs(middle) * np.sqrt(n) <= STANDS_OUT * spread:
        return 0.0
    shrunk: float = middle * n / (n + DOUBT)
    return shrunk


@inner
def median(values: F64) -> float:
    """The middle one of (N,), N > 0; of an even number, the mean of the middle two."""
    ranked, n = np.empty(len(values)), len(values)
    for i in range(n):  # an insertion sort: np.sort takes Numba a second more to compile
        k = i
        while k > 0 and ranked[k - 1] > values[i]:
            ranked[k] = ranked[k - 1]
            k -= 1
        ranked[k] = values[i]
    middle: float = (ranked[(n - 1) // 2] + ranked[n // 2]) / 2.0
    return middle
