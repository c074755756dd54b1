"""Who can follow whom: travel times between cameras, from where routes enter and leave views."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64, Bool
from camweave.sources.synthetic.arrivals import PACES
from camweave.sources.synthetic.backdrop import occluders_of
from camweave.sources.synthetic.cameras import hang_camera
from camweave.sources.synthetic.footprints import BEHIND, Footprints, who_hides
from camweave.sources.synthetic.paths import GRAIN, Paths, lay_paths
from camweave.sources.synthetic.plan import CameraSpec, DriveRoute, Plan, Scenario, WalkRoute
from camweave.sources.synthetic.truth import LEAST_SIDE

Route = DriveRoute | WalkRoute
KNEE = 0.8  # m above the ground: the height at which a route counts as seen
GAP = 12.0  # m that a route may be out of a view (behind a tree) without having left it
FASTEST = 1.1  # of the limit
SLOWEST_DRIVE = 4.0  # m/s: a bend, behind somebody who turns
CROWDED = 0.6  # share of the pace that is left in a crowd
QUEUE = 1.5  # periods of a signal that a queue may wait
EYE = 1.7  # m: the height of what must be seen


@dataclass(frozen=True, slots=True)
class Stay:
    """A camera sees a route from `begin` to `end` m."""

    camera: str
    begin: float
    end: float


def transitions(scenario: Scenario) -> dict[tuple[str, str], tuple[float, float]]:
    """For each (from, to) the least and most seconds from leaving one view to entering the next.

    Computed from the routes, so they hold for every seed: from the fastest, without a stop, to the
    slowest, with all stops. Below 0 where one is in the next view before it has left the first.
    """
    out: dict[tuple[str, str], tuple[float, float]] = {}
    plan = scenario.plan
    routes: list[Route] = [*plan.drives, *plan.walks]
    paths = lay_paths([(route.points, route.radius) for route in routes])
    views = {spec.name: _seen(plan, spec, paths) for spec in scenario.cameras}
    for number, route in enumerate(routes):
        stays = _stays(views, paths, number)
        lines = [paths.distance_of(number, stop.at) for stop in route.stops]
        for one, other in _followers(stays):
            least, most = _times(plan, route, (one.end, other.begin), lines)
            known = out.get((one.camera, other.camera), (least, most))
            out[one.camera, other.camera] = (min(known[0], least), max(known[1], most))
    return {pair: (round(a, 1), round(b, 1)) for pair, (a, b) in sorted(out.items())}


def _followers(stays: list[Stay]) -> Iterator[tuple[Stay, Stay]]:
    """Each stay with the next one in another camera, and with all that overlap that one."""
    for one in stays:
        later = [other for other in stays if other.begin > one.begin and other.camera != one.camera]
        if later:
            first = min(later, key=lambda stay: stay.begin)
            yield from ((one, other) for other in later if other.begin < max(first.end, one.end))


def _times(
    plan: Plan, route: Route, span: tuple[float, float], stops: list[float]
) -> tuple[float, float]:
    """Least and most seconds from span[0] to span[1] m of a route, which has `stops` at these m."""
    low, high = min(span), max(span)
    waits = sum(
        QUEUE * plan.signals[stop.signal].period
        for stop, line in zip(route.stops, stops, strict=True)
        if low - GAP < line < high + GAP
    )
    fastest, slowest = PACES[1], PACES[0] * CROWDED
    if isinstance(route, DriveRoute):
        fastest, slowest = route.speed * FASTEST, SLOWEST_DRIVE
    else:
        waits += sum(rest.most for rest in route.rests)
    quick, slow = (high - low) / fastest, (high - low) / slowest + waits
    return (quick, slow) if span[1] >= span[0] else (-slow, -quick)


def _stays(views: dict[str, Bool], paths: Paths, number: int) -> list[Stay]:
    """Where each camera sees a route, in order of its begin."""
    rows = slice(int(paths.offsets[number]), int(paths.offsets[number + 1]))
    stays: list[Stay] = []
    for camera, seen in views.items():
        at = np.flatnonzero(seen[rows]) * GRAIN
        if not len(at):
            continue
        cuts = np.flatnonzero(np.diff(at) > GAP)
        begins, ends = [at[0], *at[cuts + 1]], [*at[cuts], at[-1]]
        stays += [Stay(camera, float(a), float(b)) for a, b in zip(begins, ends, strict=True)]
    return sorted(stays, key=lambda stay: (stay.begin, stay.camera))


def _seen(plan: Plan, spec: CameraSpec, paths: Paths) -> Bool:
    """Which samples (Q,) of all paths are in view, large enough, and behind no still thing."""
    pinhole = hang_camera(spec)
    points = np.column_stack([paths.points, np.full(len(paths.points), KNEE)])
    seen = pinhole.to_camera(points)
    pixels = pinhole.to_image(seen)
    large = pinhole.intrinsics[0, 0] * EYE >= LEAST_SIDE * seen[:, 2]
    size = np.array([spec.width, spec.height])
    visible = large & (seen[:, 2] > 1.0) & ((pixels >= 0) & (pixels < size)).all(axis=1)
    for thing in occluders_of(plan, spec):
        rows = np.flatnonzero(visible)
        inside = _covers(thing.mask, pixels[rows] - (thing.x, thing.y))
        rows = rows[inside]
        place = Footprints(
            paths.points[rows], np.tile([1.0, 0.0], (len(rows), 1)), np.full((len(rows), 2), 0.2)
        )
        hides = who_hides(thing.footprint[[0] * len(rows)], place, pinhole.center[:2]) != BEHIND
        visible[rows[hides]] = False
    return np.asarray(visible)


def _covers(mask: np.ndarray, pixels: F64) -> Bool:
    height, width = mask.shape
    x, y = np.floor(pixels).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    return np.asarray(inside & (mask[y.clip(0, height - 1), x.clip(0, width - 1)] > 0))
