"""All that one frame is worked out from, and the steps that every tracker has."""

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, F64, I32
from camweave.ops.assignment import COLUMN, PAIR, ROW, Columns, Pairs, Rows
from camweave.ops.compiled import inner
from camweave.tracking.table import (
    ENDED,
    UNNAMED,
    UNSEEN,
    Field,
    Table,
    Track,
    drop_ended,
)

IGNORED: Final = 0  # what a detection is good for. Bands are bits, as phases are
WEAK: Final = 1  # to keep a track that waits for it
STRONG: Final = 2  # to begin one
TAKEN: Final = 4

STEADY: Final = 0.1  # a step this near to a whole number of frames is that number: clocks are rough

DETECTION: Final = np.dtype(
    [
        ("xyxy", np.float64, (4,)),  # px
        ("score", np.float64),
        ("class_id", np.int64),
        ("row", np.int64),  # in its frame
        ("band", np.int64),  # what it is good for
    ],
    align=True,
)
Detection: TypeAlias = Any  # one such record
Memory: TypeAlias = Any  # one record: what a tracker knows beside its table
Function: TypeAlias = Any  # an @inner function

_MEMORY: Final[list[Field]] = [
    ("high", np.float64),  # a detection is STRONG from this score on; as float32 has it
    ("low", np.float64),  # and WEAK from this
    ("wait", np.float64),  # s that a track may be unseen
    ("rate", np.float64),  # frames/s
    ("smoothing", np.float64),  # of the shown box: 1 is the track's, 0 the detection
    ("class_aware", np.int64),
    ("time", np.float64),  # s, of the last frame
    ("frame", np.int64),  # frames so far
    ("count", np.int64),  # detections in it
    ("live", np.int64),  # tracks in the table
    ("named", np.int64),  # ids handed out
]


def memory_record(*own: Field) -> np.dtype[np.void]:
    """What every tracker remembers beside its table, and what this one does."""
    # Own fields first: Numba warns where one record is the beginning of another.
    return np.dtype([*own, *_MEMORY], align=True)


class Found(NamedTuple):
    """A frame's detections, or a log's."""

    xyxy: F32  # (N, 4) px
    score: F32  # (N,)
    class_id: I32  # (N,)


class Look(NamedTuple):
    """What a tracker by appearance is given on top, of one frame."""

    embedding: F32  # (N, D) a row of zeros was not embedded; (0, D) if none was
    camera_motion: F64  # (2, 3) affine, px: a point of the last frame to this one
    gallery: F32  # (S, G, D) G looks for each slot; the tracker's own to fill


class Space(NamedTuple):
    """Room to work in."""

    found: npt.NDArray[np.void]  # records of DETECTION
    rows: Rows  # for the detections that meet
    columns: Columns  # for the tracks that do
    pairs: Pairs


class Desk(NamedTuple):
    """One frame at work. It can be handed on, not returned: Numba's records cannot."""

    table: Table
    memory: Memory
    found: npt.NDArray[np.void]
    rows: Rows
    columns: Columns
    pairs: Pairs
    look: Any  # Look, or None where motion is all


@inner
def make_space(room: int) -> Space:
    """For so many, tracks and detections taken together."""
    return Space(
        np.empty(room, DETECTION),
        np.empty(room, ROW),
        np.empty(room, COLUMN),
        np.empty(4 * room, PAIR),
    )


@inner
def lay_out(found: Found, desk: Desk) -> None:
    """Put a frame's detections on the desk, told apart by score; what is no box is ignored."""
    memory = desk.memory
    for i in range(len(found.score)):
        one = desk.found[i]
        for k in range(4):
            one.xyxy[k] = found.xyxy[i, k]
        one.score, one.class_id = found.score[i], found.class_id[i]
        one.row, one.band = i, IGNORED
        width, height = one.xyxy[2] - one.xyxy[0], one.xyxy[3] - one.xyxy[1]
        finite = width * height < np.inf and abs(one.score) < np.inf  # NaN is less than nothing
        if finite and width > 0.0 and height > 0.0:
            if one.score >= memory.high:
                one.band = STRONG
            elif one.score >= memory.low:
                one.band = WEAK
    memory.count = len(found.score)


def passing(predict: Function) -> Function:
    """`pass_time(desk, time)`: on to this frame, ending those whose object stayed away too long.

    `predict(track, frames, memory)` moves each of the others on; `memory`
    has the new frame's time and number then.
    """

    @inner
    def pass_time(desk: Desk, time: float) -> None:
        table, memory = desk.table, desk.memory
        frames = (time - memory.time) * memory.rate
        whole = np.rint(frames)
        if whole > 0.0 and abs(frames - whole) < STEADY:
            frames = whole
        memory.time = time
        memory.frame += 1
        for i in range(memory.live):
            track = table[i]
            track.detection = UNSEEN
            if time - track.seen_at > memory.wait:
                track.phase = ENDED
            else:
                predict(track, frames, memory)
        memory.live = drop_ended(table, memory.live)

    return pass_time


@inner
def bear(track: Track, one: Detection, phase: int, memory: Memory) -> None:
    """Begin a track with a detection; its filter, and its own fields, are left to the tracker.

    `track` is the first record behind the live ones, `desk.table[memory.live]`.
    """
    track.phase, track.track_id, track.born = phase, UNNAMED, memory.frame
    track.candidates[0], track.votes[0] = one.class_id, one.score
    track.candidate_count, track.leader = 1, 0
    note(track, one, memory)
    memory.live += 1


@inner
def note(track: Track, one: Detection, memory: Memory) -> None:
    """Write down that a detection of this frame shows the track."""
    track.detection, track.seen, track.seen_at = one.row, memory.frame, memory.time
    one.band = TAKEN
