"""Light: the sun on a face, haze with distance, and what a camera makes of a colour."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, U8
from camweave.sources.synthetic.cameras import Pinhole, hang_camera, response_of
from camweave.sources.synthetic.plan import CameraSpec

HAZE: Final = np.array([228.0, 214.0, 202.0])  # BGR of far air
HAZE_DISTANCE: Final = 420.0  # m after which two thirds of a colour is air
AMBIENT, DIRECT, SKY = 0.56, 0.46, 0.08
SHIFT: Final = 4  # bits of a pixel's fraction that OpenCV draws with
SUBPIXELS: Final = 1 << SHIFT


@dataclass(frozen=True, slots=True, eq=False)
class Optics:
    """A camera as the painter needs it."""

    pinhole: Pinhole
    sun: F64  # (3,) unit vector to the sun
    response: U8  # (256, 3)
    vignette: float  # share of light lost in the corners

    def shade(self, normals: F64) -> F64:
        """Brightness (...,) of faces with these unit normals (..., 3)."""
        direct = np.maximum(normals @ self.sun, 0.0)
        return np.asarray(AMBIENT + DIRECT * direct + SKY * normals[..., 2])

    def levels(self, colours: F64, depth: F64, pixels: F64) -> U8:
        """Levels (R, K, 3) of colours (R, K, 3) seen `depth` (R,) m away at `pixels` (R, 2)."""
        far = (1 - np.exp(-depth / HAZE_DISTANCE))[:, None, None]
        light = (colours + (HAZE - colours) * far) * self.falloff(pixels)[:, None, None]
        index = np.rint(light).clip(0, 255).astype(np.uint8)
        return np.asarray(self.response[index, np.arange(3)])

    def falloff(self, pixels: F64) -> F64:
        """Share of light that reaches `pixels` (..., 2)."""
        size = np.array([self.pinhole.width, self.pinhole.height])
        away = ((pixels / size - 0.5) ** 2).sum(axis=-1) * 2
        return np.asarray(1 - self.vignette * np.minimum(away, 1.0))

    def shadow_of(self, points: F64) -> F64:
        """Where on the ground (..., 3) the shadow of points (..., 3) m falls."""
        drop = points[..., 2:] / self.sun[2]
        return np.asarray(points - drop * self.sun)


def make_optics(spec: CameraSpec, sun: tuple[float, float], *, scale: int = 1) -> Optics:
    """The optics of a camera under a sun at (azimuth, height) degrees, `scale` times as large."""
    azimuth, height = np.radians(sun)
    direction = np.array(
        [np.cos(height) * np.cos(azimuth), np.cos(height) * np.sin(azimuth), np.sin(height)]
    )
    pinhole = hang_camera(spec)
    return Optics(
        pinhole.scaled(scale) if scale > 1 else pinhole,
        direction,
        response_of(spec),
        spec.vignette,
    )


def subpixels(pixels: F64) -> np.ndarray:
    """Whole numbers (..., 2) for OpenCV's drawing, of pixels counted from the image's edge."""
    # OpenCV counts from the middle of the first pixel. Beyond 2**15 px it would overflow.
    fixed = np.rint((pixels - 0.5) * SUBPIXELS).clip(-(2**18), 2**18)
    return np.asarray(fixed.astype(np.int32))
