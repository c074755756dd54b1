"""Weave: ByteTrack's rounds for boxes that bend, hide behind one another and shake with the camera.

Our own, where motion is all there is to go by; docs/adr/0014-weave.md tells what was tried and
measured. What happens in a frame stands in `weave_steps.follow`.
"""

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import Bool
from camweave.core.detections import DetectionLog, Detections
from camweave.core.remembered import Remembered
from camweave.core.tracks import Tracklets, Tracks
from camweave.tracking.line import Line, as_score, begin, wants_none
from camweave.tracking.params.weave import WeaveParams
from camweave.tracking.weave_motion import CALM
from camweave.tracking.weave_picture import BEFOREHAND
from camweave.tracking.weave_steps import KERNELS

__all__ = ["Weave", "WeaveParams"]

LEARNED = ("restlessness", "moving", "margins")  # of its memory, from what it has seen


class Weave:
    """Follows the objects of one camera by overlap, height and motion. Keeps the live tracks.

    Ids count from 1 without gaps, in the order in which tracks are first shown: a track found in
    the first frame at once, any other when it is seen for the second time. Detections that are no
    boxes (not finite, or without area) are ignored. Once a score has been seen that is not within
    0 and 1, scores are a classifier's margins, and are read (and shown) through the logistic curve.
    """

    def __init__(self, params: WeaveParams | None = None, *, fps: float = 30.0) -> None:
        """`fps` is the camera's nominal rate: the length of the step that the noise is given for.

        Frames may be missing and need not be regular; the stamps tell. `track` has its rate from
        the log.
        """
        self.params = params or WeaveParams()
        memory = _begin(self.params, fps)
        self._line = Line(KERNELS, self.params, memory, learned=LEARNED)

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


def _begin(params: WeaveParams, fps: float) -> npt.NDArray[np.void]:
    return begin(
        KERNELS,
        fps,
        patience=params.patience,
        high=as_score(params.high),
        low=as_score(params.low),
        birth=as_score(params.high + params.birth),
        match=params.match,
        second=params.second,
        unconfirmed=params.unconfirmed,
        heights=params.heights,
        crowding=params.crowding,
        learning=params.learning,
        restlessness=CALM,
        moving_camera=params.moving_camera,
        moving=BEFOREHAND,
        duplicate=params.duplicate,
        fuse_score=True,
        class_aware=params.class_aware,
        smoothing=params.smoothing,
        velocity_noise=params.velocity_noise,
    )
