"""A site: its cameras, and how each is detected, tracked, linked, served and stored."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import Field

from camweave.app.site.embedders import AnyEmbedderParams
from camweave.app.site.linker import Linker, Zones
from camweave.app.site.sections import (
    CameraName,
    Live,
    Mqtt,
    NoCameraMotion,
    Section,
    Serve,
    SourceText,
    StoreAddress,
)
from camweave.app.site.trackers import AnyTrackerParams
from camweave.detection.camera_motion import FileMotionParams, FlowParams
from camweave.detection.filtered import FilterParams
from camweave.detection.hog import HogParams
from camweave.detection.motion import MotionParams
from camweave.detection.recorded import RecordedParams
from camweave.detection.yolo import YoloParams
from camweave.refinement.params import RefineParams
from camweave.sources.streams.params import StreamParams

AnyDetectorParams: TypeAlias = YoloParams | MotionParams | HogParams | RecordedParams
AnyMotionParams: TypeAlias = FlowParams | FileMotionParams | NoCameraMotion

Detector: TypeAlias = Annotated[AnyDetectorParams, Field(discriminator="kind")]
CameraMotion: TypeAlias = Annotated[AnyMotionParams, Field(discriminator="kind")]
Embedder: TypeAlias = Annotated[AnyEmbedderParams, Field(discriminator="kind")]
Tracker: TypeAlias = Annotated[AnyTrackerParams, Field(discriminator="kind")]


class Camera(Section):
    """One camera, with all its stages."""

    name: CameraName
    source: SourceText  # file, folder of images, address, device
    offset: Annotated[float, Field(allow_inf_nan=False)] = 0.0  # s added to this camera's clock
    fps: Annotated[float, Field(gt=0, le=1000)] | None = None  # true rate, over the container's
    stream: StreamParams = StreamParams()  # how a network camera is read
    mask: Path | None = None  # white is kept, tested at the foot point
    keep: FilterParams = FilterParams()  # which of the detections: classes, score, sizes
    homography: Path | None = None  # 3x3, image px to ground m; or any calibration file
    zones: Zones = ()  # where objects enter the view and leave it
    detector: Detector
    camera_motion: CameraMotion
    embedder: Embedder
    tracker: Tracker

    @property
    def kept(self) -> FilterParams:
        """What of the detections is kept, by size and class and by the mask."""
        return self.keep if self.mask is None else replace(self.keep, mask=self.mask)


class Site(Section):
    """What a site file says, every path made absolute, every stage filled in for every camera."""

    site: str
    cameras: tuple[Camera, ...]
    detector: Detector  # for cameras that bring none
    camera_motion: CameraMotion
    embedder: Embedder
    tracker: Tracker
    refine: RefineParams | None = RefineParams()  # null: tracklets stay as the tracker left them
    linker: Linker | None = Linker()  # null: every camera stays by itself
    live: Live | None = None
    serve: Serve | None = None
    store: StoreAddress | None = None
    mqtt: Mqtt | None = None
