"""The live tracks of one camera, one record each, and what a frame does to a record.

    tentative ─seen again→ confirmed ─not seen→ lost ─seen again→ confirmed
        └─not seen→ ended                         └─not seen for too long→ ended

An ended track leaves the table at the end of the frame, so the table holds live tracks only.
"""

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F64
from camweave.ops.compiled import inner
from camweave.tracking.kalman import (
    HEIGHT,
    STATE,
    VELOCITY,
    BoxModel,
    correct_box,
    place_box,
    predict_box,
    start_box,
)

TENTATIVE: Final = 1  # seen once. Phases are bits, so that one number can name several
CONFIRMED: Final = 2  # seen in the last frame, and not for the first time
LOST: Final = 4  # waited for
ENDED: Final = 8

UNSEEN: Final = -1
UNNAMED: Final = 0  # ids are handed out from 1 on, when a track is first shown
BALLOT: Final = 8  # classes that the vote of a track can hold

TRACK: Final = np.dtype(
    [
        ("state", np.float64, (STATE,)),  # the Kalman filter's, in x, y, aspect, height
        ("xyxy", np.float64, (4,)),  # px; the state's box, now
        ("votes", np.float64, (BALLOT,)),  # sum of the scores that spoke for each candidate
        ("seen_at", np.float64),  # s
        ("candidates", np.int64, (BALLOT,)),  # class ids
        ("candidate_count", np.int64),
        ("leader", np.int64),  # place of the candidate with most votes
        ("track_id", np.int64),
        ("phase", np.int64),
        ("born", np.int64),  # number of the frame, from 1
        ("seen", np.int64),  # the same
        ("detection", np.int64),  # row in this frame, or UNSEEN
    ],
    align=True,
)
DETECTION: Final = np.dtype(
    [
        ("xyxy", np.float64, (4,)),  # px
        ("score", np.float64),
        ("class_id", np.int64),
        ("band", np.int64),  # what it is good for
    ],
    align=True,
)

Table: TypeAlias = npt.NDArray[np.void]  # records of TRACK; the first `live` of them count
Track: TypeAlias = Any  # one of these records, whose fields only Numba knows
Detection: TypeAlias = Any  # one record of DETECTION


@inner
def start(track: Track, seen: Detection, phase: int, model: BoxModel) -> None:
    """Begin a track with one detection."""
    start_box(track.state, seen.xyxy, model)
    place_box(track.state, track.xyxy, model)
    track.phase = phase
    track.track_id = UNNAMED
    track.candidates[0] = seen.class_id
    track.votes[0] = seen.score
    track.candidate_count = 1
    track.leader = 0


@inner
def predict(track: Track, frames: float, model: BoxModel) -> None:
    """Move a track on to now. A lost one keeps its height: a trend in it would run away."""
    if track.phase == LOST:
        track.state[VELOCITY + HEIGHT] = 0.0
    predict_box(track.state, frames, model)
    place_box(track.state, track.xyxy, model)


@inner
def correct(track: Track, seen: Detection, model: BoxModel) -> None:
    """Take a detection in as the same object."""
    correct_box(track.state, seen.xyxy, model)
    place_box(track.state, track.xyxy, model)
    track.phase = CONFIRMED
    _vote(track, seen.score, seen.class_id)


@inner
def class_of(track: Track) -> int:
    """The class that leads its vote."""
    class_id: int = track.candidates[track.leader]
    return class_id


@inner
def overlap(a: F64, b: F64) -> float:
    """Intersection over union of two boxes (4,), 0 where one is empty or inside out."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0.0 or height <= 0.0:
        return 0.0
    both = width * height
    share: float = both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)
    return share


@inner
def change_phase(table: Table, live: int, before: int, after: int) -> None:
    """What becomes of the tracks of one phase that this frame has not shown."""
    for i in range(live):
        if table[i].phase == before and table[i].detection == UNSEEN:
            table[i].phase = after


@inner
def drop_ended(table: Table, live: int) -> int:
    """Close the gaps that ended tracks leave, keeping the order of birth; how many remain."""
    kept = 0
    for i in range(live):
        if not table[i].phase & ENDED:
            if kept < i:
                table[kept] = table[i]
            kept += 1
    return kept


@inner
def wider(table: Table, live: int, room: int) -> Table:
    """The live tracks in a table with this much room."""
    copy = np.empty(room, TRACK)
    for i in range(live):  # a slice assignment takes Numba two seconds more to compile
        copy[i] = table[i]
    return copy


@inner
def _vote(track: Track, score: float, class_id: int) -> None:
    """Count a score for a class; the lead changes only where another has strictly more.

    A full ballot strikes out its weakest, so the vote is exact for up to BALLOT classes.
    """
    place, weakest = 0, 1 - min(track.leader, 1)
    while place < track.candidate_count and track.candidates[place] != class_id:
        if place != track.leader and track.votes[place] < track.votes[weakest]:
            weakest = place
        place += 1
    if place == track.candidate_count:
        if place == BALLOT:
            place = weakest
        else:
            track.candidate_count += 1
        track.candidates[place] = class_id
        track.votes[place] = 0.0
    track.votes[place] += score
    if track.votes[place] > track.votes[track.leader]:
        track.leader = place
