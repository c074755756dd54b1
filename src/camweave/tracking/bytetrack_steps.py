"""ByteTrack's one frame, in Numba: its rounds stand in `byte_rounds`, here is what they act on.

Zhang et al., ByteTrack: Multi-Object Tracking by Associating Every Detection Box (ECCV 2022).
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, F64, I32, I64
from camweave.ops.compiled import entry, inner
from camweave.tracking import box_motion, byte_rounds
from camweave.tracking.box_motion import (
    HEIGHT,
    BoxModel,
    correct_box,
    place_box,
    predict_box,
    start_box,
)
from camweave.tracking.byte_rounds import ROUNDS, overlap_cost, rounds
from camweave.tracking.desk import Detection, Found, Memory, memory_record, note, passing
from camweave.tracking.kalman import VELOCITY
from camweave.tracking.loop import PARTS, Kernels, of_frame, of_log
from camweave.tracking.meeting import meeting
from camweave.tracking.table import CONFIRMED, LOST, Table, Track, track_record, vote

TRACK: Final = track_record()
MEMORY: Final = memory_record(*ROUNDS, ("velocity_noise", np.float64), ("by_aspect", np.int64))


@inner
def _predict(track: Track, frames: float, memory: Memory) -> None:
    """Move a track on to now. A lost one keeps its height: a trend in it would run away.

    Tentative ones too, unlike in the authors' code: only a filter that has made the step learns
    its velocity from the second sight.
    """
    model = _box_model(memory)
    if track.phase == LOST:
        track.state[VELOCITY + HEIGHT] = 0.0
    predict_box(track.state, frames, model)
    place_box(track.state, track.xyxy, model)


@inner
def _take(track: Track, one: Detection, memory: Memory, _: None) -> None:
    """Take a detection in as the same object."""
    model = _box_model(memory)
    correct_box(track.state, one.xyxy, model)
    place_box(track.state, track.xyxy, model)
    track.phase = CONFIRMED
    vote(track, one.score, one.class_id)
    note(track, one, memory)


@inner
def _begin(track: Track, one: Detection, memory: Memory, _: None) -> None:
    model = _box_model(memory)
    start_box(track.state, one.xyxy, model)
    place_box(track.state, track.xyxy, model)


@inner
def _box_model(memory: Memory) -> BoxModel:
    return BoxModel(memory.by_aspect, memory.velocity_noise)


follow = rounds(passing(_predict), meeting(overlap_cost, _take), _begin)
_one_frame, _whole_log = of_frame(follow), of_log(follow)


@entry(*PARTS, box_motion, byte_rounds, byte_rounds)
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


@entry(*PARTS, box_motion, byte_rounds, byte_rounds, nogil=True)
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
