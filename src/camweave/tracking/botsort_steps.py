"""BoT-SORT's one frame, in Numba: ByteTrack's rounds, a moving camera, and looks.

Aharon, Orfaig, Bobrovsky, BoT-SORT: Robust Associations Multi-Pedestrian Tracking (2022).
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, F64, I32, I64, Bool
from camweave.ops.assignment import ALONE, Columns, Pairs, Rows, solve
from camweave.ops.compiled import entry, inner
from camweave.tracking import botsort_camera, botsort_looks, botsort_wants, box_motion, byte_rounds
from camweave.tracking.botsort_camera import move_tracks
from camweave.tracking.botsort_looks import mix_in, unlikeness
from camweave.tracking.botsort_wants import TOUCHING, want_some
from camweave.tracking.box_motion import (
    BY_HEIGHT,
    BY_SIDES,
    HEIGHT,
    WIDTH,
    BoxModel,
    correct_box,
    place_box,
    predict_box,
    start_box,
)
from camweave.tracking.byte_rounds import ROUNDS, Round, rounds
from camweave.tracking.desk import (
    STRONG,
    Desk,
    Detection,
    Found,
    Look,
    Memory,
    memory_record,
    note,
    passing,
)
from camweave.tracking.kalman import VELOCITY
from camweave.tracking.loop import PARTS, Kernels, of_frame, of_log
from camweave.tracking.meeting import Terms, list_by_overlap, seat_detections, seat_tracks
from camweave.tracking.table import CONFIRMED, LOST, Table, Track, track_record, vote
from camweave.tracking.wanting import of_wanted

TRACK: Final = track_record(
    ("look_at", np.float64),  # s of its last look; -inf: none yet
    ("looks", np.int64),  # mixed in so far
)
MEMORY: Final = memory_record(
    *ROUNDS,
    ("velocity_noise", np.float64),
    ("own_filter", np.int64),
    ("sure", np.float64),
    ("proximity", np.float64),
    ("appearance", np.float64),
    ("keep", np.float64),
    ("refresh", np.float64),
)


@inner
def pass_time(desk: Desk, time: float) -> None:
    """Predict where the tracks are, then move them as the camera moved the picture."""
    _pass_time(desk, time)
    memory = desk.memory
    move_tracks(desk.table, memory, desk.look.camera_motion, box_model(memory))


@inner
def _predict(track: Track, frames: float, memory: Memory) -> None:
    """Move a track on to now. A lost one keeps its height, in the paper all of its size.

    Tentative ones too, unlike in the authors' code, as in our ByteTrack.
    """
    model = box_model(memory)
    if track.phase == LOST:
        track.state[VELOCITY + HEIGHT] = 0.0
        if memory.own_filter:
            track.state[VELOCITY + WIDTH] = 0.0
    predict_box(track.state, frames, model)
    place_box(track.state, track.xyxy, model)


@inner
def _match(terms: Round, desk: Desk) -> None:
    """Pair the detections of a band with the waiting tracks of some phases."""
    rows, columns = seat_detections(terms.band, desk), seat_tracks(terms.phases, desk)
    if len(rows) == 0 or len(columns) == 0:
        return
    pairs = list_by_overlap(Terms(terms.phases, terms.band, TOUCHING), rows, columns, desk)
    _weigh(terms, rows, columns, pairs, desk)
    solve(rows, columns, pairs, terms.limit)
    table, found, memory, look = desk.table, desk.found, desk.memory, desk.look
    looks = terms.band == STRONG and len(look.embedding) > 0
    for k in range(len(rows)):
        if rows[k].column != ALONE:
            one, track = found[rows[k].who], table[columns[rows[k].column].who]
            _take(track, one, memory)
            if looks:
                mix_in(track, one, look, memory)


@inner
def _weigh(  # noqa: PLR0917 - one problem
    terms: Round, rows: Rows, columns: Columns, pairs: Pairs, desk: Desk
) -> None:
    """Make costs of distances, and keep the pairs whose cost is within the limit.

    A pair costs what its place or its looks make of it, whichever is less. Looks count for those
    who are near. They are weighed here, since few pairs ever get so far.
    """
    memory, table, found, look, last = desk.memory, desk.table, desk.found, desk.look, 0
    looks = terms.band == STRONG and len(look.embedding) > 0
    for k in range(len(rows)):
        one, first = found[rows[k].who], rows[k].first
        rows[k].first = last
        for e in range(first, rows[k].stop):
            apart = pairs[e].cost
            cost = 1.0 - (1.0 - apart) * one.score if terms.fuse else apart
            if looks and apart <= memory.proximity:
                track = table[columns[pairs[e].column].who]
                unlike = unlikeness(track, one, look)
                if unlike <= memory.appearance:
                    cost = min(cost, unlike)
            if cost <= terms.limit:
                pairs[last].column, pairs[last].cost = pairs[e].column, cost
                last += 1
        rows[k].stop = last


@inner
def _take(track: Track, one: Detection, memory: Memory) -> None:
    """Take a detection in as the same object."""
    model = box_model(memory)
    correct_box(track.state, one.xyxy, model)
    place_box(track.state, track.xyxy, model)
    track.phase = CONFIRMED
    vote(track, one.score, one.class_id)
    note(track, one, memory)


@inner
def _begin(track: Track, one: Detection, memory: Memory, look: Look) -> None:
    model = box_model(memory)
    start_box(track.state, one.xyxy, model)
    place_box(track.state, track.xyxy, model)
    if one.score >= memory.sure:
        track.phase = CONFIRMED
    track.look_at, track.looks = -np.inf, 0
    if len(look.embedding) > 0:
        mix_in(track, one, look, memory)


@inner
def box_model(memory: Memory) -> BoxModel:
    """How its boxes are thought to move."""
    return BoxModel(BY_SIDES if memory.own_filter else BY_HEIGHT, memory.velocity_noise)


_pass_time = passing(_predict)
_follow = rounds(pass_time, _match, _begin)
_one_frame, _whole_log = of_frame(_follow), of_log(_follow, looks=True)
_wanted_rows = of_wanted(pass_time, want_some)
_OWN: Final = (box_motion, byte_rounds, botsort_camera, botsort_looks, botsort_wants)


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
    gallery: F32,
) -> int:
    """One frame, shown from row `first` on; the row after the last one, or why nothing was done."""
    found, look = Found(xyxy, score, class_id), Look(embedding, camera_motion, gallery)
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
    gallery: F32,
) -> int:
    """All frames of a log, from a new start, shown from row 0 on; the row after the last one."""
    found, looks = Found(xyxy, score, class_id), Look(embedding, camera_motion, gallery)
    last: int = _whole_log(live, memory, times, frame, found, page, looks)
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
    gallery: F32,
) -> Bool:
    """(N,) the rows to be embedded. The table and the memory stay as they are."""
    found, look = Found(xyxy, score, class_id), Look(embedding, camera_motion, gallery)
    rows: Bool = _wanted_rows(live, memory, time, found, look)
    return rows


KERNELS: Final = Kernels(
    follow_frame, follow_log, TRACK, MEMORY, looks=True, wanted=wanted_rows, version=2
)
