"""ByteTrack's one frame: who is who, who is new, who is gone. All of it in Numba.

Zhang et al., ByteTrack: Multi-Object Tracking by Associating Every Detection Box (ECCV 2022).
"""

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, I32
from camweave.ops.assignment import ALONE, COLUMN, PAIR, ROW, Columns, Pairs, Rows, longer, solve
from camweave.ops.compiled import inner
from camweave.tracking.kalman import BoxModel
from camweave.tracking.table import (
    CONFIRMED,
    DETECTION,
    ENDED,
    LOST,
    TENTATIVE,
    UNSEEN,
    Table,
    Track,
    change_phase,
    class_of,
    correct,
    drop_ended,
    overlap,
    predict,
    start,
)

IGNORED: Final = 0  # what a detection is good for
WEAK: Final = 1  # to keep a track that waits for it
STRONG: Final = 2  # to begin one
TAKEN: Final = 3

STEADY: Final = 0.1  # a step this near to a whole number of frames is that number: clocks are rough

MEMORY: Final = np.dtype(
    [
        ("high", np.float64),  # the parameters; those held against a score as float32 has them
        ("low", np.float64),
        ("birth", np.float64),
        ("match", np.float64),
        ("second", np.float64),
        ("unconfirmed", np.float64),
        ("duplicate", np.float64),
        ("wait", np.float64),  # s
        ("rate", np.float64),  # frames/s
        ("smoothing", np.float64),
        ("per_velocity", np.float64),
        ("by_aspect", np.int64),
        ("fuse", np.int64),
        ("class_aware", np.int64),
        ("time", np.float64),  # s, of the last frame
        ("frame", np.int64),  # frames so far
        ("count", np.int64),  # detections in it
        ("live", np.int64),  # tracks in the table
        ("named", np.int64),  # ids handed out
    ],
    align=True,
)
Memory: TypeAlias = Any  # one such record: what a tracker knows beside its table


class Desk(NamedTuple):
    """Work space for one frame."""

    found: npt.NDArray[np.void]  # (N,) records of DETECTION
    rows: Rows  # (N,) detections in a round
    columns: Columns  # (T,) tracks in it
    pairs: Pairs


class Round(NamedTuple):
    """Which tracks meet which detections, and what a pair may cost."""

    phases: int
    band: int
    limit: float
    fuse: int
    class_aware: int


@inner
def make_desk(detections: int, tracks: int) -> Desk:
    """Work space for up to so many."""
    return Desk(
        np.empty(detections, DETECTION),
        np.empty(detections, ROW),
        np.empty(tracks, COLUMN),
        np.empty(4 * detections, PAIR),
    )


@inner
def follow(table: Table, memory: Memory, time: float, desk: Desk) -> None:
    """Bring the table from the last frame to this one, whose detections lie on the desk."""
    m = memory
    _pass_time(table, m, time)
    _match(Round(CONFIRMED | LOST, STRONG, m.match, m.fuse, m.class_aware), table, m, desk)
    _match(Round(CONFIRMED, WEAK, m.second, 0, m.class_aware), table, m, desk)
    change_phase(table, m.live, CONFIRMED, LOST)
    _match(Round(TENTATIVE, STRONG, m.unconfirmed, m.fuse, m.class_aware), table, m, desk)
    change_phase(table, m.live, TENTATIVE, ENDED)
    _give_birth(table, m, desk)
    _end_duplicates(table, m)
    m.live = drop_ended(table, m.live)


@inner
def lay_out(xyxy: F32, score: F32, class_id: I32, memory: Memory, desk: Desk) -> None:  # noqa: PLR0917 - a frame's columns
    """Put a frame's detections on the desk, told apart by score; what is no box is ignored."""
    found = desk.found
    for i in range(len(score)):
        one = found[i]
        for k in range(4):
            one.xyxy[k] = xyxy[i, k]
        one.score, one.class_id, one.band = score[i], class_id[i], IGNORED
        width, height = one.xyxy[2] - one.xyxy[0], one.xyxy[3] - one.xyxy[1]
        finite = width * height < np.inf and one.score < np.inf  # NaN is less than nothing
        if finite and width > 0.0 and height > 0.0:
            if one.score >= memory.high:
                one.band = STRONG
            elif one.score >= memory.low:
                one.band = WEAK
    memory.count = len(score)


