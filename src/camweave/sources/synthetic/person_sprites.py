"""People in the image: legs that swing, arms against them, clothes, hair, bags, shadows."""

from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64, I32, U8, Bool
from camweave.sources.synthetic.looks import (
    BACKPACK,
    COAT,
    EXTRA,
    HAIR,
    LEGS,
    SHOES,
    SHOPPING,
    SHORTS,
    SKIN,
    SKIRT,
    TOP,
    Looks,
)
from camweave.sources.synthetic.optics import Optics, subpixels
from camweave.sources.synthetic.person_gait import Joints, walk
from camweave.sources.synthetic.sprites import Parts
from camweave.sources.synthetic.world import Poses

ROUND = 6  # points of half a circle
# (height, half width across, half depth) of the trunk as shares of a person's height
TRUNK = ((0.845, 0.05, 0.04), (0.82, 0.112, 0.052), (0.71, 0.104, 0.066), (0.6, 0.088, 0.062),
         (0.51, 0.096, 0.07), (0.47, 0.07, 0.06))  # fmt: skip
SKIRTS = ((0.59, 0.088, 0.064), (0.5, 0.106, 0.078), (0.31, 0.125, 0.11))
COATS = ((0.8, 0.118, 0.066), (0.6, 0.1, 0.074), (0.36, 0.12, 0.1))
TURNED_AWAY = -0.55  # from here on the face is not seen
FAR_SIDE, SHADED = 0.84, 0.8  # brightness of what is away from the eye, and from the sun


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """R people from one camera."""

    joints: Joints
    looks: Looks
    actor: np.ndarray  # (R,)
    scale: F64  # (R,) px per m
    across: F64  # (R,) how much of the breadth is seen, -1 to 1; above 0 when it comes nearer
    sideways: F64  # (R,) how much it faces the right of the image, -1 to 1
    optics: Optics

    @property
    def height(self) -> F64:
        return np.asarray(self.looks.scale[self.actor])

    def pixels(self, points: F64) -> F64:
        return self.optics.pinhole.project(points)

    def capsule(self, ends: tuple[F64, F64], radii: tuple[float, float]) -> F64:
        """(R, 2 * ROUND, 2) px: a limb between two joints (R, 3), radii as shares of height."""
        one, other = self.pixels(ends[0]), self.pixels(ends[1])
        grow = (self.scale * self.height * self.looks.breadth[self.actor])[:, None, None]
        way = other - one
        angle = np.arctan2(way[:, 1], way[:, 0])[:, None] + np.linspace(
            np.pi / 2, 3 * np.pi / 2, ROUND
        )
        arc = np.stack([np.cos(angle), np.sin(angle)], axis=2) * grow
        return np.concatenate(
            [one[:, None] + arc * radii[0], other[:, None] - arc * radii[1]], axis=1
        )

    def column(self, levels: tuple[tuple[float, float, float], ...]) -> tuple[F64, F64]:
        """Left and right edge (R, L, 2) px of a part of the trunk."""
        size = (self.scale * self.height * self.looks.breadth[self.actor])[:, None]
        rise = np.array([level[0] for level in levels])
        wide = np.array([level[1] for level in levels])
        deep = np.array([level[2] for level in levels])
        seen = np.hypot(wide * self.across[:, None], deep * self.sideways[:, None]) * size
        middle = self.pixels(self.joints.spine(rise))
        out = np.stack([seen, np.zeros_like(seen)], axis=2)
        return middle - out, middle + out

    def disc(self, center: F64, radii: tuple[F64, F64]) -> F64:
        """(R, 12, 2) px: an ellipse around `center` (R, 2) px with radii (R,) px."""
        angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        ring = np.stack(
            [radii[0][:, None] * np.cos(angle), radii[1][:, None] * np.sin(angle)], axis=2
        )
        return center[:, None] + ring


