"""BoT-SORT: ByteTrack that knows how its camera moves and what its objects look like.

Aharon, Orfaig, Bobrovsky, BoT-SORT: Robust Associations Multi-Pedestrian Tracking (2022).
What happens in a frame stands in `byte_rounds.rounds`, as ByteTrack's paper tells it, and in
`botsort_steps`, what this paper adds.
"""

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import Bool
from camweave.core.detections import DetectionLog, Detections
from camweave.core.remembered import Remembered
from camweave.core.tracks import Tracklets, Tracks
from camweave.tracking.botsort_steps import KERNELS
from camweave.tracking.line import Line, as_score, begin
from camweave.tracking.looks import Gallery
from camweave.tracking.params.botsort import BotSortParams

__all__ = ["BotSort", "BotSortParams"]

LOOKS_KEPT = 1  # of a track: their moving average


class BotSort:
    """Follows the objects of one camera by overlap, motion and looks. Keeps the live tracks.

    Works without embeddings, with those of some rows, and with all; without `camera_motion` the
    camera is fixed. Ids count from 1 without gaps, in the order in which tracks are first shown.
    """

    def __init__(self, params: BotSortParams | None = None, *, fps: float = 30.0) -> None:
        """`fps` is the camera's nominal rate: the length of the step that the noise is given for.

        Frames may be missing and need not be regular; the stamps tell. `track` has its rate from
        the log.
        """
        self.params = params or BotSortParams()
        memory = _begin(self.params, fps)
        gallery = Gallery(LOOKS_KEPT, lambda tracks: tracks["looks"])
        self._line = Line(KERNELS, self.params, memory, gallery=gallery)

    def wants(self, detections: Detections) -> Bool:
        """(N,) strong rows near a track, where others compete or its last look is `refresh` s old.

        With a `refresh` of 0, all strong rows. The tracker itself stays as it is.
        """
        return self._line.wanted(detections)

    def update(self, detections: Detections) -> Tracks:
        """The confirmed tracks seen in this frame, in order of id.

        Raises:
            InputError: the frame is older than the one before it, or another camera's, or its
                embeddings have another length. Nothing has changed then.
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


def _begin(params: BotSortParams, fps: float) -> npt.NDArray[np.void]:
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
        duplicate=params.duplicate,
        fuse_score=params.fuse_score,
        class_aware=params.class_aware,
        smoothing=params.smoothing,
        own_filter=params.filter == "botsort",
        sure=as_score(params.sure),
        velocity_noise=params.velocity_noise,
        proximity=params.proximity,
        appearance=params.appearance,
        keep=params.keep,
        refresh=params.refresh,
    )
