"""Parameters to a tracker. The tracker's code is read when it is asked for, and no other's."""

from camweave.app.site.trackers import AnyTrackerParams
from camweave.core.stages import Tracker
from camweave.tracking.params.botsort import BotSortParams
from camweave.tracking.params.bytetrack import ByteTrackParams
from camweave.tracking.params.deepsort import DeepSortParams
from camweave.tracking.params.ocsort import OcSortParams
from camweave.tracking.params.sort import SortParams
from camweave.tracking.params.weave import WeaveParams


def make_tracker(params: AnyTrackerParams, fps: float) -> Tracker:
    """A tracker for one camera that delivers `fps` frames/s."""
    match params:
        case ByteTrackParams():
            from camweave.tracking.bytetrack import ByteTrack

            return ByteTrack(params, fps=fps)
        case WeaveParams():
            from camweave.tracking.weave import Weave

            return Weave(params, fps=fps)
        case SortParams():
            from camweave.tracking.sort import Sort

            return Sort(params, fps=fps)
        case OcSortParams():
            from camweave.tracking.ocsort import OcSort

            return OcSort(params, fps=fps)
        case DeepSortParams():
            from camweave.tracking.deepsort import DeepSort

            return DeepSort(params, fps=fps)
        case BotSortParams():
            from camweave.tracking.botsort import BotSort

            return BotSort(params, fps=fps)
