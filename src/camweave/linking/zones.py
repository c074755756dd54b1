"""Where objects enter a camera's view and leave it, learned from where tracklets begin and end.

M. Ester et al., "A density-based algorithm for discovering clusters", KDD 1996, over the foot
points; D. Makris and T. Ellis, "Automatic learning of an activity-based semantic scene model",
AVSS 2003, for the idea.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.spatial import ConvexHull

from camweave.core.arrays import F64, I64, Bool
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.topology import Point, Ways, Zone
from camweave.linking.possible import inside
from camweave.ops.ground import feet_of

MOST_ENDS: Final = 1000  # of a camera: more tell nothing new, and cost with the square
NOISE: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneParams:
    """Knobs of learning zones. Lengths count in the usual height of the boxes there."""

    near: float = 0.6  # heights: two ends this near are neighbours
    share: float = 0.04  # of a camera's ends that an end needs as neighbours to be in a zone,
    least: int = 5  # and at least so many
    longest: float = 5.0  # heights: a longer zone is cut in two
    margin: float = 0.3  # heights around the outermost ends
    same: float = 0.5  # share of the ends of an entry that lie in an exit, to make one of the two
    most: int = 8  # zones of a camera, for each way

    def __post_init__(self) -> None:
        for name in ("near", "share", "longest", "margin", "same"):
            value = getattr(self, name)
            if not 0 < value < np.inf:
                raise InputError(f"zones: {name}: expected more than 0, got {value}")
        if self.least < 1 or self.most < 1:
            raise InputError("zones: least and most: expected 1 or more")


def learn_zones(sightings: Sightings, params: ZoneParams | None = None) -> tuple[Zone, ...]:
    """The zones of every camera, in order of camera, named by what they are: `in1`, `out1`, `way1`.

    The largest comes first. An end that lies by itself, as where a tracklet broke, is in none.
    """
    p = params or ZoneParams()
    return tuple(
        zone
        for c, camera in enumerate(sightings.cameras)
        for zone in _of_camera(camera, sightings, np.flatnonzero(sightings.camera == c), p)
    )


def zones_at(sightings: Sightings, zones: tuple[Zone, ...], end: Literal["entry", "exit"]) -> I64:
    """(N,) the first of `zones` in which each tracklet began (`entry`) or ended; -1: in none."""
    found = np.full(len(sightings), NOISE)
    boxes = sightings.entry if end == "entry" else sightings.exit
    for at, zone in reversed(tuple(enumerate(zones))):
        if zone.ways in {end, "both"} and zone.camera in sightings.cameras:
            rows = np.flatnonzero(sightings.camera == sightings.cameras.index(zone.camera))
            found[rows[inside(zone, boxes[rows])]] = at
    return found


def _of_camera(camera: CameraId, sightings: Sightings, rows: I64, p: ZoneParams) -> list[Zone]:
    rows = rows[:: 1 + len(rows) // MOST_ENDS]
    boxes = np.concatenate([sightings.entry[rows], sightings.exit[rows]])
    unit = max(float(np.median(boxes[:, 3] - boxes[:, 1])), 1.0) if len(rows) else 1.0
    ins = _dense(feet_of(sightings.entry[rows]), unit, p)
    outs = _dense(feet_of(sightings.exit[rows]), unit, p)
    both, ins, outs = _paired(ins, outs, unit, p)
    found: tuple[tuple[str, Ways, list[F64]], ...] = (
        ("way", "both", both),
        ("in", "entry", ins),
        ("out", "exit", outs),
    )
    return [
        Zone(
            camera=camera,
            name=f"{name}{number}",
            outline=_outline(ends, p.margin * unit),
            ways=ways,
            origin="learned",
            samples=len(ends),
        )
        for name, ways, groups in found
        for number, ends in enumerate(groups, 1)
    ]


def _dense(feet: F64, unit: float, p: ZoneParams) -> list[F64]:
    """The foot points (E, 2) of each dense group, the largest first."""
    x, y = feet.T
    near = np.square(x[:, None] - x) + np.square(y[:, None] - y) <= (p.near * unit) ** 2
    dense = near.sum(axis=1) - 1 >= max(p.least, p.share * len(feet))
    groups = [feet[group] for group in _groups(near & dense, dense)]
    short = [part for ends in groups for part in _cut(ends, p.longest * unit)]
    return sorted(short, key=lambda ends: (-len(ends), *ends[0]))[: p.most]


def _groups(near: Bool, among: Bool) -> Iterator[Bool]:
    """(E,) who is in each group of `among` (E,) that hangs together by `near` (E, E)."""
    left = among.copy()
    while left.any():
        group = np.zeros_like(left)
        edge = np.arange(len(left)) == left.argmax()
        while edge.any():
            group |= edge
            edge = near[edge].any(axis=0) & ~group
        left &= ~group
        yield group


def _cut(ends: F64, longest: float) -> list[F64]:
    """The same, halved across its length until no part is longer."""
    middle = ends.mean(axis=0)
    axis = np.linalg.svd(ends - middle, full_matrices=False)[2][0]
    along = (ends - middle) @ axis
    if np.ptp(along) <= longest:
        return [ends]
    half = along > (along.min() + along.max()) / 2
    return _cut(ends[~half], longest) + _cut(ends[half], longest)


def _paired(
    ins: list[F64], outs: list[F64], unit: float, p: ZoneParams
) -> tuple[list[F64], list[F64], list[F64]]:
    """Entries and exits at the same place as one zone of both ways; then those that are left."""
    ways, left, free = [], [], list(range(len(outs)))
    for ends in ins:
        shares = [(_within(ends, outs[at], p.margin * unit), -at) for at in free]
        share, at = max(shares, default=(0.0, 0))
        if share >= p.same:
            free.remove(-at)
            ways.append(np.concatenate([ends, outs[-at]]))
        else:
            left.append(ends)
    return ways, left, [outs[at] for at in free]


def _within(ends: F64, others: F64, margin: float) -> float:
    """The share of `ends` that lie in the outline of `others`."""
    zone = Zone(camera=CameraId(""), name="", outline=_outline(others, margin))
    return float(inside(zone, np.column_stack([ends, ends]).astype(np.float32)).mean())


def _outline(ends: F64, margin: float) -> tuple[Point, ...]:
    """The hull of squares around the ends: a margin on all sides, and never flat."""
    corners = margin * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    around = (ends[:, None] + corners).reshape(-1, 2)
    hull = around[ConvexHull(around).vertices]
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in hull)
