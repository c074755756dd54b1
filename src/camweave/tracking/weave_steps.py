"""Weave's one frame: who is who, who is new, who is gone. All of it in Numba.

The rounds are ByteTrack's. Around them: a filter that learns how restless objects are and trusts
half-hidden boxes less, overlaps that look at heights, and a picture that may move.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, F64, I32, I64
from camweave.ops.compiled import entry, inner
from camweave.tracking import box_motion, byte_rounds, weave_heights, weave_motion, weave_picture
from camweave.tracking.box_motion import HEIGHT
from camweave.tracking.byte_rounds import ROUNDS, Round, rounds
from camweave.tracking.desk import (
    IGNORED,
    STRONG,
    WEAK,
    Desk,
    Detection,
    Found,
    Memory,
    memory_record,
    note,
    passing,
)
from camweave.tracking.kalman import VELOCITY
from camweave.tracking.loop import PARTS, Kernels, of_frame, of_log
from camweave.tracking.meeting import meeting
from camweave.tracking.table import CONFIRMED, LOST, UNSEEN, Table, Track, track_record, vote
from camweave.tracking.weave_heights import covered_share, likeness
from camweave.tracking.weave_motion import (
    YOUNG,
    begin_motion,
    correct,
    excess_surprise,
    learn_restlessness,
    move,
)
from camweave.tracking.weave_picture import follow_picture

PER_MARGIN: Final = 2.0  # slope of the logistic curve by which a margin becomes a score
TOLERANCE: Final = 1e-4  # beyond 0 and 1, by which rounding may put a score

TRACK: Final = track_record(
    ("sights", np.int64),
    ("learned", np.int64),  # frame whose sight its filter learned from, the last time
)
MEMORY: Final = memory_record(
    *ROUNDS,
    ("heights", np.float64),
    ("crowding", np.float64),
    ("learning", np.float64),
    ("restlessness", np.float64),
    ("velocity_noise", np.float64),
    ("moving_camera", np.int64),
    ("moving", np.float64),  # evidence that the camera does, against standing still
    ("margins", np.int64),  # whether a score was not within 0 and 1 so far
)


class Meeting(NamedTuple):
    """Which tracks meet which detections, and what a pair may cost."""

    phases: int
    band: int
    limit: float
    fuse: int
    heights: float


@inner
def follow(desk: Desk, time: float) -> None:
    """Bring the table from the last frame to this one, whose detections lie on the desk."""
    _read_margins(desk)
    _weave(desk, time)


@inner
def _read_margins(desk: Desk) -> None:
    """Make scores of a classifier's margins, -∞ to ∞, from the first frame on that has one."""
    memory, found = desk.memory, desk.found
    for i in range(memory.count):
        score = found[i].score
        if (score < -TOLERANCE or score > 1.0 + TOLERANCE) and abs(score) < np.inf:
            memory.margins = 1
    if not memory.margins:
        return
    for i in range(memory.count):
        one = found[i]
        sound = _is_box(one)
        one.score = 1.0 / (1.0 + np.exp(-PER_MARGIN * one.score))
        if not sound:
            one.band = IGNORED
        elif one.score >= memory.high:
            one.band = STRONG
        else:
            one.band = WEAK if one.score >= memory.low else IGNORED


@inner
def _is_box(one: Detection) -> bool:
    width, height = one.xyxy[2] - one.xyxy[0], one.xyxy[3] - one.xyxy[1]
    finite = width * height < np.inf and abs(one.score) < np.inf  # NaN is less than nothing
    sound: bool = finite and width > 0.0 and height > 0.0
    return sound


@inner
def _move_on(desk: Desk, time: float) -> None:
    """Predict where the tracks are now, then move them as the camera moved the picture."""
    memory = desk.memory
    frames = (time - memory.time) * memory.rate
    _pass_time(desk, time)
    if memory.moving_camera:
        follow_picture(desk, frames)


@inner
def _predict(track: Track, frames: float, memory: Memory) -> None:
    """Move a track on to now. A lost one keeps its height: a trend in it would run away."""
    if track.phase == LOST:
        track.state[VELOCITY + HEIGHT] = 0.0
    move(track, frames, memory)


@inner
def _match(terms: Round, desk: Desk) -> None:
    """Pair the detections of a band with the tracks of some phases, and learn from the pairs."""
    heights = desk.memory.heights
    _meet(Meeting(terms.phases, terms.band, terms.limit, terms.fuse, heights), desk)
    _learn(desk)


@inner
def _cost(terms: Meeting, track: Track, one: Detection, _: None) -> float:
    """1 - likeness, which a faint detection has less of where scores are fused."""
    weight = one.score if terms.fuse else 1.0
    cost: float = 1.0 - likeness(track.xyxy, one.xyxy, terms.heights) * weight
    return cost


@inner
def _take(track: Track, one: Detection, memory: Memory, _: None) -> None:
    """Take a detection in as the same object. Its filter learns later, from all boxes at once."""
    track.sights += 1
    track.phase = CONFIRMED
    vote(track, one.score, one.class_id)
    note(track, one, memory)


@inner
def _begin(track: Track, one: Detection, memory: Memory, _: None) -> None:
    track.sights, track.learned = 1, memory.frame
    begin_motion(track, one, memory)


@inner
def _learn(desk: Desk) -> None:
    """Correct the tracks that were seen in this frame and have not learned from it yet."""
    table, found, memory, excess = desk.table, desk.found, desk.memory, 0.0
    for i in range(memory.live):
        track = table[i]
        if track.detection == UNSEEN or track.learned == memory.frame:
            continue
        one = found[track.detection]
        if track.sights > YOUNG and track.learned == memory.frame - 1:
            excess += excess_surprise(track, one)
        correct(track, one, covered_share(one, desk), memory)
        track.learned = memory.frame
    learn_restlessness(excess, memory)


_pass_time = passing(_predict)
_meet = meeting(_cost, _take)
_weave = rounds(_move_on, _match, _begin)
_one_frame, _whole_log = of_frame(follow), of_log(follow)
_OWN: Final = (box_motion, byte_rounds, weave_heights, weave_motion, weave_picture)


@entry(*PARTS, *_OWN)
def follow_frame(  # noqa: PLR0917 - Numba takes columns apart faster than tuples of them
    live: Table,
    memory: npt.NDArray[np.void],
    xyxy: F32,
    score: F32,
    class_id: I32,
    time: float,
    page: I64,
    first: int,
) -> int:
    """One frame, shown from row `first` on; the row after the last one, or why nothing was done."""
    found = Found(xyxy, score, class_id)
    last: int = _one_frame(live, memory, time, found, page, first, None)
    return last


@entry(*PARTS, *_OWN, nogil=True)
def follow_log(  # noqa: PLR0917 - as above
    live: Table,
    memory: npt.NDArray[np.void],
    times: F64,
    frame: I64,
    xyxy: F32,
    score: F32,
    class_id: I32,
    page: I64,
) -> int:
    """All frames of a log, from a new start, shown from row 0 on; the row after the last one."""
    found = Found(xyxy, score, class_id)
    last: int = _whole_log(live, memory, times, frame, found, page, None)
    return last


KERNELS: Final = Kernels(follow_frame, follow_log, TRACK, MEMORY)
