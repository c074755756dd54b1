"""Where somebody is in the image, without drawing: a box with its corners cut off."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.ops.compiled import entry, inner
from camweave.sources.synthetic.cameras import NEAREST, Pinhole
from camweave.sources.synthetic.looks import BODIES, PERSON, Looks
from camweave.sources.synthetic.person_gait import GOLDEN, STRIDE
from camweave.sources.synthetic.vehicle_models import MODELS
from camweave.sources.synthetic.world import Poses

BRISK: Final = 1.1  # m/s from which on a person takes full steps
TURNS: Final = 16  # directions in which somebody's outermost points are looked for
RISES: Final = (-0.9, -0.3, 0.0, 0.3, 0.9)  # rad above level, likewise
TINY: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """R objects in the image; each fills its box up to lines that cut off the corners."""

    box: F64  # (R, 4) px around the whole object, beyond the image too
    slant: F64  # (R, 4) least and most of u + v, then of u - v; u, v: 0 to 1 across and down
    person: Bool  # (R,)

    def __getitem__(self, rows: I64) -> "Outlines":
        """Only these rows."""
        return Outlines(self.box[rows], self.slant[rows], self.person[rows])


def outlines_of(poses: Poses, looks: Looks, pinhole: Pinhole) -> Outlines:
    """What `poses` look like from a camera: vehicles exactly, people a pixel or two off."""
    body = looks.body[poses.actor]
    box, slant = np.zeros((len(poses), 4)), np.zeros((len(poses), 4))
    lens = np.column_stack([pinhole.rotation, pinhole.translation])
    for kind in (PERSON, *range(len(BODIES))):
        rows = np.flatnonzero(body == kind)
        some = poses[rows]
        points = _person(some, looks) if kind == PERSON else _hull(kind)[None]
        scale = np.ones(len(rows)) if kind == PERSON else looks.scale[some.actor]
        part = np.empty((len(rows), 4)), np.empty((len(rows), 4))
        extents(points, scale, some.xy, some.heading, lens, pinhole.intrinsics, *part)
        box[rows], slant[rows] = part
    return Outlines(box, slant, body == PERSON)


@entry()
def extents(  # noqa: PLR0917 - a kernel: columns in, columns out
    points: F64,
    scale: F64,
    xy: F64,
    heading: F64,
    lens: F64,
    intrinsics: F64,
    box: F64,
    slant: F64,
) -> None:
    """Fill `box` and `slant` (R, 4) of R bodies, each with points (R or 1, V, 3) m of its own."""
    count = points.shape[1]
    u, v = np.empty(count), np.empty(count)
    for row in range(len(xy)):
        own = row if len(points) > 1 else 0
        cos, sin = heading[row, 0] * scale[row], heading[row, 1] * scale[row]
        for k in range(count):
            ahead, aside = points[own, k, 0], points[own, k, 1]
            up = points[own, k, 2] * scale[row]
            x, y = xy[row, 0] + ahead * cos - aside * sin, xy[row, 1] + ahead * sin + aside * cos
            right = lens[0, 0] * x + lens[0, 1] * y + lens[0, 2] * up + lens[0, 3]
            down = lens[1, 0] * x + lens[1, 1] * y + lens[1, 2] * up + lens[1, 3]
            depth = lens[2, 0] * x + lens[2, 1] * y + lens[2, 2] * up + lens[2, 3]
            depth = max(depth, NEAREST)
            u[k] = right / depth * intrinsics[0, 0] + intrinsics[0, 2]
            v[k] = down / depth * intrinsics[1, 1] + intrinsics[1, 2]
        _span(u, v, box[row])
        wide = max(box[row, 2] - box[row, 0], TINY)
        tall = max(box[row, 3] - box[row, 1], TINY)
        for k in range(count):
            one, other = (u[k] - box[row, 0]) / wide, (v[k] - box[row, 1]) / tall
            u[k], v[k] = one + other, one - other
        _span(u, v, slant[row])
        slant[row, 1], slant[row, 2] = slant[row, 2], slant[row, 1]


@inner
def _span(u: F64, v: F64, out: F64) -> None:
    """Fill `out` (4,) with the least of `u` and of `v`, then the most of each."""
    out[0], out[1], out[2], out[3] = u[0], v[0], u[0], v[0]
    for k in range(1, len(u)):
        out[0], out[1] = min(out[0], u[k]), min(out[1], v[k])
        out[2], out[3] = max(out[2], u[k]), max(out[3], v[k])


@cache
def _hull(body: int) -> F64:
    """(V, 3) m: the points of a vehicle that are its outermost ones in some direction."""
    points = np.concatenate([face.points for face in MODELS[body].faces if not face.detail])
    turn = np.linspace(0, 2 * np.pi, TURNS, endpoint=False)
    rise = np.array(RISES)[:, None]
    ways = np.stack([np.cos(turn) * np.cos(rise), np.sin(turn) * np.cos(rise),
                     np.sin(rise) + 0 * turn], axis=-1)  # fmt: skip
    return np.asarray(points[np.unique((points @ ways.reshape(-1, 3).T).argmax(axis=0))])


def _person(poses: Poses, looks: Looks) -> F64:
    """(R, V, 3) m: feet, hands, shoulders and head of people who walk."""
    height = looks.scale[poses.actor]
    phase = 2 * np.pi * poses.walked / (STRIDE * height) + GOLDEN * poses.actor
    step = np.clip(poses.speed / BRISK, 0.0, 1.0) * np.abs(np.sin(phase))
    still = np.zeros_like(step)
    broad = looks.breadth[poses.actor]
    # (ahead, aside, up) as shares of height; everything is on both sides
    rows = [
        (0.11 + 0.2 * step, 0.085 * broad, still),
        (-0.06 - 0.2 * step, 0.085 * broad, still),
        (0.1 + 0.12 * step, 0.15 * broad, still + 0.48),
        (-0.05 - 0.08 * step, 0.15 * broad, still + 0.45),
        (still + 0.05, 0.145 * broad, still + 0.8),
        (still - 0.05, 0.145 * broad, still + 0.8),
        (still + 0.08, still + 0.05, still + 0.93),
        (still - 0.05, still + 0.05, still + 0.93),
        (still + 0.012, still + 0.01, still + 1.0),
    ]
    one = np.stack([np.stack(row, axis=1) for row in rows], axis=1)
    both = np.concatenate([one, one * (1, -1, 1)], axis=1)
    return np.asarray(both * height[:, None, None])
