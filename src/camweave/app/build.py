"""Parameters to parts: one exhaustive match per stage."""

import re
from pathlib import Path
from typing import Final

from camweave.app.site.model import AnyDetectorParams, AnyTrackerParams
from camweave.core.errors import SourceError
from camweave.core.stages import Detector, Source, Tracker
from camweave.detection.filtered import Filtered, FilterParams
from camweave.detection.hog import Hog, HogParams
from camweave.detection.motion import Motion, MotionParams
from camweave.detection.recorded import Recorded, RecordedParams
from camweave.detection.yolo import Yolo, YoloParams
from camweave.sources.images import ImageFolderSource
from camweave.sources.video import VideoSource
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams

STRANGE: Final = re.compile(r"[^A-Za-z0-9_-]+")
SYNTHETIC: Final = "synthetic:"
LATER: Final = ("rtsp://", "rtsps://", "http://", "https://", "/dev/video")


def make_source(
    source: str, *, camera: str | None = None, fps: float | None = None, offset: float = 0.0
) -> Source:
    """The source that a text names: a video file, a folder of images, synthetic:SCENARIO/NAME.

    Without a name the camera is called after the file.

    Raises:
        SourceError: there is no such file, or this release cannot read such a source.
    """
    if source.startswith(LATER) or source.isdigit():
        raise SourceError(
            f"{source}: live sources come with a later release; give a file or folder"
        )
    if source.startswith(SYNTHETIC):
        from camweave.sources.synthetic.source import SyntheticSource

        return SyntheticSource.from_text(source, camera=camera, offset=offset)
    camera = camera or camera_name(Path(source).stem)
    if Path(source).is_dir():
        return ImageFolderSource(source, camera=camera, fps=fps, offset=offset)
    return VideoSource(source, camera=camera, fps=fps, offset=offset)


def camera_name(text: str) -> str:
    """A text as a camera's name: characters that it may not have become `_`.

    >>> camera_name("north gate (1)")
    'north_gate_1_'
    """
    return STRANGE.sub("_", text)[:64] or "camera"


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


def make_tracker(params: AnyTrackerParams, fps: float) -> Tracker:
    """A tracker for one camera that delivers `fps` frames/s."""
    match params:
        case ByteTrackParams():
            return ByteTrack(params, fps=fps)
