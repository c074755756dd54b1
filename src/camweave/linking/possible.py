"""Which tracklets can be one object, by the laws of time, topology and zones alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, TypeAlias

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition, Zone
from camweave.formats.topology_entries import edge_name
from camweave.linking.params import LinkParams
from camweave.linking.possible_steps import (
    ANSWER,
    ANYWHERE,
    FIND_WINDOWS,
    SPAN,
    WINDOW,
    Rules,
    answer,
    find_windows,
)
from camweave.ops.compiled import make_ready

SKEW: Final = 2.0  # s two cameras' clocks may be apart before "at the same time" means anything
MOST_ZONES: Final = 62  # of one camera: each is a bit of a 64-bit number


End: TypeAlias = Literal["exit", "entry"]
Passage: TypeAlias = tuple[str, tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Who of N tracklets can be one, and who can follow whom; ask it as often as you like.

    Two tracklets of one camera can be one where they take turns: sharing no instant, or at most
    `most_overlap` s at the seam. One that ends within the other's life was seen beside it.

    Two of different cameras can be one where the later comes no sooner than by the quickest way
    over the topology's transitions, whatever cameras lie between; there is no latest, for it may
    have stayed in between. It *follows* where it comes within a window, through its zones. Where
    a window begins below 0 s the views overlap: there the later one may have been in view for
    long, and need only be seen at `least` or later (the specification's own test).

    With a topology whose windows are no walls, only being seen by two cameras at once, for more
    than `SKEW` s and without views that overlap, is impossible. Without transitions anything is
    possible between cameras.
    """

    rules: Rules
    passages: tuple[Passage, ...]  # of each window: its edge, with zones, and its least and most s

    def at(self, rows: I64) -> "Reach":
        """The same for these rows only (R,), in this order."""
        spans = self.rules.spans[rows]
        spans.setflags(write=False)
        return Reach(self.rules._replace(spans=spans), self.passages)

    @property
    def far(self) -> float:
        """From how many s apart on any two of these can be one; infinite: some never can."""
        cameras, soonest = np.unique(self.rules.spans["camera"]), self.rules.soonest
        between = soonest[np.ix_(cameras, cameras)][~np.eye(len(cameras), dtype=np.bool_)]
        return float(np.clip(between, 0, None).max(initial=0.0)) + 1e-3

    def possible(self, one: I64, other: I64) -> Bool:
        """(Q,) whether rows `one` (Q,) and `other` (Q,) can be one object."""
        return self._ask(one, other, directly=False)

    def follows(self, one: I64, other: I64) -> Bool:
        """(Q,) whether either of two rows can follow the other with no camera in between."""
        return self._ask(one, other, directly=True)

    def windows_of(self, one: I64, other: I64) -> I64:
        """(Q,) the window in which one of two rows comes after the other; -1: none."""
        make_ready(find_windows, FIND_WINDOWS)
        a, b = (np.ascontiguousarray(rows, np.int64) for rows in (one, other))
        return find_windows(self.rules, a, b)

    def _ask(self, one: I64, other: I64, *, directly: bool) -> Bool:
        make_ready(answer, ANSWER)
        a, b = (np.ascontiguousarray(rows, np.int64) for rows in (one, other))
        return answer(self.rules, a, b, directly)


def possible(  # noqa: PLR0917 - a pair of columns is one argument
    sightings: Sightings, topology: Topology | None, one: I64, other: I64, params: LinkParams
) -> Bool:
    """(Q,) whether rows `one` (Q,) and `other` (Q,) can be one object; see `Reach`.

    Raises:
        InputError: a camera is missing from the topology, or a zone is not among its zones.
    """
    return reach_of(sightings, topology, params).possible(one, other)


def reach_of(
    sightings: Sightings,
    topology: Topology | None,
    params: LinkParams,
    *,
    walls: bool | None = None,
) -> Reach:
    """What the topology, its zones and the clock allow.

    Args:
        sightings: the tracklets to be asked about.
        topology: who can follow whom; None, or one without transitions: anybody.
        params: `most_overlap`, and `strict`.
        walls: whether windows are walls; None: as `strict` says, here or in the topology.

    Raises:
        InputError: a camera is missing from the topology, or a zone is not among its zones.
    """
    known = topology if topology is not None else Topology(cameras=sightings.cameras)
    check_cameras(sightings, known)
    if walls is None:
        walls = known.strict or params.strict
    bits = zone_bits(known.zones)
    windows, first, passages = _windows(sightings.cameras, known, bits)
    meet, soonest = _times(sightings.cameras, known, walls=walls)
    spans = _spans(sightings, known.zones)
    for part in (spans, windows, first, soonest, meet):
        part.setflags(write=False)
    has_walls = walls and bool(known.transitions)
    rules = Rules(spans, windows, first, soonest, meet, has_walls, params.most_overlap)
    return Reach(rules, passages)


def check_cameras(sightings: Sightings, topology: Topology) -> None:
    """Refuse tracklets of a camera that a topology with transitions does not know.

    A camera of the topology without tracklets is one that saw nobody.

    Raises:
        InputError: there is such a camera.
    """
    missing = sorted(set(sightings.cameras) - set(topology.cameras))
    if topology.transitions and missing:
        raise InputError(
            f"topology: camera {missing[0]!r} has tracklets and is not in it; "
            f"there are {', '.join(topology.cameras) or 'none'}"
        )


