"""Makes the detector that parameters ask for."""

from camweave.app.site.model import AnyDetectorParams
from camweave.core.stages import Detector
from camweave.detection.filtered import Filtered, FilterParams
from camweave.detection.hog import Hog, HogParams
from camweave.detection.motion import Motion, MotionParams
from camweave.detection.recorded import Recorded, RecordedParams
from camweave.detection.yolo import Yolo, YoloParams


def make_detector(
    detector: AnyDetectorParams | Detector, *, keep: FilterParams | None = None
) -> Detector:
    """A detector, from its parameters or ready made, that passes on only what `keep` says.

    Raises:
        ModelError: its model cannot be read.
        InputError: a parameter, a class or a mask that cannot be used.
    """
    match detector:
        case YoloParams():
            bare: Detector = Yolo(detector)
        case MotionParams():
            bare = Motion(detector)
        case HogParams():
            bare = Hog(detector)
        case RecordedParams():
            bare = Recorded(detector)
        case _:
            bare = detector
    return bare if keep is None or keep == FilterParams() else Filtered(bare, keep)
