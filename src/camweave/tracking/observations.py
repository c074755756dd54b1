"""What OC-SORT remembers of a track's sights, and what it makes of them: momentum and re-update.

Cao et al., Observation-Centric SORT (CVPR 2023), sections 4.1 and 4.2. A track's first sight is
not among them, as in the authors' code: it may have been a false alarm.
"""

from math import acos, pi
from typing import Final

import numpy as np

from camweave.core.arrays import F64
from camweave.ops.compiled import inner
from camweave.tracking.area_motion import correct_area, predict_area
from camweave.tracking.desk import Detection, Memory
from camweave.tracking.kalman import STATE
from camweave.tracking.table import Field, Track

PAST: Final = 8  # sights remembered
NEARLY_NOTHING: Final = 1e-6  # px, so that who stands still has no direction

OBSERVED: Final[tuple[Field, ...]] = (  # a track's own fields
    ("last", np.float64, (4,)),  # px, of the last sight
    ("past", np.float64, (PAST, 3)),  # centre x and y, and s, of sight k in row k modulo PAST
    ("sights", np.int64),
    ("origin", np.float64, (2,)),  # px, the centre from which a direction is told now
    ("direction", np.float64, (2,)),  # unit length; zeros while unknown
    ("anchor", np.float64, (STATE,)),  # the filter as it was at the last sight
)


@inner
def forget(track: Track) -> None:
    """A first sight: nothing is known."""
    track.sights = 0
    track.direction[0] = track.direction[1] = 0.0


@inner
def foresee(track: Track, memory: Memory) -> None:
    """Before the filter moves on: keep what it was, and look for where a direction begins.

    That is at the oldest sight of the last `look_back` seconds, else at the last one.
    """
    if track.seen == memory.frame - 1:
        for k in range(STATE):
            track.anchor[k] = track.state[k]
    since = memory.time - memory.look_back - 0.5 / memory.rate  # half a frame, for a rough clock
    newest = track.sights - 1
    first = newest
    while first > 0 and first > newest - PAST + 1 and track.past[(first - 1) % PAST, 2] >= since:
        first -= 1
    track.origin[0], track.origin[1] = track.past[first % PAST, 0], track.past[first % PAST, 1]


@inner
def consistency(track: Track, one: Detection) -> float:
    """How well the way to a detection goes with the direction so far: 0.5, against it -0.5."""
    if track.sights == 0:
        return 0.0
    x, y = _way(track.origin, one.xyxy)
    cosine = x * track.direction[0] + y * track.direction[1]
    return (pi / 2 - acos(min(max(cosine, -1.0), 1.0))) / pi


@inner
def observe(track: Track, one: Detection, memory: Memory) -> None:
    """Note a sight, and the direction that it tells."""
    if track.sights > 0:
        track.direction[0], track.direction[1] = _way(track.origin, one.xyxy)
    place = track.sights % PAST
    track.past[place, 0] = (one.xyxy[0] + one.xyxy[2]) / 2
    track.past[place, 1] = (one.xyxy[1] + one.xyxy[3]) / 2
    track.past[place, 2] = memory.time
    for k in range(4):
        track.last[k] = one.xyxy[k]
    track.sights += 1


@inner
def re_update(track: Track, one: Detection, memory: Memory) -> None:
    """After a gap, go back to the last sight and walk straight to this one, a step a frame.

    What the filter had come to believe meanwhile, nobody had seen.
    """
    frames = (memory.time - track.seen_at) * memory.rate
    steps = max(np.rint(frames), 1.0)
    for k in range(STATE):
        track.state[k] = track.anchor[k]
    box = np.empty(4)
    for step in range(1, steps + 1):
        _between(track.last, one.xyxy, step / steps, box)
        predict_area(track.state, frames / steps)
        correct_area(track.state, box)


@inner
def _between(a: F64, b: F64, share: float, box: F64) -> None:
    """The box at this share of the way from `a` to `b`."""
    for k in range(4):
        box[k] = a[k] + share * (b[k] - a[k])


@inner
def _way(origin: F64, xyxy: F64) -> tuple[float, float]:
    """The direction from a point to a box."""
    x, y = (xyxy[0] + xyxy[2]) / 2 - origin[0], (xyxy[1] + xyxy[3]) / 2 - origin[1]
    length = (x * x + y * y) ** 0.5 + NEARLY_NOTHING
    return x / length, y / length
