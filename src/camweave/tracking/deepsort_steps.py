"""DeepSORT's one frame: who looks like whom, who lies on whom, who is new. All of it in Numba.

Wojke, Bewley, Paulus: Simple Online and Realtime Tracking with a Deep Association Metric
(ICIP 2017).
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, F64, I32, I64, Bool
from camweave.ops.assignment import ALONE, Columns, Pairs, Rows, solve
from camweave.ops.compiled import entry, inner
from camweave.tracking import box_motion, deepsort_looks, deepsort_place, gallery
from camweave.tracking.box_motion import (
    BoxModel,
    correct_box,
    place_box,
    predict_box,
    start_box,
)
from camweave.tracking.deepsort_looks import (
    NEVER,
    Gate,
    keep_looks,
    list_open,
    next_age,
    seat_age,
    weigh,
    who_waits,
)
from camweave.tracking.deepsort_place import undisputed, want_some
from camweave.tracking.desk import (
    STRONG,
    Desk,
    Detection,
    Found,
    Look,
    Memory,
    bear,
    memory_record,
    note,
    passing,
)
from camweave.tracking.gallery import Units, at_unit_length
from camweave.tracking.loop import PARTS, Kernels, of_frame, of_log
from camweave.tracking.meeting import Terms, list_by_overlap, seat_detections, seat_tracks
from camweave.tracking.table import (
    CONFIRMED,
    ENDED,
    LOST,
    TENTATIVE,
    Table,
    Track,
    change_phase,
    drop_ended,
    track_record,
    vote,
)
from camweave.tracking.wanting import of_wanted

TRACK: Final = track_record(
    ("hits", np.int64),  # sights
    ("looks", np.int64),  # looks kept so far
    ("variety", np.float64),  # least cosine of any look kept with the one at place 0
    ("looked_at", np.float64),  # s of the last one; -inf: none yet
    ("rivals", np.int64),  # detections that lie within its gate, in the meeting at work
)
MEMORY: Final = memory_record(
    ("appearance", np.float64),  # the parameters
    ("gate", np.float64),
    ("most_apart", np.float64),  # 1 - overlap
    ("min_hits", np.int64),
    ("refresh", np.float64),
    ("by_aspect", np.int64),
    ("velocity_noise", np.float64),
)


@inner
def follow(desk: Desk, time: float) -> None:
    """Bring the table from the last frame to this one, whose detections lie on the desk."""
    table, memory = desk.table, desk.memory
    pass_time(desk, time)
    if memory.refresh > 0.0:
        _match_undisputed(desk)
    units = at_unit_length(desk.look.embedding, memory.count)
    _match_looks(units, desk)
    _match_boxes(desk)
    change_phase(table, memory.live, CONFIRMED, LOST)
    change_phase(table, memory.live, TENTATIVE, ENDED)
    _give_birth(desk)
    keep_looks(units, desk)
    memory.live = drop_ended(table, memory.live)


@inner
def _predict(track: Track, frames: float, memory: Memory) -> None:
    model = box_model(memory)
    predict_box(track.state, frames, model)
    place_box(track.state, track.xyxy, model)


@inner
def _match_undisputed(desk: Desk) -> None:
    """Not in the paper: looks are not asked where place alone leaves no doubt."""
    table, found, memory, partner = desk.table, desk.found, desk.memory, undisputed(desk)
    for i in range(memory.count):
        if partner[i] != ALONE:
            _take(table[partner[i]], found[i], memory)


@inner
def _match_looks(units: Units, desk: Desk) -> None:
    """The paper's cascade: who was seen last chooses first, since others are expected anywhere."""
    if len(desk.look.embedding) == 0:
        return
    memory = desk.memory
    gate = Gate(CONFIRMED | LOST, STRONG, memory.gate, memory.by_aspect)
    waiting = who_waits(desk)
    age = next_age(0, waiting[1])
    while age < NEVER:
        rows, columns = seat_detections(STRONG, desk), seat_age(age, waiting, desk)
        if len(rows) == 0:
            return
        pairs = list_open(gate, rows, columns, desk)
        weigh(rows, columns, pairs, units, desk)
        _settle(rows, columns, pairs, memory.appearance, desk)
        age = next_age(age, waiting[1])


