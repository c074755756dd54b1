"""SORT: motion by a Kalman filter, assignment by overlap, and nothing else.

Bewley et al., Simple Online and Realtime Tracking (ICIP 2016).
What happens in a frame stands in `sort_steps.follow`, as the paper tells it.
"""

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import Bool
from camweave.core.detections import DetectionLog, Detections
from camweave.core.remembered import Remembered
from camweave.core.tracks import Tracklets, Tracks
from camweave.tracking.line import Line, as_score, begin, wants_none
from camweave.tracking.params.sort import SortParams
from camweave.tracking.sort_steps import KERNELS

__all__ = ["Sort", "SortParams"]


class Sort:
    """Follows the objects of one camera by overlap and motion. Keeps the live tracks.

    Ids count from 1 without gaps, in the order in which tracks are first shown: after `min_hits`
    sights in a row beyond the first, but in the first `min_hits` frames at once. Who is missed and
    found again is not shown until then, either. Detections that are no boxes (not finite, or
    without area) are ignored.
    """

    def __init__(self, params: SortParams | None = None, *, fps: float = 30.0) -> None:
        """`fps` is the camera's nominal rate: the length of the step that the noise is given for.

        Frames may be missing and need not be regular; the stamps tell. `track` has its rate from
        the log.
        """
        self.params = params or SortParams()
        self._line = Line(KERNELS, self.params, _begin(self.params, fps))

    def wants(self, detections: Detections) -> Bool:
        """(N,) no row: it goes by motion."""
        return wants_none(detections)

    def update(self, detections: Detections) -> Tracks:
        """The confirmed tracks seen in this frame, in order of id.

        Raises:
            InputError: the frame is older than the one before it, or another camera's. Nothing
                has changed then.
        """
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
            InputError: a frame is older than the one before it.
        """
        return self._line.track(log, _begin(self.params, log.fps))


def _begin(params: SortParams, fps: float) -> npt.NDArray[np.void]:
    score = as_score(params.score)
    return begin(
        KERNELS,
        fps,
        patience=params.patience,
        frames=1.0,  # one miss is a detector's flicker, however long a frame takes
        high=score,
        low=score,
        overlap=params.overlap,
        min_hits=params.min_hits,
        class_aware=params.class_aware,
        smoothing=params.smoothing,
    )