def zone_bits(zones: Iterable[Zone]) -> dict[tuple[CameraId, str], int]:
    """The bit of every zone within its camera's number.

    Raises:
        InputError: a camera has more zones than a number has bits.
    """
    names: dict[CameraId, list[str]] = {}
    for zone in zones:
        names.setdefault(zone.camera, []).append(zone.name)
    for camera, of_camera in names.items():
        if len(of_camera) > MOST_ZONES:
            raise InputError(f"topology: camera {camera!r} has more than {MOST_ZONES} zones")
    return {(c, name): 1 << z for c, zones in names.items() for z, name in enumerate(zones)}


def zone_sets(sightings: Sightings, zones: Sequence[Zone], end: End) -> I64:
    """(N,) the zones in which each tracklet began (`entry`) or ended, by their `zone_bits`."""
    found = np.zeros(len(sightings), np.int64)
    boxes = sightings.entry if end == "entry" else sightings.exit
    bits = zone_bits(zones)
    for zone in zones:
        if zone.ways in {end, "both"} and zone.camera in sightings.cameras:
            rows = np.flatnonzero(sightings.camera == sightings.cameras.index(zone.camera))
            found[rows] |= bits[zone.camera, zone.name] * inside(zone, boxes[rows])
    return found


def _windows(
    cameras: tuple[CameraId, ...], topology: Topology, bits: dict[tuple[CameraId, str], int]
) -> tuple[np.ndarray, I64, tuple[Passage, ...]]:
    """The windows between these cameras by pair of cameras, where each pair's begin, and names."""
    c = len(cameras)
    rows = sorted(
        (s * c + t, float(each.least), float(each.most), *zones_of(each, bits), edge_name(each))
        for each, s, t in _between(cameras, topology.transitions)
    )
    windows = np.array([row[1:5] for row in rows], WINDOW)
    first = np.searchsorted([row[0] for row in rows], np.arange(c * c + 1))
    passages = tuple((row[5], row[1:3]) for row in rows)
    return windows, first.astype(np.int64), passages


def _between(
    cameras: tuple[CameraId, ...], transitions: Iterable[Transition]
) -> Iterable[tuple[Transition, int, int]]:
    """Transitions between two different of these cameras, and which those are."""
    at = {camera: number for number, camera in enumerate(cameras)}
    for each in transitions:
        if each.source in at and each.target in at and each.source != each.target:
            yield each, at[each.source], at[each.target]


def zones_of(each: Transition, bits: dict[tuple[CameraId, str], int]) -> tuple[int, int]:
    """The bits of the zones to leave and to come through; ANYWHERE where it names none.

    Raises:
        InputError: there is no such zone.
    """
    ends = ((each.source, each.exit_zone), (each.target, each.entry_zone))
    for camera, name in ends:
        if name is not None and (camera, name) not in bits:
            raise InputError(
                f"transition {each.source} -> {each.target}: camera {camera!r} has no zone "
                f"{name!r}; draw it, or leave the zone out"
            )
    out, into = (ANYWHERE if name is None else bits[camera, name] for camera, name in ends)
    return out, into


def _times(cameras: tuple[CameraId, ...], topology: Topology, *, walls: bool) -> tuple[Bool, F64]:
    """(C, C) which views overlap, and the least s from the end in one to the begin in another."""
    c = len(cameras)
    if not topology.transitions:
        return np.zeros((c, c), np.bool_), np.full((c, c), -np.inf)
    least = np.full((len(topology.cameras),) * 2, np.inf)
    for each, s, t in _between(topology.cameras, topology.transitions):
        least[s, t] = min(least[s, t], each.least)
    at = [topology.cameras.index(camera) for camera in cameras]
    if walls:
        quickest = np.minimum(least, _by_way_of_others(least))[np.ix_(at, at)]
        return quickest < 0, np.ascontiguousarray(quickest)
    on_ground = np.array([camera in topology.homographies for camera in cameras], np.bool_)
    meet = (least < 0)[np.ix_(at, at)]
    meet = meet | meet.T | (on_ground[:, None] & on_ground)
    return np.zeros((c, c), np.bool_), np.where(meet, -np.inf, -SKEW)


def _by_way_of_others(least: F64) -> F64:
    """Floyd and Warshall's quickest ways; in a view that overlaps the next one, time stands still.

    An object can stay in each camera between for as long or as short as it likes.
    """
    ways = np.maximum(least, 0)
    for between in range(len(ways)):
        np.minimum(ways, ways[:, between, None] + ways[None, between], out=ways)
    return np.asarray(ways)


def _spans(sightings: Sightings, zones: Sequence[Zone]) -> np.ndarray:
    spans = np.zeros(len(sightings), SPAN)
    spans["camera"], spans["begin"] = sightings.camera, sightings.begin
    spans["end"] = sightings.end
    spans["exits"] = zone_sets(sightings, zones, "exit")
    spans["entries"] = zone_sets(sightings, zones, "entry")
    return spans


def inside(zone: Zone, xyxy: F32) -> Bool:
    """(N,) which boxes (N, 4) px stand in the zone with their foot point, by counting crossings."""
    x, y = (xyxy[:, 0] + xyxy[:, 2]) / 2, xyxy[:, 3]
    odd = np.zeros(len(xyxy), np.bool_)
    for (x0, y0), (x1, y1) in pairwise((zone.outline[-1], *zone.outline)):
        if y0 != y1:
            odd ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return odd
