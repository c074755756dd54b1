"""An option of the command line to what tells how a camera moved."""

from pathlib import Path

from camweave.app.site.model import AnyMotionParams
from camweave.app.site.sections import NoCameraMotion
from camweave.detection.camera_motion import FileMotionParams, FlowParams


def motion_params(said: str | None) -> AnyMotionParams:
    """`flow`, or the name of a file; None for a camera that stands still."""
    match said:
        case None | "none":
            return NoCameraMotion()
        case "flow":
            return FlowParams()
        case _:
            return FileMotionParams(path=Path(said))