def person_parts(
    poses: Poses, looks: Looks, optics: Optics, *, painted: bool
) -> tuple[Parts, list[I32]]:
    """The limbs of R people, and (if painted) their shadows' polygons."""
    seen = _look_at(poses, looks, optics)
    layers = _layers(seen)
    shown = np.stack([shown for _, shown, _, _ in layers], axis=1)
    order = range(len(layers))
    parts = Parts(
        polygons=[subpixels(polygon) for polygon, _, _, _ in layers],
        shown=shown,
        outline=[outer for _, _, _, outer in layers],
        colours=_colours(seen, [tone for _, _, tone, _ in layers]) if painted else None,
        orders=(order, order),
        turned=np.zeros(len(poses), bool),
    )
    return parts, _shadows(seen, poses) if painted else []


_Layer = tuple[F64, Bool, tuple[int, float], bool]  # polygon, shown, (colour slot, tone), outer


def _look_at(poses: Poses, looks: Looks, optics: Optics) -> _Seen:
    joints = walk(poses, looks)
    away = poses.xy - optics.pinhole.center[:2]
    away /= np.maximum(np.hypot(away[:, 0], away[:, 1]), 1e-6)[:, None]
    depth = optics.pinhole.to_camera(joints.middle)[:, 2]
    return _Seen(
        joints=joints,
        looks=looks,
        actor=poses.actor,
        scale=optics.pinhole.intrinsics[0, 0] / np.maximum(depth, 0.5),
        across=-(poses.heading * away).sum(axis=1),
        sideways=poses.heading[:, 0] * away[:, 1] - poses.heading[:, 1] * away[:, 0],
        optics=optics,
    )


def _layers(seen: _Seen) -> list[_Layer]:
    """Everything that is painted, from the far side to the near one."""
    outfit, bag = seen.looks.outfit[seen.actor], seen.looks.bag[seen.actor]
    bare = np.isin(outfit, (SHORTS, SKIRT))
    left_is_near = seen.sideways < 0
    far, near = seen.joints.sides(left_is_near)
    pack = seen.capsule(seen.joints.pack, (0.062, 0.07))
    towards = seen.across > 0
    return [
        (pack, (bag == BACKPACK) & towards, (EXTRA, FAR_SIDE), True),
        *_arm(seen, far, bare, FAR_SIDE),
        *_leg(seen, far, outfit == SHORTS, FAR_SIDE),
        *_leg(seen, near, outfit == SHORTS, 1.0),
        *_trunk(seen, outfit),
        (pack, (bag == BACKPACK) & ~towards, (EXTRA, 1.0), True),
        *_head(seen, outfit),
        (_shopping(seen, near), bag == SHOPPING, (EXTRA, 1.0), True),
        *_arm(seen, near, bare, 0.94),
    ]


def _arm(seen: _Seen, side: dict[str, F64], bare: Bool, tone: float) -> list[_Layer]:
    all_of_them = np.ones(len(seen.actor), bool)
    upper = seen.capsule((side["shoulder"], side["elbow"]), (0.032, 0.026))
    lower = seen.capsule((side["elbow"], side["hand"]), (0.025, 0.019))
    palm = seen.capsule((side["hand"], side["fingers"]), (0.018, 0.015))
    return [
        (lower, ~bare, (TOP, tone * 0.95), True),
        (lower, bare, (SKIN, tone), True),
        (palm, all_of_them, (SKIN, tone), True),
        (upper, all_of_them, (TOP, tone), True),
    ]


def _leg(seen: _Seen, side: dict[str, F64], shorts: Bool, tone: float) -> list[_Layer]:
    all_of_them = np.ones(len(seen.actor), bool)
    thigh = seen.capsule((side["hip"], side["knee"]), (0.048, 0.038))
    shin = seen.capsule((side["knee"], side["ankle"]), (0.036, 0.026))
    shoe = seen.capsule((side["heel"], side["toe"]), (0.024, 0.018))
    return [
        (shoe, all_of_them, (SHOES, tone), True),
        (shin, all_of_them, (LEGS, tone), True),
        (thigh, ~shorts, (LEGS, tone), True),
        (thigh, shorts, (EXTRA, tone), True),
    ]


