"""Which still things stand before whom: asked once for all who pass the same spot."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.sources.synthetic.backdrop import Occluder
from camweave.sources.synthetic.cameras import Pinhole
from camweave.sources.synthetic.footprints import BEHIND, Footprints, joined, who_hides
from camweave.sources.synthetic.plan import Block, Building, Plan
from camweave.sources.synthetic.recorded.flat import offsets_of

SPOT: Final = 0.5  # m: who stands nearer than this to another has the same things before them
TURN: Final = np.pi / 8  # rad: and is turned the same way within this


def without_facades(plan: Plan) -> Plan:
    """The plan with houses as plain blocks: they hide the same, and are painted at once."""
    things = tuple(
        Block(center=one.center, size=one.size, height=one.height, colour=one.colour)
        if isinstance(one, Building)
        else one
        for one in plan.things
    )
    return replace(plan, things=things)


def things_before(
    footprints: Footprints, box: F64, occluders: Sequence[Occluder], pinhole: Pinhole
) -> tuple[I64, I64]:
    """The still things that may hide each of R rows, flat: offsets (R + 1,), and their numbers.

    `box` (R, 4) px is where each one is in the image.
    """
    if not occluders or not len(box):
        return np.zeros(len(box) + 1, np.int64), np.empty(0, np.int64)
    first, spot = _spots(footprints)
    around = _around(box, spot, len(first))
    place, thing = _meetings(around, occluders)
    eye = pinhole.center[:2]
    things = joined(*(one.footprint for one in occluders))
    hides = who_hides(things[thing], footprints[first[place]], eye) != BEHIND
    place, thing = place[hides], thing[hides]
    begins = np.searchsorted(place, np.arange(len(first) + 1))
    count = np.diff(begins)[spot]
    offsets = offsets_of(count)
    rows = np.arange(offsets[-1]) + np.repeat(begins[:-1][spot] - offsets[:-1], count)
    return offsets, thing[rows].astype(np.int64)


def _spots(footprints: Footprints) -> tuple[I64, I64]:
    """A row at each spot (S,), and the spot of each row (R,)."""
    where = np.floor(footprints.center / SPOT).astype(np.int64)
    angle = np.arctan2(footprints.ahead[:, 1], footprints.ahead[:, 0])
    turn = np.floor(angle / TURN).astype(np.int64)
    long = np.floor(footprints.half[:, 0] * 4).astype(np.int64)
    columns = [where[:, 0], where[:, 1], turn, long]
    key = np.zeros(len(where), np.int64)
    for column in columns:
        low = int(column.min())
        key = key * (int(column.max()) - low + 1) + column - low
    _, first, spot = np.unique(key, return_index=True, return_inverse=True)
    return first.astype(np.int64), spot.astype(np.int64)


def _around(box: F64, spot: I64, spots: int) -> F64:
    """(S, 4) px around all boxes at each spot."""
    low, high = np.full((spots, 2), np.inf), np.full((spots, 2), -np.inf)
    np.minimum.at(low, spot, box[:, :2])
    np.maximum.at(high, spot, box[:, 2:])
    return np.concatenate([low, high], axis=1)


def _meetings(around: F64, occluders: Sequence[Occluder]) -> tuple[I64, I64]:
    """(spot, occluder) where some of the occluder's mask lies within the spot's boxes."""
    places, things = [], []
    for number, one in enumerate(occluders):
        left, top, right, bottom = one.box
        meets: Bool = (around[:, 0] < right) & (around[:, 2] > left)
        meets &= (around[:, 1] < bottom) & (around[:, 3] > top)
        rows = np.flatnonzero(meets)
        corner, size = np.array([left, top]), np.array([right - left, bottom - top])
        low = np.floor(around[rows, :2] - corner).clip(0, size).astype(np.int64)
        high = np.ceil(around[rows, 2:] - corner).clip(0, size).astype(np.int64)
        total = cv2.integral(one.mask)
        some = (
            total[high[:, 1], high[:, 0]] - total[low[:, 1], high[:, 0]]
            - total[high[:, 1], low[:, 0]] + total[low[:, 1], low[:, 0]]
        )  # fmt: skip
        rows = rows[some > 0]
        places.append(rows)
        things.append(np.full(len(rows), number))
    place, thing = np.concatenate(places), np.concatenate(things)
    order = np.argsort(place, kind="stable")
    return place[order].astype(np.int64), thing[order].astype(np.int64)
