"""Frames of one camera: its still picture, shadows, everybody from far to near, sensor noise."""

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from camweave.core.arrays import F64, U8
from camweave.sources.synthetic.backdrop import make_backdrop
from camweave.sources.synthetic.cast import Cast, cast_of
from camweave.sources.synthetic.optics import SHIFT, SUBPIXELS, make_optics
from camweave.sources.synthetic.plan import CameraSpec
from camweave.sources.synthetic.scene import Stage
from camweave.sources.synthetic.sprites import Paint, Polygon
from camweave.sources.synthetic.world import World

CHUNK: Final = 32  # frames projected at once
NOISE: Final = 4  # first word of the seed of a camera's noise
NOISE_MARGIN: Final = 64  # px by which the noise is larger than the picture: where it may be cut
SOFT: Final = 2  # px that the edge of a shadow is soft to either side


class Painter:
    """Paints one camera of a world. Holds its still picture and some buffers."""

    def __init__(self, world: World, spec: CameraSpec, *, seed: int) -> None:
        self._world = world
        self._optics = make_optics(spec, world.plan.sun)
        self._backdrop = make_backdrop(world.plan, spec)
        self._stage = Stage(self._backdrop.occluders, self._optics.pinhole)
        self._shadow = np.zeros((spec.height, spec.width, 3), np.uint8)
        self._seed = [seed, NOISE, *(ord(letter) for letter in spec.name)]
        self._brighter, self._darker = _make_noise(spec, np.random.default_rng(self._seed))

    def frames(self, times: F64) -> Iterator[U8]:
        """One picture (H, W, 3) for each of `times` (F,) s. Each is the caller's own."""
        places = np.random.default_rng([*self._seed, 1]).integers(0, NOISE_MARGIN, (len(times), 2))
        for first in range(0, len(times), CHUNK):
            part = times[first : first + CHUNK]
            cast = cast_of(self._world, self._optics, part, painted=True)
            for frame, (order, _) in enumerate(self._stage.orders(cast)):
                image = self._backdrop.image.copy()
                for row in cast.rows(frame):
                    self._cast_shadow(image, cast.shadow[row])
                self._paint(image, cast, order)
                self._add_noise(image, places[first + frame].tolist())
                yield image

    def _paint(self, image: U8, cast: Cast, order: list[int]) -> None:
        for row in order:
            if row >= 0:
                _fill(image, cast.paint[row])
            else:
                thing = self._stage.occluders[-1 - row]
                left, top, right, bottom = thing.box
                still = self._backdrop.image[top:bottom, left:right]
                cv2.copyTo(still, thing.mask, image[top:bottom, left:right])

    def _cast_shadow(self, image: U8, polygon: Polygon) -> None:
        """Darken the open ground under `polygon`; shadows that overlap are not darker."""
        height, width = image.shape[:2]
        low = polygon.min(axis=0) // SUBPIXELS - 2 * SOFT
        high = polygon.max(axis=0) // SUBPIXELS + 2 * SOFT + 2
        left, top = max(int(low[0]), 0), max(int(low[1]), 0)
        right, bottom = min(int(high[0]), width), min(int(high[1]), height)
        if left >= right or top >= bottom:
            return
        place = np.s_[top:bottom, left:right]
        mask = self._shadow[place]
        mask[...] = 0
        cv2.fillConvexPoly(self._shadow, polygon, (255, 255, 255), cv2.LINE_AA, SHIFT)
        soft = cv2.blur(mask, (2 * SOFT + 1, 2 * SOFT + 1), borderType=cv2.BORDER_ISOLATED)
        taken = cv2.multiply(self._backdrop.shade[place], soft, scale=1 / 255)
        darker = cv2.subtract(self._backdrop.image[place], taken)
        cv2.min(image[place], darker, dst=image[place])

    def _add_noise(self, image: U8, place: list[int]) -> None:
        height, width = image.shape[:2]
        x, y = place
        cut = np.s_[y : y + height, x : x + width]
        cv2.add(image, self._brighter[cut], dst=image)
        cv2.subtract(image, self._darker[cut], dst=image)


def _make_noise(spec: CameraSpec, rng: np.random.Generator) -> tuple[U8, U8]:
    """What is added and what is taken away, larger than the picture; frames cut theirs out."""
    shape = (spec.height + NOISE_MARGIN, spec.width + NOISE_MARGIN)
    grey = rng.normal(0.0, spec.noise * 0.8, (*shape, 1))
    colour = rng.normal(0.0, spec.noise * 0.6, (*shape, 3))
    noise = np.rint(grey + colour)
    return noise.clip(0, 255).astype(np.uint8), (-noise).clip(0, 255).astype(np.uint8)


def _fill(image: U8, paint: list[Paint]) -> None:
    for polygon, colour in paint:
        cv2.fillConvexPoly(image, polygon, colour, cv2.LINE_AA, SHIFT)