def _trunk(seen: _Seen, outfit: np.ndarray) -> list[_Layer]:
    all_of_them = np.ones(len(seen.actor), bool)
    hips = seen.capsule((seen.joints.hips, seen.joints.crotch), (0.075, 0.06))
    layers: list[_Layer] = [(hips, outfit != SKIRT, (LEGS, 0.95), True)]
    sun_right = float(seen.optics.pinhole.rotation[0] @ seen.optics.sun) > 0
    for levels, worn, slot in (
        (TRUNK, all_of_them, TOP),
        (SKIRTS, outfit == SKIRT, EXTRA),
        (COATS, outfit == COAT, TOP),
    ):
        left, right = seen.column(levels)
        layers.append((_closed(left, right), worn, (slot, 1.0), True))
        dim = right * 0.35 + left * 0.65 if sun_right else left * 0.35 + right * 0.65
        edge = left if sun_right else right
        layers.append((_closed(dim, edge), worn, (slot, SHADED), False))
    return layers


def _head(seen: _Seen, outfit: np.ndarray) -> list[_Layer]:
    all_of_them = np.ones(len(seen.actor), bool)
    size = seen.scale * seen.height
    neck = seen.capsule((seen.joints.neck, seen.joints.head), (0.03, 0.03))
    center = seen.pixels(seen.joints.head)
    facing = np.clip(seen.across * 0.75 + 0.5, 0.0, 1.0)
    offset = np.stack([seen.sideways * 0.022, np.full_like(size, 0.012)], axis=1) * size[:, None]
    hair = seen.disc(center, (size * 0.059, size * 0.073))
    face = seen.disc(center + offset, (size * (0.02 + 0.031 * facing), size * 0.056))
    long_hair = seen.capsule((seen.joints.head, seen.joints.neck), (0.056, 0.05))
    return [
        (neck, all_of_them, (SKIN, 0.85), True),
        (long_hair, (outfit == SKIRT) | (outfit == COAT), (HAIR, 0.9), True),
        (hair, all_of_them, (HAIR, 1.0), True),
        (face, seen.across > TURNED_AWAY, (SKIN, 1.05), False),
    ]


def _shopping(seen: _Seen, side: dict[str, F64]) -> F64:
    top = seen.pixels(side["fingers"])
    size = (seen.scale * seen.height)[:, None, None]
    shape = np.array([(-0.05, 0.0), (0.05, 0.0), (0.06, 0.15), (-0.06, 0.15)])
    return top[:, None] + shape * size


def _closed(left: F64, right: F64) -> F64:
    return np.concatenate([left, right[:, ::-1]], axis=1)


def _colours(seen: _Seen, tones: list[tuple[int, float]]) -> U8:
    slots = np.array([slot for slot, _ in tones], np.int64)
    bright = np.array([tone for _, tone in tones])
    colours = seen.looks.colours[seen.actor][:, slots] * bright[:, None]
    view = seen.optics.pinhole.to_camera(seen.joints.middle)
    return seen.optics.levels(colours, view[:, 2], seen.optics.pinhole.to_image(view))


def _shadows(seen: _Seen, poses: Poses) -> list[I32]:
    feet = np.concatenate([poses.xy, np.zeros((len(poses), 1))], axis=1)
    top = seen.optics.shadow_of(feet + np.array([0, 0, 1.0]) * seen.height[:, None])
    way = top[:, :2] - feet[:, :2]
    turn = np.arctan2(way[:, 1], way[:, 0])[:, None]
    angle = turn + np.linspace(np.pi / 2, 3 * np.pi / 2, ROUND)
    arc = np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=2)
    cast = np.concatenate([feet[:, None] + arc * 0.2, top[:, None] - arc * 0.15], axis=1)
    return list(subpixels(seen.optics.pinhole.project(cast)))
