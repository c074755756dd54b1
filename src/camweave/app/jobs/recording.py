"""Detections frame by frame to the log of a whole recording."""

import numpy as np

from camweave.core.arrays import F32, F64
from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import ShapeError
from camweave.core.frame import SourceInfo

NO_MOTION = np.eye(2, 3)


class Recording:
    """Takes the detections of each frame in order. Holds the results, never a picture."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._filled: list[tuple[int, Detections]] = []  # frames in which something was found
        self._motion: dict[int, F64] = {}  # (2, 3) of the frames that tell one

    def add(self, detections: Detections) -> None:
        """The next frame."""
        if len(detections):
            self._filled.append((len(self._times), detections))
        if detections.camera_motion is not None:
            self._motion[len(self._times)] = detections.camera_motion
        self._times.append(detections.stamp.time)

    def log(self, info: SourceInfo, class_names: tuple[str, ...]) -> DetectionLog:
        """All that was taken so far.

        Raises:
            ShapeError: embeddings of two dimensions.
        """
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
            embedding=self._embedding(),
            camera_motion=self._camera_motion(),
        )

    def _embedding(self) -> F32 | None:
        """(N, D), zeros where a frame has none; None where all have none."""
        looks = [found.embedding for _, found in self._filled]
        sizes = {look.shape[1] for look in looks if look is not None}
        if not sizes:
            return None
        if len(sizes) > 1:
            two = " and ".join(map(str, sorted(sizes)))
            raise ShapeError(f"embeddings of {two} dimensions in one recording; use one model")
        size = sizes.pop()
        return np.concatenate(
            [
                np.zeros((len(found), size), np.float32) if look is None else look
                for look, (_, found) in zip(looks, self._filled, strict=True)
            ]
        )

    def _camera_motion(self) -> F64 | None:
        """(F, 2, 3), none where a frame tells none; None where all tell none."""
        if not self._motion:
            return None
        return np.stack([self._motion.get(at, NO_MOTION) for at in range(len(self._times))])