@inner
def _match_boxes(desk: Desk) -> None:
    """By overlap, those who are new, and those whose looks have changed since the last frame."""
    terms = Terms(TENTATIVE | CONFIRMED, STRONG, desk.memory.most_apart)
    rows, columns = seat_detections(terms.band, desk), seat_tracks(terms.phases, desk)
    if len(rows) and len(columns):
        pairs = list_by_overlap(terms, rows, columns, desk)
        _settle(rows, columns, pairs, terms.limit, desk)


@inner
def _settle(  # noqa: PLR0917 - one problem
    rows: Rows, columns: Columns, pairs: Pairs, limit: float, desk: Desk
) -> None:
    table, found, memory = desk.table, desk.found, desk.memory
    solve(rows, columns, pairs, limit)
    for k in range(len(rows)):
        if rows[k].column != ALONE:
            _take(table[columns[rows[k].column].who], found[rows[k].who], memory)


@inner
def _take(track: Track, one: Detection, memory: Memory) -> None:
    """Take a detection in as the same object."""
    model = box_model(memory)
    correct_box(track.state, one.xyxy, model)
    place_box(track.state, track.xyxy, model)
    track.hits += 1
    if track.phase == LOST or track.hits >= memory.min_hits:
        track.phase = CONFIRMED
    vote(track, one.score, one.class_id)
    note(track, one, memory)


@inner
def _give_birth(desk: Desk) -> None:
    """Detections that nobody claimed begin tracks."""
    memory, table, found = desk.memory, desk.table, desk.found
    model = box_model(memory)
    for i in range(memory.count):
        one = found[i]
        if one.band == STRONG:
            track = table[memory.live]
            bear(track, one, TENTATIVE, memory)
            start_box(track.state, one.xyxy, model)
            place_box(track.state, track.xyxy, model)
            track.hits, track.looks, track.looked_at = 1, 0, -np.inf


@inner
def box_model(memory: Memory) -> BoxModel:
    """How its boxes are thought to move."""
    return BoxModel(memory.by_aspect, memory.velocity_noise)


pass_time = passing(_predict)
_one_frame, _whole_log = of_frame(follow), of_log(follow, looks=True)
_wanted_rows = of_wanted(pass_time, want_some)
_OWN: Final = (box_motion, deepsort_looks, deepsort_place, gallery)


@entry(*PARTS, *_OWN)
def follow_frame(  # noqa: PLR0913, PLR0917 - Numba takes columns apart faster than tuples of them
    live: Table,
    memory: npt.NDArray[np.void],
    xyxy: F32,
    score: F32,
    class_id: I32,
    time: float,
    page: I64,
    first: int,
    embedding: F32,
    camera_motion: F64,
    looks: F32,
) -> int:
    """One frame, shown from row `first` on; the row after the last one, or why nothing was done."""
    found, look = Found(xyxy, score, class_id), Look(embedding, camera_motion, looks)
    last: int = _one_frame(live, memory, time, found, page, first, look)
    return last


@entry(*PARTS, *_OWN, nogil=True)
def follow_log(  # noqa: PLR0913, PLR0917 - as above
    live: Table,
    memory: npt.NDArray[np.void],
    times: F64,
    frame: I64,
    xyxy: F32,
    score: F32,
    class_id: I32,
    page: I64,
    embedding: F32,
    camera_motion: F64,
    looks: F32,
) -> int:
    """All frames of a log, from a new start, shown from row 0 on; the row after the last one."""
    found, look = Found(xyxy, score, class_id), Look(embedding, camera_motion, looks)
    last: int = _whole_log(live, memory, times, frame, found, page, look)
    return last


@entry(*PARTS, *_OWN)
def wanted_rows(  # noqa: PLR0913, PLR0917 - as above
    live: Table,
    memory: npt.NDArray[np.void],
    xyxy: F32,
    score: F32,
    class_id: I32,
    time: float,
    embedding: F32,
    camera_motion: F64,
    looks: F32,
) -> Bool:
    """(N,) the rows to be embedded. The table and the memory stay as they are."""
    found, look = Found(xyxy, score, class_id), Look(embedding, camera_motion, looks)
    rows: Bool = _wanted_rows(live, memory, time, found, look)
    return rows


KERNELS: Final = Kernels(
    follow_frame, follow_log, TRACK, MEMORY, looks=True, wanted=wanted_rows, version=2
)
