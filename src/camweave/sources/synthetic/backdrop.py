"""What never moves in a camera: one picture, what is in front in it, and how it looks in shadow."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from camweave.core.arrays import F32, F64, U8
from camweave.sources.synthetic.footprints import BEFORE, INSIDE, Footprints, joined, who_hides
from camweave.sources.synthetic.ground_paint import paint_ground, project_polygon
from camweave.sources.synthetic.optics import SHIFT, SUBPIXELS, Optics, make_optics
from camweave.sources.synthetic.ordering import far_to_near, overlapping
from camweave.sources.synthetic.plan import CameraSpec, Plan
from camweave.sources.synthetic.solids import Standing
from camweave.sources.synthetic.things import standing

SCALE = 2  # painted twice as large, then made smaller: smooth edges
DARK = 0.44  # share of light that a shadow takes
HALF = 127


@dataclass(frozen=True, slots=True, eq=False)
class Occluder:
    """A still thing that can hide those who pass behind it."""

    footprint: Footprints  # (1,); who stands within it is hidden
    x: int  # px, left of its mask
    y: int  # px, top of its mask
    mask: U8  # (h, w) 255 where it is

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom, px."""
        height, width = self.mask.shape
        return self.x, self.y, self.x + width, self.y + height


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """One camera's still picture."""

    image: U8  # (H, W, 3)
    shade: U8  # (H, W, 3) levels that a moving shadow takes away; 0 where none can fall
    occluders: tuple[Occluder, ...]

    @property
    def boxes(self) -> F64:
        """(O, 4) px of the occluders."""
        return np.array([one.box for one in self.occluders], np.float64).reshape(-1, 4)


def make_backdrop(plan: Plan, spec: CameraSpec) -> Backdrop:
    """Paint what never moves."""
    optics = _plain(make_optics(spec, plan.sun, scale=SCALE))
    things = [layer for thing in plan.things for layer in standing(thing, optics)]
    light = paint_ground(plan, optics.pinhole)
    dark = _shadows(things, optics)
    light *= 1 - DARK * dark[..., None]
    image = np.rint(light).astype(np.uint8)
    _paint_things(image, things, optics)
    occluders = occluders_of(plan, spec)
    small = cv2.resize(image, (spec.width, spec.height), interpolation=cv2.INTER_AREA)
    dark = cv2.resize(dark, (spec.width, spec.height), interpolation=cv2.INTER_AREA)
    final = _sensed(small, make_optics(spec, plan.sun))
    open_ground = 1 - dark
    for one in occluders:
        left, top, right, bottom = one.box
        open_ground[top:bottom, left:right][one.mask > 0] = 0
    shade = np.rint(final * (DARK * open_ground[..., None])).astype(np.uint8)
    return Backdrop(final, shade, occluders)


@lru_cache(maxsize=16)
def occluders_of(plan: Plan, spec: CameraSpec) -> tuple[Occluder, ...]:
    """Only what can hide somebody: quick, for the houses have no windows."""
    optics = _plain(make_optics(spec, plan.sun, scale=SCALE))
    layers = (standing(thing, optics, shadows=False) for thing in plan.things)
    return tuple(
        filter(None, (_occluder(one, optics) for layer in layers for one in layer if one.paint))
    )


def _plain(optics: Optics) -> Optics:
    """The same view through a perfect lens and sensor; those come last."""
    even = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    return Optics(optics.pinhole, optics.sun, even, 0.0)


def _sensed(image: U8, optics: Optics) -> U8:
    height, width = image.shape[:2]
    columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    falloff = optics.falloff(np.stack([columns, rows], axis=2))
    light = np.rint(image * falloff[..., None]).astype(np.uint8)
    return np.asarray(cv2.LUT(light, optics.response[None]))


def _shadows(things: list[Standing], optics: Optics) -> F32:
    """(H, W) 0 to 1: where a still thing keeps the sun away."""
    mask = np.zeros((optics.pinhole.height, optics.pinhole.width), np.uint8)
    for thing in things:
        for points in thing.shadow:
            cast = optics.shadow_of(points)
            polygon = project_polygon(optics.pinhole, cast)
            if polygon is not None:
                cv2.fillPoly(mask, [polygon], 255, cv2.LINE_8, SHIFT)
    soft = cv2.GaussianBlur(mask, (0, 0), 1.6)
    return np.asarray(soft / np.float32(255), np.float32)


def _paint_things(image: U8, things: list[Standing], optics: Optics) -> None:
    seen = [thing for thing in things if thing.paint]
    boxes = np.array([_extent(thing) for thing in seen], np.float64).reshape(-1, 4)
    feet, eye = joined(*(thing.footprint for thing in seen)), optics.pinhole.center[:2]
    pairs = overlapping(boxes, boxes)
    one, other = pairs[pairs[:, 0] < pairs[:, 1]].T
    away = ((feet.center - eye) ** 2).sum(axis=1)
    hides = who_hides(feet[one], feet[other], eye)
    before = (hides == BEFORE) | ((hides == INSIDE) & (away[one] < away[other]))
    near, far = np.where(before, one, other), np.where(before, other, one)
    order = far_to_near(list(zip(near.tolist(), far.tolist(), strict=True)), away.tolist())
    for row in order:
        for polygon, colour in seen[row].paint:
            cv2.fillPoly(image, [polygon], colour, cv2.LINE_AA, SHIFT)


def _extent(thing: Standing) -> tuple[float, float, float, float]:
    points = np.concatenate([polygon for polygon, _ in thing.paint]) / SUBPIXELS + 0.5
    return (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())


def _occluder(thing: Standing, optics: Optics) -> Occluder | None:
    """Its mask at the camera's own size, cut to where it is; None where it is not in view."""
    width, height = optics.pinhole.width // SCALE, optics.pinhole.height // SCALE
    extent = np.array(_extent(thing)) / SCALE
    left, top = np.floor(extent[:2]).clip(0, (width, height)).astype(int).tolist()
    right, bottom = np.ceil(extent[2:]).clip(0, (width, height)).astype(int).tolist()
    if left >= right or top >= bottom:
        return None
    large = np.zeros(((bottom - top) * SCALE, (right - left) * SCALE), np.uint8)
    origin = np.array([left, top], np.int32) * SCALE * SUBPIXELS
    for polygon, _ in thing.paint:
        cv2.fillPoly(large, [polygon - origin], 255, cv2.LINE_8, SHIFT)
    mask = cv2.resize(large, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    mask = np.where(mask > HALF, 255, 0).astype(np.uint8)
    return Occluder(thing.footprint, left, top, mask) if mask.any() else None
