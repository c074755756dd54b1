"""Vehicles in the image: their models turned, seen, shaded, and their shadows."""

from functools import cache
from itertools import pairwise

import cv2
import numpy as np

from camweave.core.arrays import F64, I32, U8
from camweave.sources.synthetic.looks import PAINT, ROOF, STRIPE, Looks
from camweave.sources.synthetic.optics import Optics, subpixels
from camweave.sources.synthetic.sprites import Parts
from camweave.sources.synthetic.vehicle_models import (
    AHEAD,
    ALWAYS,
    ASTERN,
    COLOURS,
    GLASS,
    HEADLIGHT,
    HUB,
    MODELS,
    PLATE,
    SHADE,
    SHINE,
    SILL,
    TAILLIGHT,
    TYRE,
    UNDER,
)
from camweave.sources.synthetic.world import Poses

BRAKING = -0.6  # m/s2
BRIGHT_TAIL = np.array([70.0, 70.0, 255.0])
FIXED = {
    GLASS: (74, 62, 52), TYRE: (34, 34, 36), HUB: (150, 150, 152), HEADLIGHT: (225, 245, 250),
    TAILLIGHT: (34, 30, 168), UNDER: (28, 28, 30), PLATE: (225, 230, 232),
}  # fmt: skip
SELF_LIT = (HEADLIGHT, TAILLIGHT)


@cache
def _faces(body: int) -> tuple[F64, F64, F64, list[slice]]:
    """Points (V, 3) and normals (K, 3) of a model, how far out each face is, its points' rows."""
    faces = MODELS[body].faces
    points = np.concatenate([face.points for face in faces])
    normals = np.stack([face.normal for face in faces])
    out = np.array([face.normal @ face.points[0] for face in faces])
    ends = np.cumsum([0, *(len(face.points) for face in faces)]).tolist()
    return points, normals, out, [slice(a, b) for a, b in pairwise(ends)]


def vehicle_parts(
    body: int, poses: Poses, looks: Looks, optics: Optics, *, painted: bool
) -> tuple[Parts, list[I32]]:
    """The faces of R vehicles of one body, and (if painted) their shadows' polygons."""
    points, normals, out, rows = _faces(body)
    scale = looks.scale[poses.actor]
    pixels = optics.pinhole.project(placed(points, poses, scale))
    fixed = subpixels(pixels)
    eye = _eye(poses, scale, optics)
    parts = Parts(
        polygons=[fixed[:, piece] for piece in rows],
        shown=eye @ normals.T > out,
        outline=[not face.detail for face in MODELS[body].faces],
        colours=_colours(body, normals, poses, looks, optics=optics) if painted else None,
        orders=_orders(body),
        turned=eye[:, 0] < 0,
    )
    return parts, vehicle_shadows(body, poses, scale, optics) if painted else []


def placed(points: F64, poses: Poses, scale: F64) -> F64:
    """World points (R, V, 3) of a model's points (V, 3) at R poses."""
    local = points * scale[:, None, None]
    ahead, left = poses.heading, np.stack([-poses.heading[:, 1], poses.heading[:, 0]], axis=1)
    flat = local[..., :1] * ahead[:, None] + local[..., 1:2] * left[:, None] + poses.xy[:, None]
    return np.concatenate([flat, local[..., 2:]], axis=2)


def vehicle_shadows(body: int, poses: Poses, scale: F64, optics: Optics) -> list[I32]:
    """One polygon of shadow on the ground for each pose."""
    corners = placed(MODELS[body].corners, poses, scale)
    belt = corners[:, :4] + np.array([0, 0, 0.6 * MODELS[body].height])
    cast = optics.shadow_of(np.concatenate([corners, belt], axis=1))
    fixed = subpixels(optics.pinhole.project(cast))
    return [cv2.convexHull(shadow)[:, 0] for shadow in fixed]


@cache
def _orders(body: int) -> tuple[list[int], list[int]]:
    """Order of painting seen from ahead (the stern first), and seen from astern."""
    parts = [face.part for face in MODELS[body].faces]
    rows = range(len(parts))
    return (
        sorted(rows, key=lambda k: (ALWAYS, ASTERN, AHEAD).index(parts[k])),
        sorted(rows, key=lambda k: (ALWAYS, AHEAD, ASTERN).index(parts[k])),
    )


def _eye(poses: Poses, scale: F64, optics: Optics) -> F64:
    """The lens (R, 3) in each vehicle's own axes and scale."""
    center = optics.pinhole.center
    away = center[:2] - poses.xy
    ahead = (away * poses.heading).sum(axis=1)
    left = away[:, 1] * poses.heading[:, 0] - away[:, 0] * poses.heading[:, 1]
    return np.stack([ahead, left, np.full(len(away), center[2])], axis=1) / scale[:, None]


def _colours(body: int, normals: F64, poses: Poses, looks: Looks, *, optics: Optics) -> U8:
    heading = poses.heading
    turned = np.stack(
        [
            np.outer(heading[:, 0], normals[:, 0]) - np.outer(heading[:, 1], normals[:, 1]),
            np.outer(heading[:, 1], normals[:, 0]) + np.outer(heading[:, 0], normals[:, 1]),
            np.broadcast_to(normals[:, 2], (len(poses), len(normals))),
        ],
        axis=2,
    )
    slots = np.array([face.colour for face in MODELS[body].faces])
    bright = np.where(np.isin(slots, SELF_LIT), 1.0, optics.shade(turned))
    colours = _palette(poses, looks)[:, slots] * bright[..., None]
    middle = np.concatenate([poses.xy, np.full((len(poses), 1), 0.8)], axis=1)
    seen = optics.pinhole.to_camera(middle)
    return optics.levels(colours, seen[:, 2], optics.pinhole.to_image(seen))


def _palette(poses: Poses, looks: Looks) -> F64:
    """(R, COLOURS, 3): what each colour of a face is for each vehicle."""
    own = looks.colours[poses.actor].astype(np.float64)
    palette = np.zeros((len(poses), COLOURS, 3))
    palette[:, [PAINT, ROOF, STRIPE]] = own[:, [PAINT, ROOF, STRIPE]]
    for slot, colour in FIXED.items():
        palette[:, slot] = colour
    palette[:, SHINE] = own[:, PAINT] * 0.75 + 64
    palette[:, SILL] = own[:, PAINT] * 0.45
    palette[:, SHADE] = own[:, PAINT] * 0.88
    palette[poses.pull < BRAKING, TAILLIGHT] = BRIGHT_TAIL
    return palette
