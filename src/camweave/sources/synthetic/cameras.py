"""A pinhole camera: from metres to pixels, from light to levels, and when its frames are taken."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, U8
from camweave.core.errors import InputError
from camweave.ops.ground import homography_of_camera
from camweave.sources.synthetic.plan import CameraSpec

NEAREST: Final = 0.4  # m in front of the lens; nothing nearer is drawn
LEVELS: Final = 256
DROPS: Final = 3  # first word of the seed of a camera's dropped frames
UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Pinhole:
    """x ~ K (R X + t): `intrinsics` K, `rotation` R (world to camera), `translation` t in m.

    Pixels are counted as boxes are: 0 is the left edge of the first pixel, 0.5 its middle.
    """

    intrinsics: F64  # (3, 3) px
    rotation: F64  # (3, 3) rows: right, down, forward
    translation: F64  # (3,) m
    width: int  # px
    height: int  # px

    @property
    def center(self) -> F64:
        """(3,) m: where the lens is."""
        return -self.rotation.T @ self.translation

    @property
    def homography(self) -> F64:
        """(3, 3) image pixels to ground metres."""
        return homography_of_camera(self.intrinsics, self.rotation, self.translation)

    def to_camera(self, points: F64) -> F64:
        """World points (..., 3) m as right, down and forward of the lens (..., 3) m."""
        return np.asarray(points @ self.rotation.T + self.translation)

    def to_image(self, seen: F64) -> F64:
        """Pixels (..., 2) of points in camera axes (..., 3); what is behind is put far outside."""
        depth = np.maximum(seen[..., 2:], NEAREST)
        focal = np.array([self.intrinsics[0, 0], self.intrinsics[1, 1]])
        return np.asarray(seen[..., :2] / depth * focal + self.intrinsics[:2, 2])

    def project(self, points: F64) -> F64:
        """Pixels (..., 2) of world points (..., 3) m."""
        return self.to_image(self.to_camera(points))

    def scaled(self, factor: int) -> "Pinhole":
        """The same view with `factor` times as many pixels across and down."""
        return Pinhole(
            np.diag([factor, factor, 1.0]) @ self.intrinsics,
            self.rotation,
            self.translation,
            self.width * factor,
            self.height * factor,
        )


def hang_camera(spec: CameraSpec) -> Pinhole:
    """The pinhole of a camera that hangs at `position` and looks at `look_at`, horizon level.

    Raises:
        InputError: it looks straight down or nowhere, or has no sensible size.
    """
    position = np.array(spec.position, np.float64)
    forward = np.array(spec.look_at, np.float64) - position
    right = np.cross(forward, UP)
    if np.hypot(*right[:2]) < 1e-6 * max(float(np.linalg.norm(forward)), 1e-6):
        raise InputError(f"camera {spec.name}: looks straight up or down. Move its look_at aside")
    forward, right = forward / np.linalg.norm(forward), right / np.linalg.norm(right)
    rotation = np.stack([right, np.cross(forward, right), forward])
    focal = spec.width / 2 / np.tan(np.radians(spec.field_of_view) / 2)
    intrinsics = np.array([[focal, 0, spec.width / 2], [0, focal, spec.height / 2], [0, 0, 1]])
    return Pinhole(intrinsics, rotation, -rotation @ position, spec.width, spec.height)


def response_of(spec: CameraSpec) -> U8:
    """What the sensor makes of light: (256, 3) level by level of blue, green and red."""
    light = np.arange(LEVELS)[:, None] / (LEVELS - 1)
    levels = (light * spec.gain * np.array(spec.white)).clip(0, 1) ** spec.gamma * (LEVELS - 1)
    return np.asarray(np.rint(levels), np.uint8)


def delivered_frames(spec: CameraSpec, *, seconds: float, seed: int) -> I64:
    """The ticks (F,) of the camera's clock, 1 / fps apart from 0 on, whose frame is delivered."""
    ticks = np.arange(max(int(np.floor(seconds * spec.fps + 1e-9)), 1))
    letters = [ord(letter) for letter in spec.name]
    lost = np.random.default_rng([seed, DROPS, *letters]).random(len(ticks)) < spec.drop
    lost[0] = False  # the first frame starts the camera's clock
    return np.flatnonzero(~lost).astype(np.int64)


def frame_times(spec: CameraSpec, *, seconds: float, seed: int) -> F64:
    """Times (F,) s of the delivered frames on the camera's own clock, which begins at 0."""
    return delivered_frames(spec, seconds=seconds, seed=seed) / spec.fps
