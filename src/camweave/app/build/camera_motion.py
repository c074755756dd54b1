"""Makes the camera motion estimator that parameters ask for."""

from camweave.app.site.model import AnyMotionParams
from camweave.app.site.sections import NoCameraMotion
from camweave.detection.camera_motion import FileMotion, FileMotionParams, FlowMotion, FlowParams


def make_camera_motion(params: AnyMotionParams) -> FlowMotion | FileMotion | None:
    """The estimator; None for a camera that stands still.

    Raises:
        FileFormatError: the file cannot be read.
    """
    match params:
        case FlowParams():
            return FlowMotion(params)
        case FileMotionParams():
            return FileMotion(params)
        case NoCameraMotion():
            return None
