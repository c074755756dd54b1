"""Detections read back from a file, in step with the frames they were found in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame
from camweave.detection.every import Every, checked_every
from camweave.detection.same_picture import scale_between
from camweave.formats.detections import read_detections
from camweave.formats.mot import read_mot_detections

UNTIMED: Final = 1.0  # frames/s for files that carry no time: the frames bring their own
ANY: Final = CameraId("recording")  # for files that name no camera


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedParams:
    """What `Recorded` reads."""

    kind: Literal["recorded"] = "recorded"
    path: str  # detections_raw.npz, or MOTChallenge text (.txt)
    score: float = 0.0  # least confidence
    every: Every = 1  # live: ticks from one detection to the next, or auto

    def __post_init__(self) -> None:
        checked_every("recorded", self.every)
        if not 0 <= self.score <= 1:
            raise InputError("recorded: score is 0 to 1")


class Recorded:
    """A `Detector` that found everything before. It remembers which camera it speaks for.

    Frames are matched by their index; beyond the end of the recording nothing is found. A
    recording made on another size of the same picture is scaled.

    Raises:
        InputError: the file is no recording of detections.
    """

    def __init__(self, recording: RecordedParams | DetectionLog) -> None:
        self._log, self._least = _open(recording)
        self._offsets = self._log.frame_offsets
        self._camera: CameraId | None = None

    @property
    def class_names(self) -> tuple[str, ...]:
        """What `class_id` counts; unnamed classes are called class_0 and on."""
        if self._log.class_names:
            return self._log.class_names
        count = int(self._log.class_id.max(initial=0)) + 1
        return tuple(f"class_{class_id}" for class_id in range(count))

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """One `Detections` per frame, in the same order.

        Raises:
            InputError: a second camera, or a frame of another shape than the recording's.
        """
        return [self._recall(frame) for frame in frames]

    def _recall(self, frame: Frame) -> Detections:
        stamp = frame.stamp
        self._camera = self._camera or stamp.camera
        if stamp.camera != self._camera:
            raise InputError(
                f"a recording is of one camera, here {self._camera!r}; "
                f"give {stamp.camera!r} one of its own"
            )
        if not 0 <= stamp.index < self._log.frame_count:
            return Detections.empty(stamp)
        own = slice(*self._offsets[stamp.index : stamp.index + 2].tolist())
        xyxy, score, class_id = self._log.xyxy[own], self._log.score[own], self._log.class_id[own]
        kept = score >= self._least
        return Detections(stamp, xyxy[kept] * self._scale(frame), score[kept], class_id[kept])

    def _scale(self, frame: Frame) -> np.ndarray:
        size = self._log.width, self._log.height
        if 0 in size or size == frame.size:
            return np.ones(4, np.float32)
        x, y = scale_between(f"detections of {self._log.camera}", size, frame.size)
        return np.array([x, y, x, y], np.float32)


def _open(recording: RecordedParams | DetectionLog) -> tuple[DetectionLog, float]:
    if isinstance(recording, DetectionLog):
        return recording, 0.0
    path = Path(recording.path)
    if path.suffix.lower() == ".txt":
        return read_mot_detections(path, camera=ANY, fps=UNTIMED), recording.score
    return read_detections(path, camera=ANY, fps=UNTIMED), recording.score
