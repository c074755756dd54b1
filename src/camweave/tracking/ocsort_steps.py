"""OC-SORT's one frame: SORT, centred on what was observed. All of it in Numba.

Cao et al., Observation-Centric SORT: Rethinking SORT for Robust Multi-Object Tracking (CVPR 2023).
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, F64, I32, I64
from camweave.ops.compiled import entry, inner
from camweave.tracking import area_motion, observations, streaks
from camweave.tracking.area_motion import correct_area, place_area, predict_area
from camweave.tracking.desk import (
    STRONG,
    WEAK,
    Desk,
    Detection,
    Found,
    Memory,
    memory_record,
    passing,
)
from camweave.tracking.loop import PARTS, Kernels, of_frame, of_log
from camweave.tracking.meeting import meeting
from camweave.tracking.observations import (
    OBSERVED,
    consistency,
    foresee,
    forget,
    observe,
    re_update,
)
from camweave.tracking.streaks import STREAK, begin, break_streak, go_on
from camweave.tracking.table import ANY, ENDED, Table, Track, overlap, track_record

ALL_THERE_IS: Final = 1.0  # a pair without overlap is worth as little as two left alone

TRACK: Final = track_record(*STREAK, *OBSERVED)
MEMORY: Final = memory_record(
    ("overlap", np.float64),
    ("look_back", np.float64),  # s
    ("inertia", np.float64),
    ("min_hits", np.int64),
    ("byte", np.int64),
)


class Round(NamedTuple):
    """Which tracks meet which detections, and what counts between them."""

    phases: int
    band: int
    limit: float
    least: float  # overlap
    inertia: float  # weight of momentum


@inner
def follow(desk: Desk, time: float) -> None:
    """Bring the table from the last frame to this one, whose detections lie on the desk."""
    m = desk.memory
    _pass_time(desk, time)
    _match(Round(ANY, STRONG, ALL_THERE_IS, m.overlap, m.inertia), desk)
    if m.byte:
        _match(Round(ANY, WEAK, ALL_THERE_IS, m.overlap, 0.0), desk)
    _recover(Round(ANY, STRONG, ALL_THERE_IS, m.overlap, 0.0), desk)
    _give_birth(desk)


@inner
def _predict(track: Track, frames: float, memory: Memory) -> None:
    break_streak(track, memory)
    foresee(track, memory)
    predict_area(track.state, frames)
    if not place_area(track.state, track.xyxy):
        track.phase = ENDED


@inner
def _momentum(terms: Round, track: Track, one: Detection, _: None) -> float:
    """Overlap with where the track should be now, and the direction in which that lies (OCM)."""
    share = overlap(track.xyxy, one.xyxy)
    if not share >= terms.least:
        return np.inf
    if terms.inertia > 0.0:
        share += terms.inertia * one.score * consistency(track, one)
    return 1.0 - share


@inner
def _heuristic(terms: Round, track: Track, one: Detection, _: None) -> float:
    """Overlap with where the track was last seen (OCR): it may have stopped."""
    if track.sights == 0:
        return np.inf
    share = overlap(track.last, one.xyxy)
    return 1.0 - share if share >= terms.least else np.inf


@inner
def _take(track: Track, one: Detection, memory: Memory, _: None) -> None:
    """Take a detection in as the same object; after a gap, along a straight way to it (ORU).

    The sight that ends a gap is then counted twice, as in the authors' code.
    """
    if track.sights > 0 and track.seen < memory.frame - 1:
        re_update(track, one, memory)
    correct_area(track.state, one.xyxy)
    place_area(track.state, track.xyxy)
    observe(track, one, memory)
    go_on(track, one, memory)


@inner
def _give_birth(desk: Desk) -> None:
    """Strong detections that no track has claimed begin tracks."""
    table, memory, found = desk.table, desk.memory, desk.found
    for i in range(memory.count):
        if found[i].band == STRONG:
            track = table[memory.live]
            forget(track)
            begin(track, found[i], memory)


_pass_time = passing(_predict)
_match = meeting(_momentum, _take)
_recover = meeting(_heuristic, _take)
_one_frame, _whole_log = of_frame(follow), of_log(follow)


@entry(*PARTS, area_motion, observations, streaks)
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


@entry(*PARTS, area_motion, observations, streaks, nogil=True)
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
