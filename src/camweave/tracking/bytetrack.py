"""ByteTrack: every box counts, the faint ones too, where a track already waits for them.

Zhang et al., ByteTrack: Multi-Object Tracking by Associating Every Detection Box (ECCV 2022).
What happens in a frame stands in `rounds.follow`, as the paper tells it.
"""

import math

import numpy as np
import numpy.typing as npt

from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, SourceInfo, Stamp
from camweave.core.tracks import Tracklets, Tracks
from camweave.tracking.entries import (
    FIRST_TABLE,
    TABLE_FULL,
    TIME_FELL,
    follow_frame,
    follow_log,
)
from camweave.tracking.gather import Rows, sort_by_track
from camweave.tracking.page import ROWS, Page
from camweave.tracking.params import ByteTrackParams, check
from camweave.tracking.rounds import MEMORY
from camweave.tracking.table import TRACK
from camweave.tracking.warm import compile_kernels

__all__ = ["ByteTrack", "ByteTrackParams"]

GRACE = 1.5  # frames beyond patience: the frame in which it runs out, and room for a rough clock


class ByteTrack:
    """Follows the objects of one camera by overlap and motion. Keeps the live tracks.

    Ids count from 1 without gaps, in the order in which tracks are first shown: a track found in
    the first frame at once, any other when it is seen for the second time. Detections that are no
    boxes (not finite, or without area) are ignored.
    """

    def __init__(self, params: ByteTrackParams | None = None, *, fps: float = 30.0) -> None:
        """`fps` is the camera's nominal rate: the length of the step that the noise is given for.

        Frames may be missing and need not be regular; the stamps tell. `track` has its rate from
        the log.
        """
        compile_kernels()
        self.params = params or ByteTrackParams()
        self._memory = _begin(self.params, fps)
        self._tracks = np.empty(FIRST_TABLE, TRACK)
        self._page = Page(ROWS)
        self._row = 0  # of the page; the next to be written
        self._camera: CameraId | None = None

    def update(self, detections: Detections) -> Tracks:
        """The confirmed tracks seen in this frame, in order of id.

        Raises:
            InputError: the frame is older than the one before it, or another camera's. Nothing
                has changed then.
        """
        stamp, score = detections.stamp, detections.score
        if stamp.camera != self._camera:
            self._meet(stamp.camera)
        first = self._row
        if first + len(score) > self._page.rows:
            self._page = Page(max(len(score), ROWS))
            first = 0
        last = follow_frame(
            self._tracks,
            self._memory,
            detections.xyxy,
            score,
            detections.class_id,
            stamp.time,
            self._page.block,
            first,
        )
        if last == TIME_FELL:
            raise InputError(_wrong_time(stamp, float(self._memory["time"][0])))
        if last == TABLE_FULL:
            self._widen(len(score))
            return self.update(detections)
        self._row = last
        return self._page.cut(stamp, slice(first, last))

    def track(self, log: DetectionLog) -> Tracklets:
        """The tracklets of a whole recording, from a new start: what `update` gives, faster.

        Raises:
            InputError: a frame is older than the one before it.
        """
        _check_times(log)
        memory, page = _begin(self.params, log.fps), Page(len(log))
        found = (log.xyxy, log.score, log.class_id)
        count = follow_log(memory, log.frame_times, log.frame, *found, page.block)
        shown, here = page.shown, slice(count)
        frame = log.frame[shown.detection[here]]
        rows = Rows(
            shown.track_id[here],
            frame,
            log.frame_times[frame],
            shown.xyxy[here],
            shown.score[here],
            shown.class_id[here],
            shown.detection[here],
        )
        info = SourceInfo(log.camera, log.width, log.height, log.fps)
        return sort_by_track(rows, np.arange(1, memory["named"][0] + 1), info, log.class_names)

    def _meet(self, camera: CameraId) -> None:
        if self._camera is not None:
            raise InputError(
                f"camera {camera!r}: this tracker follows camera {self._camera!r}. "
                "Make one for each camera"
            )
        self._camera = camera

    def _widen(self, births: int) -> None:
        live = int(self._memory["live"][0])
        tracks = np.empty(2 * (live + births), TRACK)
        tracks[:live] = self._tracks[:live]
        self._tracks = tracks


def _begin(params: ByteTrackParams, fps: float) -> npt.NDArray[np.void]:
    """What a tracker knows before its first frame."""
    check("fps", fps, "more than 0 frames/s", good=0 < fps < math.inf)
    memory = np.zeros(1, MEMORY)
    # Scores are float32. So are the numbers they are held against: 0.6 reaches a `high` of 0.6.
    memory["high"] = np.float32(params.high)
    memory["low"] = np.float32(params.low)
    memory["birth"] = np.float32(params.high + params.birth)
    for name in ("match", "second", "unconfirmed", "duplicate"):
        memory[name] = getattr(params, name)
    memory["fuse"] = params.fuse_score
    memory["class_aware"] = params.class_aware
    memory["smoothing"] = params.smoothing
    memory["by_aspect"] = params.filter == "xyah"
    memory["per_velocity"] = params.velocity_noise
    memory["rate"] = fps
    memory["wait"] = params.patience + GRACE / fps
    memory["time"] = -np.inf
    return memory


def _check_times(log: DetectionLog) -> None:
    times = log.frame_times
    before = np.concatenate(([-np.inf], times[:-1]))
    wrong = np.flatnonzero(~((times >= before) & np.isfinite(times)))
    if len(wrong):
        frame = int(wrong[0])
        stamp = Stamp(float(times[frame]), log.camera, frame)
        raise InputError(_wrong_time(stamp, float(before[frame])))


def _wrong_time(stamp: Stamp, before: float) -> str:
    return (
        f"camera {stamp.camera!r}: frame {stamp.index} is of {stamp.time} s, after one of "
        f"{before} s. Times must be finite and never fall: begin a new tracker where they do"
    )
