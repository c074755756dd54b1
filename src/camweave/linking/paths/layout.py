"""What a drawn topology expects of the ways between cameras, before anything was seen."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.frame import CameraId
from camweave.core.topology import Topology, Transition
from camweave.linking.places import Places
from camweave.linking.possible import zone_bits, zones_of
from camweave.linking.possible_steps import ANYWHERE
from camweave.linking.transit import BINS, SECONDS

SOFT: Final = 0.1  # of a window's length that an edge of it is blurred by
SOFTEST: Final = 1.0  # s, at least
DELAY: Final = 60.0  # s, in which what is expected of a way past a camera falls to 1/e


@dataclass(frozen=True, slots=True, eq=False)
class ZonedWay:
    """W windows of a way of which some hold only for who leaves, or comes, through a zone."""

    source: int
    target: int
    shape: F64  # (W, G) what share of those in the window is expected at each gap
    exits: Bool  # (W, Z + 1) by which places one can leave; last: nobody knows by which
    entries: Bool  # (W, Z + 1) by which places one can come


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Drawn windows between C cameras."""

    drawn: Bool  # (C, C)
    least: F64  # (C, C) s; the least of several windows
    most: F64  # (C, C) s
    shape: F64  # (C, C, G) what share of passages is expected at each gap
    strict: bool
    past: Bool  # (C, C) ways past a camera between two drawn ones: it may have missed somebody
    zoned: tuple[ZonedWay, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.drawn.any())


def layout_of(
    cameras: tuple[CameraId, ...],
    topology: Topology | None,
    *,
    strict: bool,
    places: Places | None = None,
) -> Layout:
    """The layout of these cameras; nothing is drawn where there is no topology.

    By zones only where `places`, which were found with that topology, are given.

    Raises:
        InputError: a transition names a zone that is not there.
    """
    c = len(cameras)
    drawn = np.zeros((c, c), np.bool_)
    least, most = np.full((c, c), np.inf), np.full((c, c), -np.inf)
    shape = np.zeros((c, c, BINS))
    ways = _ways(cameras, topology) if topology else {}
    for (a, b), windows in ways.items():
        drawn[a, b] = True
        least[a, b] = min(each.least for each in windows)
        most[a, b] = max(each.most for each in windows)
        for each in windows:
            shape[a, b] += expected(each.least, each.most, strict=strict)
    shape /= np.maximum(shape.sum(axis=2, keepdims=True), 1e-12)
    walls = (strict or bool(topology and topology.strict)) and bool(drawn.any())
    zoned = tuple(
        _zoned(way, windows, places, strict=strict)
        for way, windows in ways.items()
        if places and any(each.exit_zone or each.entry_zone for each in windows)
    )
    legs = drawn.copy()
    for zones in zoned:
        legs[zones.source, zones.target] = False
    beyond = np.zeros_like(shape) if walls else _past(legs, drawn, least, most)
    past = np.asarray(beyond.any(axis=2))
    return Layout(drawn, least, most, shape + beyond, walls, past, zoned)


def _past(legs: Bool, drawn: Bool, least: F64, most: F64) -> F64:
    """(C, C, G) what share is expected at each gap, of those who take two `legs` (C, C) unseen."""
    shape = np.zeros((*drawn.shape, BINS))
    for a, b, c in np.argwhere(legs[:, :, None] & legs[None]).tolist():
        if a != c and not drawn[a, c]:
            soonest = least[a, b] + least[b, c]
            late = np.exp(-np.maximum(SECONDS - soonest, 0.0) / DELAY)
            shape[a, c] += late * expected(soonest, most[a, b] + most[b, c], strict=False)
    return np.asarray(shape / np.maximum(shape.sum(axis=2, keepdims=True), 1e-12))


def _ways(
    cameras: tuple[CameraId, ...], topology: Topology
) -> dict[tuple[int, int], list[Transition]]:
    """The windows between each two cameras, in an order of their own."""
    at = {camera: number for number, camera in enumerate(cameras)}
    found: dict[tuple[int, int], list[Transition]] = {}
    for each in sorted(topology.transitions, key=lambda each: (each.least, each.most, str(each))):
        if each.source in at and each.target in at:
            found.setdefault((at[each.source], at[each.target]), []).append(each)
    return found


def _zoned(
    way: tuple[int, int], windows: list[Transition], places: Places, *, strict: bool
) -> ZonedWay:
    """Which windows of a way hold for which places."""
    bits = zone_bits(places.zones)
    through = np.array([zones_of(each, bits) for each in windows])
    sets = places.exits.zones[way[0]], places.entries.zones[way[1]]
    exits, entries = (_open(through[:, side], sets[side], places.count) for side in range(2))
    shape = np.array([expected(each.least, each.most, strict=strict) for each in windows])
    return ZonedWay(*way, shape, exits, entries)


def _open(zone: I64, sets: I64, count: int) -> Bool:
    """(W, Z + 1) whether one is in the zone (W,) at each place, which is in `sets` of them."""
    inside = np.ones((len(zone), count + 1), np.bool_)
    inside[:, : len(sets)] = (zone[:, None] == ANYWHERE) | ((zone[:, None] & sets) != 0)
    return inside


def expected(least: float, most: float, *, strict: bool) -> F64:
    """(G,) share of passages at each gap: level within the window, its edges blurred."""
    length = np.gradient(SECONDS)
    if strict:
        inside = ((least - length / 2 <= SECONDS) & (most + length / 2 >= SECONDS)) * length
    else:
        blur = max(SOFT * (most - least), SOFTEST)
        inside = length / (1 + np.exp(np.clip((least - SECONDS) / blur, -60, 60)))
        inside /= 1 + np.exp(np.clip((SECONDS - most) / blur, -60, 60))
    share: F64 = inside / max(inside.sum(), 1e-12)
    return share
