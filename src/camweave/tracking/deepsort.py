"""DeepSORT: a track is known by its last looks, and meets who looks like it where it may be.

Wojke, Bewley, Paulus: Simple Online and Realtime Tracking with a Deep Association Metric
(ICIP 2017). What happens in a frame stands in `deepsort_steps.follow`, as the paper tells it.
"""

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import Bool
from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import InputError
from camweave.core.remembered import Remembered
from camweave.core.tracks import Tracklets, Tracks
from camweave.tracking.deepsort_steps import KERNELS
from camweave.tracking.line import Line, as_score, begin
from camweave.tracking.looks import Gallery
from camweave.tracking.params.deepsort import DeepSortParams

__all__ = ["DeepSort", "DeepSortParams"]


class DeepSort:
    """Follows the objects of one camera by their looks, motion and overlap. Keeps the live tracks.

    It needs embeddings, of those rows at least that it `wants`: of any length above 0, and of any
    size, since they are scaled to unit length. A row of zeros (or of numbers that are not finite)
    was not embedded; it can still be matched by overlap. Ids count from 1 without gaps, in the
    order in which tracks are first shown. Detections that are no boxes are ignored. It expects
    detections as a detector leaves them: each object once, so no further suppression is done.
    """

    def __init__(self, params: DeepSortParams | None = None, *, fps: float = 30.0) -> None:
        """`fps` is the camera's nominal rate: the length of the step that the noise is given for.

        Frames may be missing and need not be regular; the stamps tell. `track` has its rate from
        the log.
        """
        self.params = params or DeepSortParams()
        memory = _begin(self.params, fps)
        gallery = Gallery(self.params.budget, lambda tracks: tracks["looks"])
        self._line = Line(KERNELS, self.params, memory, gallery=gallery)

    def wants(self, detections: Detections) -> Bool:
        """(N,) the rows whose look may decide, or is to be kept: no other would change anything.

        With a `refresh` of 0 s, as published, all that count.
        """
        return self._line.wanted(detections)

    def update(self, detections: Detections) -> Tracks:
        """The confirmed tracks seen in this frame, in order of id.

        Raises:
            InputError: the frame is older than the one before it, or another camera's, or has
                no embeddings, or embeddings of another length. Nothing has changed then.
        """
        if detections.embedding is None and self.wants(detections).any():
            raise InputError(_no_looks(detections.stamp.camera))
        return self._line.update(detections)

    def remembered(self) -> Remembered:
        """What it knows after the last frame, for another one to go on from."""
        return self._line.remembered()

    def resume(self, remembered: Remembered) -> None:
        """Go on where another one of the same parameters and rate was, with the same ids.

        Raises:
            InputError: another tracker's, of other parameters, of another version, or damaged.
                Nothing has changed then.
        """
        self._line.resume(remembered)

    def track(self, log: DetectionLog) -> Tracklets:
        """The tracklets of a whole recording, from a new start: what `update` gives, faster.

        Raises:
            InputError: a frame is older than the one before it, or there are no embeddings.
        """
        if log.embedding is None and len(log):
            raise InputError(_no_looks(log.camera))
        return self._line.track(log, _begin(self.params, log.fps))


def _begin(params: DeepSortParams, fps: float) -> npt.NDArray[np.void]:
    memory = begin(
        KERNELS,
        fps,
        patience=params.patience,
        high=as_score(params.score),
        low=as_score(params.score),
        appearance=params.appearance,
        gate=params.gate,
        most_apart=1.0 - params.overlap,
        min_hits=params.min_hits,
        refresh=params.refresh,
        class_aware=params.class_aware,
        by_aspect=params.filter == "xyah",
        velocity_noise=params.velocity_noise,
        smoothing=params.smoothing,
    )
    # To the end of its patience, and not a frame longer; for one frame at least.
    memory["wait"] = max(params.patience + 0.5 / fps, 1.5 / fps)
    return memory


def _no_looks(camera: str) -> str:
    return (
        f"camera {camera!r}: deepsort needs embeddings, and these detections have none. "
        "Embed them first, or choose a tracker that goes by motion: bytetrack, or botsort"
    )
