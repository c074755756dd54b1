"""How a moving camera moved since its last frame, put beside the detections of this one."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, NamedTuple

import cv2
import numpy as np

from camweave.core.arrays import F32, F64, U8
from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame
from camweave.core.remembered import Remembered
from camweave.formats.camera_motion import read_camera_motion
from camweave.ops.camera_motion import (
    CameraShift,
    background_of,
    enlarged,
    interest_points,
    motion_between,
    none,
)
from camweave.ops.images import shrink

NARROWEST: Final = 64  # px
FLOW: Final = "flow"
VERSION: Final = 1  # of what `FlowMotion` remembers


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowParams:
    """Knobs of `FlowMotion`."""

    kind: Literal["flow"] = "flow"
    width: int = 320  # px that wider frames are shrunk to before anything else

    def __post_init__(self) -> None:
        if self.width < NARROWEST:
            raise InputError(f"camera motion: width: expected {NARROWEST} px or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMotionParams:
    """Where `FileMotion` reads."""

    kind: Literal["file"] = "file"
    path: Path  # one camera's, see `camweave.formats.camera_motion`


class FlowMotion:
    """Sees the camera's motion in its pictures, where no detection lies. It remembers per camera.

    A camera's first frame has no motion; nor has a frame of another size, or one that goes back
    in time: all of these begin anew.
    """

    def __init__(self, params: FlowParams | None = None) -> None:
        self.params = params or FlowParams()
        self._last: dict[CameraId, _Seen] = {}
        self._said: dict[CameraId, CameraShift] = {}

    def see(self, frame: Frame, detections: Detections) -> Detections:
        """The frame's detections with `camera_motion`: exactly none where it stood still.

        None, too, where the motion could not be told (a cut, a covered lens, a jump): `said` has
        the reason. Give each camera's frames in order of time, before a tracker takes them.
        """
        stamp = frame.stamp
        image, scale = _small(frame.image, self.params.width)
        points = interest_points(image, background_of(image.shape[:2], detections.xyxy / scale))
        last = self._last.get(stamp.camera)
        self._last[stamp.camera] = _Seen(stamp.time, frame.image.shape[:2], image, points)
        if last is None or not last.continues(frame, image):
            return replace(detections, camera_motion=none())
        shift = motion_between(last.image, image, last.points)
        self._said[stamp.camera] = shift
        affine = enlarged(shift.affine, *scale[:2]) if shift.verdict == "moved" else shift.affine
        return replace(detections, camera_motion=affine)

    def remembered(self, camera: CameraId) -> Remembered:
        """The camera's last picture, shrunk, and the points in it; `said` is forgotten."""
        last = self._last.get(camera, _NOTHING)
        arrays = {
            "time": np.array([last.time]),
            "size": np.array([*last.size, self.params.width], np.int64),
            "image": last.image,
            "points": last.points,
        }
        return Remembered(FLOW, VERSION, arrays)

    def resume(self, camera: CameraId, remembered: Remembered) -> None:
        """Go on with a camera where another one of the same width was.

        Raises:
            InputError: another's, of another width or version, or damaged. Nothing has changed
                then.
        """
        remembered.check(FLOW, VERSION)
        height, width, shrunk = remembered.array("size", np.int64, 3).tolist()
        if shrunk != self.params.width:
            raise InputError(
                f"camera motion: what is remembered was seen at a width of {shrunk} px, here it "
                f"is {self.params.width}. Go on with the same, or begin anew"
            )
        self._last[camera] = _Seen(
            time=float(remembered.array("time", np.float64, 1)[0]),
            size=(height, width),
            image=remembered.array("image", np.uint8, -1, -1),
            points=remembered.array("points", np.float32, -1, 2),
        )

    def said(self, camera: CameraId) -> CameraShift | None:
        """What was made of a camera's last two frames, in px of the shrunk picture."""
        return self._said.get(camera)


class FileMotion:
    """One camera's motion as a file has it."""

    def __init__(self, params: FileMotionParams) -> None:
        """Raises `FileFormatError` where that is no such file."""
        self.params = params
        self._motion: F64 = read_camera_motion(params.path)

    def see(self, frame: Frame, detections: Detections) -> Detections:
        """The frame's detections with `camera_motion`.

        Raises:
            InputError: the file ends before this frame.
        """
        index = frame.stamp.index
        if index >= len(self._motion):
            raise InputError(
                f"{self.params.path}: has {len(self._motion)} frames, and camera "
                f"{frame.stamp.camera!r} is at frame {index}, counted from 0. Give its own file"
            )
        return replace(detections, camera_motion=self._motion[index])


class _Seen(NamedTuple):
    """What is kept of a camera's last frame."""

    time: float  # s
    size: tuple[int, ...]  # px, height and width
    image: U8  # (H, W) shrunk, grey
    points: F32  # (P, 2) of it

    def continues(self, frame: Frame, image: U8) -> bool:
        """Whether a frame, shrunk to this image, can be the next."""
        same = self.size == frame.image.shape[:2] and self.image.shape == image.shape
        return same and frame.stamp.time >= self.time


_NOTHING: Final = _Seen(np.inf, (0, 0), np.empty((0, 0), np.uint8), np.empty((0, 2), np.float32))


def _small(image: U8, width: int) -> tuple[U8, F32]:
    """The picture shrunk and grey, and how many of its px go into one, for a box: (4,)."""
    grey, _ = shrink(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8), width)
    across, down = image.shape[1] / grey.shape[1], image.shape[0] / grey.shape[0]
    return grey, np.array([across, down, across, down], np.float32)