@inner
def _pass_time(table: Table, memory: Memory, time: float) -> None:
    """Predict where the tracks are now, and end those whose object stayed away too long.

    Tentative ones too, unlike in the authors' code: only a filter that has made the step learns
    its velocity from the second sight.
    """
    frames = (time - memory.time) * memory.rate
    whole = np.rint(frames)
    if whole > 0.0 and abs(frames - whole) < STEADY:
        frames = whole
    model = _box_model(memory)
    for i in range(memory.live):
        track = table[i]
        track.detection = UNSEEN
        if time - track.seen_at > memory.wait:
            track.phase = ENDED
        else:
            predict(track, frames, model)
    memory.live = drop_ended(table, memory.live)
    memory.time = time
    memory.frame += 1


@inner
def _box_model(memory: Memory) -> BoxModel:
    return BoxModel(memory.by_aspect, memory.per_velocity)


@inner
def _match(meeting: Round, table: Table, memory: Memory, desk: Desk) -> None:
    """Pair the detections of one band with those tracks of some phases that have none yet."""
    found, rows, columns = desk.found, desk.rows, desk.columns
    n = m = 0
    for i in range(memory.count):
        if found[i].band == meeting.band:
            rows[n].who = i
            n += 1
    for i in range(memory.live):
        if table[i].phase & meeting.phases and table[i].detection == UNSEEN:
            columns[m].who = i
            m += 1
    if n == 0 or m == 0:
        return
    rows, columns = rows[:n], columns[:m]
    model = _box_model(memory)
    pairs = _list_pairs(meeting, table, rows, columns, desk)
    solve(rows, columns, pairs, meeting.limit)
    for k in range(n):
        if rows[k].column != ALONE:
            i, track = rows[k].who, table[columns[rows[k].column].who]
            correct(track, found[i], model)
            _note(track, i, memory, found)


@inner
def _list_pairs(  # noqa: PLR0917 - all that a round is made of
    meeting: Round, table: Table, rows: Rows, columns: Columns, desk: Desk
) -> Pairs:
    """Who could be whom. Detections are the rows, tracks the columns, the cost is 1 - overlap.

    In this order, identical boxes of different scores cost the assignment no search at all.
    """
    found, pairs, last = desk.found, desk.pairs, 0
    for k in range(len(rows)):
        one = found[rows[k].who]
        weight = one.score if meeting.fuse else 1.0
        rows[k].first = last
        for j in range(len(columns)):
            track = table[columns[j].who]
            cost = 1.0 - overlap(track.xyxy, one.xyxy) * weight
            if not cost <= meeting.limit:
                continue
            if meeting.class_aware and class_of(track) != one.class_id:
                continue
            if last == len(pairs):
                pairs = longer(pairs)
            pairs[last].column, pairs[last].cost = j, cost
            last += 1
        rows[k].stop = last
    return pairs


@inner
def _note(track: Track, detection: int, memory: Memory, found: npt.NDArray[np.void]) -> None:
    """Write down that this frame shows the track."""
    track.detection, track.seen, track.seen_at = detection, memory.frame, memory.time
    found[detection].band = TAKEN


@inner
def _give_birth(table: Table, memory: Memory, desk: Desk) -> None:
    """Strong detections that nobody claimed begin tracks; those of the first frame are certain."""
    found = desk.found
    phase = CONFIRMED if memory.frame == 1 else TENTATIVE
    for i in range(memory.count):
        if found[i].band == STRONG and found[i].score >= memory.birth:
            track = table[memory.live]
            start(track, found[i], phase, _box_model(memory))
            track.born = memory.frame
            _note(track, i, memory, found)
            memory.live += 1


@inner
def _end_duplicates(table: Table, memory: Memory) -> None:
    """Where a lost track lies on one that is seen, the longer lived of the two stays."""
    for p in range(memory.live):
        seen = table[p]
        if seen.phase & LOST:
            continue
        for q in range(memory.live):
            lost = table[q]
            if not lost.phase & LOST or overlap(seen.xyxy, lost.xyxy) <= memory.duplicate:
                continue
            if memory.class_aware and class_of(seen) != class_of(lost):
                continue
            if seen.seen - seen.born > lost.seen - lost.born:
                lost.phase |= ENDED
            else:
                seen.phase |= ENDED
