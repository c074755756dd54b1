"""Views that overlap, laid over each other by who is seen in both, where no ground is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.tracks import Tracklets
from camweave.linking.ground import BODY, thinned
from camweave.linking.paths.stepping import Steps, at_once
from camweave.linking.paths.together import Groups
from camweave.linking.views import INSTANTS, FeetPairs, ViewPair, cut_off, fit_known_pairs
from camweave.ops.ground import feet_of, inverse

RATE: Final = 5.0  # feet a second that are kept
ENOUGH: Final = 100  # pairs that two views are laid together by: more tell nothing new
ASTRAY: Final = 2.0  # m that two views put one object apart, from which on a map is wrong
PARTS: Final = 100_000  # pairs at once


@dataclass(frozen=True, slots=True, eq=False)
class Feet:
    """Where N tracklets stood in their camera's image, flat, each tracklet's in order of time."""

    offsets: I64  # (N + 1,)
    time: F64  # (P,) s
    xy: F64  # (P, 2) px
    height: F64  # (P,) px, of the box

    def span(self, rows: I64) -> tuple[F64, F64]:
        """(Q,) s: first and last foot of rows (Q,); of one without feet, inf and -inf."""
        first, stop = self.offsets[rows], self.offsets[rows + 1]
        some, time = stop > first, np.append(self.time, 0.0)
        return np.where(some, time[first], np.inf), np.where(some, time[stop - 1], -np.inf)

    def at(self, rows: I64, moments: F64) -> tuple[F64, F64]:
        """(Q, K, 2) px and (Q, K) heights of rows (Q,) at moments (Q, K) within their spans."""
        owner = np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))
        start = self.time.min(initial=0.0)
        length = self.time.max(initial=start) - start + 1.0
        if not len(owner):
            return np.zeros((*moments.shape, 2)), np.ones(moments.shape)
        known = owner * length + self.time - start
        asked = (rows[:, None] * length + moments - start).ravel()
        x, y, height = (
            np.interp(asked, known, each).reshape(moments.shape)
            for each in (self.xy[:, 0], self.xy[:, 1], self.height)
        )
        return np.stack([x, y], axis=2), np.maximum(height, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """How views lie to each other, and who stood where in them."""

    camera: I64  # (N,) of each tracklet
    feet: Feet
    views: Mapping[tuple[int, int], ViewPair]  # by cameras, the lower first
    apart: F64  # (C, C) m: how far maps put one object apart, before

    def distances(self, one: I64, other: I64) -> F64:
        """(Q,) m apart at the same time, median, people being 1.7 m high; NaN: not known."""
        out = np.full(len(one), np.nan)
        swap = self.camera[one] > self.camera[other]
        low, high = np.where(swap, other, one), np.where(swap, one, other)
        for (a, b), view in self.views.items():
            mine = np.flatnonzero((self.camera[low] == a) & (self.camera[high] == b))
            for part in np.array_split(mine, len(mine) // PARTS + 1):
                kept, pairs = meet(self.feet, low[part], high[part], view.offset)
                back = pairs.turned.error(inverse(view.homography))
                out[part[kept]] = BODY * np.maximum(pairs.error(view.homography), back)
        return out


def lay_views(sightings: Sightings, tracklets: Sequence[Tracklets], groups: Groups) -> Laid | None:
    """Lay views over each other that lack a ground, or whose ground is wrong, by who was in both.

    Args:
        sightings: all tracklets, summed up.
        tracklets: the same, box by box.
        groups: who was seen by several cameras at once, mostly.
    """
    seen = {each.camera for each in tracklets}
    if not _lacking(sightings, groups).any() or not seen >= set(sightings.cameras):
        return None
    return at_once(laying(sightings, feet_in(sightings, tracklets), groups))


def laying(
    sightings: Sightings, feet: Feet, groups: Groups, known: Bool | None = None
) -> Steps[Laid | None]:
    """The same by where all stood, two views in a step; those `known` (C, C) are left out."""
    lacking, found = _lacking(sightings, groups), {}
    if known is not None:
        lacking &= ~known
    for a, b in np.argwhere(np.triu(lacking)).tolist():
        yield
        low, high = _joined(sightings, groups, a, b)
        pairs_at = partial(_feet_of, feet, low, high)
        view = fit_known_pairs(pairs_at, float(sightings.size[a].prod()))
        if view is not None:
            found[a, b] = view
    return Laid(sightings.camera, feet, found, groups.apart) if found else None


def notes_on_views(
    groups: Groups, laid: Laid | None, cameras: Sequence[CameraId]
) -> tuple[str, ...]:
    """Which maps are wrong, and which views were laid over each other instead: a sentence each."""
    apart = groups.apart if laid is None else laid.apart
    known = np.isfinite(apart)
    nearest = np.where(known, apart, np.inf).min(axis=1, initial=np.inf)
    wrong = np.flatnonzero(known.any(axis=1) & (nearest > ASTRAY))
    notes = [
        f"camera {cameras[c]}: its places lie {nearest[c]:.1f} m from where other views see the "
        "same objects, so they count for little. Check its homography and its clock"
        for c in wrong.tolist()
    ]
    if laid is not None:
        errors = [view.error for view in laid.views.values()]
        late = max(abs(view.offset) for view in laid.views.values())
        notes.append(
            f"{len(errors)} pairs of views were laid over each other by who is seen in both, to "
            f"{min(errors):.2f} to {max(errors):.2f} of a box's height; clocks are {late:.1f} s "
            "apart at most"
        )
    return tuple(notes)


def _lacking(sightings: Sightings, groups: Groups) -> Bool:
    """(C, C) views that overlap and have no common ground, or one that is wrong."""
    some = np.diff(sightings.paths.offsets) > 0
    placed = np.bincount(sightings.camera[some], minlength=len(sightings.cameras)) > 0
    return groups.together & (~(placed[:, None] & placed) | (groups.apart > ASTRAY))


def _joined(sightings: Sightings, groups: Groups, a: int, b: int) -> tuple[I64, I64]:
    """Rows of two cameras that met and were found to be one, ENOUGH of them."""
    one, other = groups.meetings.one, groups.meetings.other
    swap = sightings.camera[one] > sightings.camera[other]
    low, high = np.where(swap, other, one), np.where(swap, one, other)
    mine = groups.label[one] == groups.label[other]
    mine &= (sightings.camera[low] == a) & (sightings.camera[high] == b)
    rows = np.flatnonzero(mine)
    some = rows[:: 1 + len(rows) // ENOUGH]
    return low[some], high[some]


def feet_in(sightings: Sightings, tracklets: Sequence[Tracklets]) -> Feet:
    """The feet of all rows, those left out that the image's edge cuts off."""
    by_camera: dict[CameraId, Tracklets] = {each.camera: each for each in tracklets}
    parts = []
    for at, name in enumerate(sightings.cameras):
        rows = np.flatnonzero(sightings.camera == at)
        each = by_camera[name]
        row_of = np.full(len(each), -1)
        row_of[np.searchsorted(each.tracklet_id, sightings.tracklet_id[rows])] = rows
        owner = np.repeat(row_of, np.diff(each.offsets))
        whole = (owner >= 0) & ~cut_off(each.xyxy, (each.width, each.height))
        box = each.xyxy[whole].astype(np.float64)
        columns = [owner[whole], each.time[whole], feet_of(each.xyxy[whole]), box[:, 3] - box[:, 1]]
        parts.append(np.column_stack(columns))
    flat = np.concatenate(parts)
    owner, even = flat[:, 0].astype(np.int64), np.ones(len(flat))
    places, heights = (
        thinned(owner, flat[:, 1], each, even, count=len(sightings), rate=RATE)
        for each in (flat[:, 2:4], flat[:, [4, 4]])
    )
    return Feet(places.offsets, places.time, places.xy, heights.xy[:, 0].copy())


def meet(feet: Feet, one: I64, other: I64, offset: float) -> tuple[I64, FeetPairs]:
    """Which of the pairs (Q,) share some time, and their feet at the same moments."""
    (begin, end), (since, until) = feet.span(one), feet.span(other)
    late, early = np.maximum(begin, since + offset), np.minimum(end, until + offset)
    keep = np.flatnonzero(early - late > 1 / RATE)
    late, early = late[keep, None], early[keep, None]
    moments = late + (early - late) * np.linspace(0, 1, INSTANTS)
    mine, tall = feet.at(one[keep], moments)
    theirs, height = feet.at(other[keep], moments - offset)
    who = np.stack([one[keep], other[keep]], axis=1)
    middle = np.median(tall, axis=1), np.median(height, axis=1)
    return keep, FeetPairs(who, mine, theirs, *middle)


def _feet_of(feet: Feet, one: I64, other: I64, offset: float) -> FeetPairs:
    return meet(feet, one, other, offset)[1]
