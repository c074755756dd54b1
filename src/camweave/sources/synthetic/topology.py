"""Who can follow whom: travel times between cameras, from where routes enter and leave views."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil, floor

from camweave.core.frame import CameraId
from camweave.core.topology import Topology, Transition
from camweave.sources.synthetic.cameras import hang_camera
from camweave.sources.synthetic.paths import lay_paths
from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.sight import GAPS, Stay, glance, rides_of, stays_of
from camweave.sources.synthetic.travel import Travel, travel_of
from camweave.sources.synthetic.zones import draw_zones

Window = tuple[float, float]  # s, least and most
SLACK = 0.4  # s: between two frames one is seen by neither
HIDDEN = 12.0  # m at the begin or the end of a view in which others may hide somebody
GLIMPSE = 6.0  # m: a view this short may be missed, when others stand before it


def transitions(scenario: Scenario) -> dict[tuple[str, str], Window]:
    """For each (from, to) the least and most seconds from leaving one view to entering the next.

    Computed from the routes, so they hold for every seed: from the fastest, without a stop, to the
    slowest, with all stops. Below 0 where one is in the next view before it has left the first.
    Only from one view straight to the next; `returns` has those of one camera to itself.
    """
    found = _windows(stays_in(scenario))
    return {pair: window for pair, window in found.items() if pair[0] != pair[1]}


def returns(scenario: Scenario) -> dict[str, Window]:
    """For each camera that some see twice in a row, the least and most seconds out of its view.

    Only where still things or the way itself take them out of view, not where others hide them.
    """
    found = _windows(stays_in(scenario))
    return {one: window for (one, other), window in found.items() if one == other}


def topology_of(scenario: Scenario) -> Topology:
    """What a person who knows the site would draw: windows, zones, and where the ground is."""
    rides = stays_in(scenario)
    windows = _windows(rides)
    return Topology(
        cameras=tuple(CameraId(spec.name) for spec in scenario.cameras),
        transitions=tuple(
            Transition(source=CameraId(one), target=CameraId(other), least=least, most=most)
            for (one, other), (least, most) in windows.items()
            if one != other
        ),
        zones=draw_zones(scenario.cameras, [stay for _, stays in rides for stay in stays]),
        homographies={
            CameraId(spec.name): hang_camera(spec).homography for spec in scenario.cameras
        },
    )


@lru_cache(maxsize=4)
def stays_in(scenario: Scenario) -> tuple[tuple[Travel, list[Stay]], ...]:
    """For everybody who may take each route: its times, and where which cameras see them."""
    plan = scenario.plan
    paths = lay_paths([(route.points, route.radius) for route in plan.routes])
    rides, travels = rides_of(plan, paths), travel_of(plan, paths)
    seen = {spec.name: glance(plan, spec, rides) for spec in scenario.cameras}
    return tuple(
        (travels[route], stays_of(rides, seen, ride, gap))
        for ride, route in enumerate(rides.route.tolist())
        for gap in GAPS
    )


def _windows(rides: Sequence[tuple[Travel, list[Stay]]]) -> dict[tuple[str, str], Window]:
    out: dict[tuple[str, str], Window] = {}
    for travel, stays in rides:
        for one, other in _followers(stays):
            least = travel.between(one.end[1], other.begin[0])[0] - SLACK
            gone = max(one.begin[0], one.end[0] - HIDDEN)
            back = min(other.end[1], other.begin[1] + HIDDEN)
            most = travel.between(gone, back)[1] + SLACK
            known = out.get((one.camera, other.camera), (least, most))
            out[one.camera, other.camera] = (min(known[0], least), max(known[1], most))
    return {
        pair: (floor(least * 10) / 10, ceil(most * 10) / 10)
        for pair, (least, most) in sorted(out.items())
    }


def _followers(stays: list[Stay]) -> Iterator[tuple[Stay, Stay]]:
    """Each stay with all that overlap it, and with whichever may be the next after its end."""
    for one in stays:
        bound = float("inf")
        for other in stays:
            if other is one or other.begin[1] < one.begin[0]:
                continue
            if other.begin[0] >= bound:
                break
            yield one, other
            long = other.sure and other.end[0] - other.begin[1] > GLIMPSE
            if long and other.begin[0] >= one.end[1]:
                bound = min(bound, other.end[1])
