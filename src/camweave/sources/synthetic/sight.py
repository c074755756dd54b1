"""Which stretches of the routes each camera sees, for everybody who may take them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.sources.synthetic.backdrop import Occluder, occluders_of
from camweave.sources.synthetic.cameras import Pinhole, hang_camera
from camweave.sources.synthetic.cast import LEAST_DEPTH
from camweave.sources.synthetic.footprints import BEHIND, Footprints, joined, who_hides
from camweave.sources.synthetic.looks import BODIES
from camweave.sources.synthetic.paths import GRAIN, Paths
from camweave.sources.synthetic.plan import CameraSpec, Plan, Route, WalkRoute
from camweave.sources.synthetic.truth import LEAST_SIDE, LEAST_VISIBILITY
from camweave.sources.synthetic.vehicle_models import MODELS

EVERY = 4  # samples of a way from one place looked at to the next: 1 m
GAPS = 8.0, 18.0  # m out of a view (behind a tree) that may be a leave, and that must be one
DOUBT = 1.7  # how far the share that is seen of somebody may lie beside what is reckoned here
STATURES = (1.5, 1.95)  # m: the smallest and the tallest
THICK = 0.5  # m: how wide and how deep a person is
SPOTS = (0.2, 0.5, 0.8)  # of a box, across and down: where still things may hide somebody
Pixel = tuple[float, float]  # px


@dataclass(frozen=True, slots=True, eq=False)
class Rides:
    """Everybody who may take a route, R of them, metre by metre: P places, flat.

    Places `offsets[r]` to `offsets[r + 1]` are ride r's.
    """

    route: I64  # (R,) drives, then walks
    offsets: I64  # (R + 1,)
    along: F64  # (P,) m of the route
    feet: Footprints  # (P,)
    height: F64  # (P,) m


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """What one camera sees of all rides."""

    foot: F64  # (P, 2) px: the middle of the lower edge of the box, cut to the picture
    maybe: Bool  # (P,) it may be seen there
    surely: Bool  # (P,) it is seen there, unless somebody stands before it


@dataclass(frozen=True, slots=True)
class Stay:
    """A camera sees somebody from `begin` to `end` m of a route, each the earliest and latest."""

    camera: str
    begin: tuple[float, float]  # m
    end: tuple[float, float]  # m
    sure: bool  # that it is seen at all
    entry: Pixel  # the foot of its box where it comes into view
    exit: Pixel


def rides_of(plan: Plan, paths: Paths) -> Rides:
    """On every route each body that drives it; on foot small and tall, on both sides."""
    route: list[int] = []
    along: list[F64] = []
    feet: list[Footprints] = []
    heights: list[F64] = []
    for number, way in enumerate(plan.routes):
        places = np.arange(0, len(paths.samples(number)), EVERY).astype(np.float64) * GRAIN
        for half, height, aside in _shapes(way):
            route.append(number)
            along.append(places)
            feet.append(_feet(paths, number, places, half=half, aside=aside))
            heights.append(np.full(len(places), height))
    return Rides(
        route=np.array(route, np.int64),
        offsets=np.cumsum([0, *(len(places) for places in along)]).astype(np.int64),
        along=np.concatenate([np.empty(0), *along]),
        feet=joined(*feet),
        height=np.concatenate([np.empty(0), *heights]),
    )


def glance(plan: Plan, spec: CameraSpec, rides: Rides) -> Glance:
    """Whom a camera sees, by the rules of the truth, with some doubt at their limits."""
    pinhole = hang_camera(spec)
    middle = np.column_stack([rides.feet.center, rides.height / 2])
    rows = np.flatnonzero(pinhole.to_camera(middle)[:, 2] > LEAST_DEPTH)
    box = _boxes(pinhole, rides.feet[rows], rides.height[rows])
    cut = box.clip(0, [spec.width, spec.height] * 2)
    sides = cut[:, 2:] - cut[:, :2]
    share = sides.prod(axis=1) / np.maximum((box[:, 2:] - box[:, :2]).prod(axis=1), 1e-9)
    size = np.minimum(sides.max(axis=1), 3 * sides.min(axis=1)) / LEAST_SIDE
    near = (share > LEAST_VISIBILITY / DOUBT) & (size > DOUBT**-0.5)
    rows, cut, share, size = rows[near], cut[near], share[near], size[near]
    share = share * _open(occluders_of(plan, spec), pinhole, rides.feet[rows], cut)
    foot = np.zeros((len(rides.along), 2))
    foot[rows] = np.column_stack([(cut[:, 0] + cut[:, 2]) / 2, cut[:, 3]])
    maybe, surely = np.zeros((2, len(rides.along)), bool)
    maybe[rows] = share > LEAST_VISIBILITY / DOUBT
    surely[rows] = (share > LEAST_VISIBILITY * DOUBT) & (size > DOUBT**0.5)
    return Glance(foot, maybe, surely)


def stays_of(rides: Rides, seen: Mapping[str, Glance], ride: int, gap: float) -> list[Stay]:
    """Where each camera sees a ride, in order of its begin; `gap` m unseen is to have left."""
    here = slice(int(rides.offsets[ride]), int(rides.offsets[ride + 1]))
    along = rides.along[here]
    found: list[Stay] = []
    for camera, view in seen.items():
        at = np.flatnonzero(view.maybe[here])
        if len(at):
            parts = np.split(at, np.flatnonzero(np.diff(along[at]) > gap) + 1)
            foot, surely = view.foot[here], view.surely[here]
            found += [_stay(camera, along, foot, (part, part[surely[part]])) for part in parts]
    return sorted(found, key=lambda stay: (stay.begin, stay.camera))


def _shapes(route: Route) -> Iterator[tuple[tuple[float, float], float, float]]:
    """Half the length and width, height, and m to the left of the way, of who may take it."""
    if isinstance(route, WalkRoute):
        for height in STATURES:
            for aside in (-route.spread, 0.0, route.spread):
                yield (THICK / 2, THICK / 2), height, aside
        return
    names = {body for body, _ in route.bodies} | {fleet.body for fleet in route.fleets}
    for body in sorted(names):
        model = MODELS[BODIES.index(body)]
        yield (model.length / 2, model.width / 2), model.height, 0.0


def _feet(
    paths: Paths, number: int, along: F64, *, half: tuple[float, float], aside: float
) -> Footprints:
    way = np.full(len(along), number, np.int64)
    ahead = paths.direction(way, along)
    left = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    return Footprints(
        paths.locate(way, along) + left * aside, ahead, np.tile(np.array(half), (len(along), 1))
    )


def _boxes(pinhole: Pinhole, feet: Footprints, height: F64) -> F64:
    """(P, 4) px around upright boxes."""
    low = np.pad(feet.corners(), ((0, 0), (0, 0), (0, 1)))
    high = low.copy()
    high[:, :, 2] = height[:, None]
    pixels = pinhole.project(np.concatenate([low, high], axis=1))
    return np.concatenate([pixels.min(axis=1), pixels.max(axis=1)], axis=1)


def _open(things: Sequence[Occluder], pinhole: Pinhole, feet: Footprints, box: F64) -> F64:
    """The share (P,) of the spots on each box that no still thing hides."""
    down, across = np.meshgrid(SPOTS, SPOTS, indexing="ij")
    spots = np.stack([across.ravel(), down.ravel()], axis=1)  # (9, 2)
    pixels = box[:, None, :2] + (box[:, None, 2:] - box[:, None, :2]) * spots
    hidden = np.zeros(pixels.shape[:2], bool)
    for thing in things:
        left, top, right, bottom = thing.box
        low, high = (
            (box[:, :2] < (right, bottom)).all(axis=1),
            (box[:, 2:] > (left, top)).all(axis=1),
        )
        rows = np.flatnonzero(low & high)
        if len(rows):
            still = thing.footprint[[0] * len(rows)]
            rows = rows[who_hides(still, feet[rows], pinhole.center[:2]) != BEHIND]
            hidden[rows] |= _covers(thing.mask, pixels[rows] - (thing.x, thing.y))
    return np.asarray(1 - hidden.mean(axis=1))


def _covers(mask: np.ndarray, pixels: F64) -> Bool:
    height, width = mask.shape
    x, y = np.moveaxis(np.floor(pixels).astype(int), -1, 0)
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return np.asarray(inside & (mask[y.clip(0, height - 1), x.clip(0, width - 1)] > 0))


def _stay(camera: str, along: F64, foot: F64, seen: tuple[I64, I64]) -> Stay:
    part, sure = seen  # places where it may be seen, and is
    first, last = (sure[0], sure[-1]) if len(sure) else (part[-1], part[0])
    comes, goes = (first, last) if len(sure) else (part[0], part[-1])
    return Stay(
        camera,
        begin=(float(along[part[0]]), float(along[first])),
        end=(float(along[last]), float(along[part[-1]])),
        sure=bool(len(sure)),
        entry=(float(foot[comes, 0]), float(foot[comes, 1])),
        exit=(float(foot[goes, 0]), float(foot[goes, 1])),
    )
