"""Everybody a camera sees in a stretch of frames, projected at once and ready to be painted."""

from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.sources.synthetic.footprints import Footprints
from camweave.sources.synthetic.looks import BODIES, PERSON
from camweave.sources.synthetic.optics import Optics
from camweave.sources.synthetic.person_sprites import person_parts
from camweave.sources.synthetic.sprites import Paint, Parts, Polygon, unroll
from camweave.sources.synthetic.vehicle_models import MODELS
from camweave.sources.synthetic.vehicle_sprites import vehicle_parts
from camweave.sources.synthetic.world import Poses, World

LEAST_DEPTH = 1.5  # m from the lens to the middle of whoever is drawn
PERSON_HALF = 0.25  # m


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """R objects in F frames; rows `offsets[f]` to `offsets[f + 1]` are frame f's."""

    offsets: I64  # (F + 1,)
    actor: I64  # (R,) row of the world's looks
    box: F64  # (R, 4) px around the whole object, beyond the image too
    outline: list[list[Polygon]]
    paint: list[list[Paint]]  # empty where nothing is to be painted
    shadow: list[Polygon]  # likewise
    footprints: Footprints  # (R,)

    def rows(self, frame: int) -> range:
        """The rows of one frame."""
        return range(int(self.offsets[frame]), int(self.offsets[frame + 1]))


def cast_of(world: World, optics: Optics, times: F64, *, painted: bool) -> Cast:
    """Who is in view at each of `times` (F,) s, in order of time and actor."""
    poses = world.at(times)
    poses = poses[_may_be_seen(world, poses, optics)]
    count = len(poses)
    outline: list[list[Polygon]] = [[] for _ in range(count)]
    paint: list[list[Paint]] = [[] for _ in range(count if painted else 0)]
    shadow: list[Polygon] = [np.empty((0, 2), np.int32)] * (count if painted else 0)
    box = np.zeros((count, 4))
    half = np.full((count, 2), PERSON_HALF)
    body = world.looks.body[poses.actor]
    for kind in (PERSON, *range(len(BODIES))):
        rows = np.flatnonzero(body == kind)
        if not len(rows):
            continue
        parts, shadows = _parts_of(kind, poses[rows], world, optics, painted=painted)
        whole, paints, box[rows] = unroll(parts)
        if kind != PERSON:
            scale = world.looks.scale[poses.actor[rows], None]
            half[rows] = scale * (MODELS[kind].length / 2, MODELS[kind].width / 2)
        for place, row in enumerate(rows.tolist()):
            outline[row] = whole[place]
            if painted:
                paint[row], shadow[row] = paints[place], shadows[place]
    return Cast(
        offsets=np.searchsorted(poses.moment, np.arange(len(times) + 1)).astype(np.int64),
        actor=poses.actor,
        box=box,
        outline=outline,
        paint=paint,
        shadow=shadow,
        footprints=Footprints(poses.xy, poses.heading, half),
    )


def _parts_of(
    kind: int, poses: Poses, world: World, optics: Optics, *, painted: bool
) -> tuple[Parts, list[Polygon]]:
    if kind == PERSON:
        return person_parts(poses, world.looks, optics, painted=painted)
    return vehicle_parts(kind, poses, world.looks, optics, painted=painted)


def _may_be_seen(world: World, poses: Poses, optics: Optics) -> Bool:
    """Whose ball around them touches the picture, (R,)."""
    pinhole = optics.pinhole
    tall = np.array([model.height for model in MODELS] + [1.8])[world.looks.body[poses.actor]]
    long = np.array([model.length for model in MODELS] + [1.0])[world.looks.body[poses.actor]]
    seen = pinhole.to_camera(np.column_stack([poses.xy, tall / 2]))
    depth = seen[:, 2]
    pixels = pinhole.to_image(seen)
    ball = np.hypot(long, tall) / 2 * 1.1 * pinhole.intrinsics[0, 0] / np.maximum(depth, 0.5)
    size = (pinhole.width, pinhole.height)
    near = (pixels > -ball[:, None]) & (pixels < np.array(size) + ball[:, None])
    return np.asarray(near.all(axis=1) & (depth > LEAST_DEPTH))
