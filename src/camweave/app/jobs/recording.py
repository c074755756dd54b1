"""Detections frame by frame to the log of a whole recording."""

import numpy as np

from camweave.core.detections import DetectionLog, Detections
from camweave.core.frame import SourceInfo


class Recording:
    """Takes the detections of each frame in order. Holds the results, never a picture."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._filled: list[tuple[int, Detections]] = []  # frames in which something was found

    def add(self, detections: Detections) -> None:
        """The next frame."""
        if len(detections):
            self._filled.append((len(self._times), detections))
        self._times.append(detections.stamp.time)

    def log(self, info: SourceInfo, class_names: tuple[str, ...]) -> DetectionLog:
        """All that was taken so far."""
        counts = [len(found) for _, found in self._filled]
        frames = np.array([frame for frame, _ in self._filled], np.int64)
        no_boxes = np.empty((0, 4), np.float32)
        no_scores, no_classes = np.empty(0, np.float32), np.empty(0, np.int32)
        return DetectionLog(
            camera=info.camera,
            fps=info.fps,
            width=info.width,
            height=info.height,
            frame_times=np.array(self._times, np.float64),
            frame=np.repeat(frames, counts),
            xyxy=np.concatenate([no_boxes, *(found.xyxy for _, found in self._filled)]),
            score=np.concatenate([no_scores, *(found.score for _, found in self._filled)]),
            class_id=np.concatenate([no_classes, *(found.class_id for _, found in self._filled)]),
            class_names=class_names,
        )
