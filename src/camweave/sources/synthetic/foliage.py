"""Leaves: trees and hedges as tufts that face the lens."""

import numpy as np

from camweave.core.arrays import F64
from camweave.sources.synthetic.optics import HAZE, HAZE_DISTANCE, Optics, subpixels
from camweave.sources.synthetic.plan import Block, Tree
from camweave.sources.synthetic.solids import Standing, pole, square, upright
from camweave.sources.synthetic.sprites import Paint

LEAVES = 420
SHADOW_LEAVES = 150
POINTS = 9  # of a tuft's ragged outline
NEAR = 1.0  # m
BARK = (62, 82, 104)
GREEN = np.array([58.0, 136.0, 92.0])


def tree_layers(thing: Tree, optics: Optics) -> list[Standing]:
    """The trunk, and above it the crown, which also hides those who stand below it."""
    x, y = thing.at
    trunk_top = thing.clearance + 0.8
    middle = np.array([x, y, (thing.height + thing.clearance) / 2])
    size = np.array([thing.crown, thing.crown, (thing.height - thing.clearance) / 2])
    rng = np.random.default_rng([round(abs(x) * 10), round(abs(y) * 10), 7])
    ball = rng.normal(size=(LEAVES, 3))
    ball /= np.linalg.norm(ball, axis=1)[:, None]
    ball *= (0.45 + 0.55 * rng.random(LEAVES) ** 0.5)[:, None]
    radius = thing.crown * (0.1 + 0.1 * rng.random(LEAVES))
    leaves = middle + ball * size
    light = 0.62 + 0.3 * (ball @ optics.sun) + 0.16 * ball[:, 2]
    light += 0.3 * (rng.random(LEAVES) - 0.5)
    green = GREEN + (rng.random(3) - 0.5) * (14, 24, 34)
    paint = tufts(optics, leaves, radius, green * light[:, None])
    ring = radius[:SHADOW_LEAVES, None, None] * 1.6 * _circle(8)
    stem = upright(thing.at, (0.0, trunk_top), 0.17)
    trunk = pole(optics, thing.at, span=(0.0, trunk_top), radius=0.17, colour=BARK)
    spread = (thing.crown * 0.95, thing.crown * 0.95)
    return [
        Standing(square(thing.at, (0.2, 0.2)), trunk, [stem]),
        Standing(square(thing.at, spread), paint, list(leaves[:SHADOW_LEAVES, None] + ring)),
    ]


def hedge_leaves(thing: Block, optics: Optics) -> list[Paint]:
    """Tufts over the box of a hedge."""
    rng = np.random.default_rng([round(abs(v) * 10) for v in thing.center])
    count = int(26 * (thing.size[0] + thing.size[1]))
    spots = (rng.random((count, 2)) - 0.5) * thing.size + np.array(thing.center)
    points = np.column_stack([spots, thing.height * (0.4 + 0.65 * rng.random(count))])
    tone = 0.7 + 0.5 * points[:, 2] / thing.height * rng.random(count)
    colours = np.array(thing.colour, np.float64) * tone[:, None]
    return tufts(optics, points, np.full(count, 0.2), colours)


def tufts(optics: Optics, centers: F64, radius: F64, colours: F64) -> list[Paint]:
    """Ragged discs at `centers` (N, 3) m, far ones first."""
    seen = optics.pinhole.to_camera(centers)
    ragged = np.random.default_rng(len(centers)).random((len(centers), POINTS))
    order = np.argsort(-seen[:, 2], kind="stable")
    order = order[seen[order, 2] > NEAR]
    depth = seen[order, 2]
    size = radius[order] * optics.pinhole.intrinsics[0, 0] / depth
    ring = _circle(POINTS)[:, :2] * (size[:, None] * (0.7 + 0.6 * ragged[order]))[..., None]
    pixels = subpixels(optics.pinhole.to_image(seen[order])[:, None] + ring)
    far = (1 - np.exp(-depth / HAZE_DISTANCE))[:, None]
    light = (colours[order] + (HAZE - colours[order]) * far).clip(0, 255)
    levels = np.rint(light).astype(int).tolist()
    return [(polygon, tuple(level)) for polygon, level in zip(pixels, levels, strict=True)]


def _circle(points: int) -> F64:
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.stack([np.cos(angle), np.sin(angle), np.zeros(points)], axis=1)
