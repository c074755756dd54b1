"""Nobody testifies for himself: what ways say of each pair, less what the pair itself told them.

Else one pair that looks alike gives itself a window, and on a small site all windows are such.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.linking.paths.learning import (
    BROAD,
    NEAR,
    PLACES,
    Ends,
    Ways,
    expected_of,
    share_alone,
    widths_of,
)
from camweave.linking.paths.pairs import Pairs
from camweave.linking.transit import CLIP, FINE, SECONDS, STEP, Transits, marks

LEAST: Final = 1e-3  # of what all told, so much is left at least: sums are not exact
TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What E pairs told the ways that they are now held against."""

    ends: Ends
    pairs: Pairs
    seen: F64  # (C, C, G) their weight in travel times, by the cameras left and entered, and gap
    telling: F64  # (E,) that weight
    weight: F64  # (E,) odds that it is one object


def without_own(transits: Transits, ways: Ways, told: Told) -> F64:
    """(E,) nats of each pair by travel time and places, as learned from all the others.

    Left out are the pair's own travel time, and whether its two found a partner. Ways parted by
    drawn zones keep it: there the drawing says more.
    """
    ends, pairs = told.ends, told.pairs
    a, b = ends.leaves[pairs.one], ends.enters[pairs.other]
    out, into = ends.leaving[pairs.one], ends.entering[pairs.other]
    said = transits.nats(a, b, pairs.gap, out, into)
    row = transits.edge[a, b]
    on = np.flatnonzero((row >= 0) & (row < len(ways.source)))
    said[on] += _times(transits, ways, told, on)
    unknown = transits.other - transits.ended[a, out] - transits.fresh[b, into]
    n = len(ends.leaves)
    gone, come = (
        np.bincount(side, told.weight, n).astype(np.float64) for side in (pairs.one, pairs.other)
    )
    less = _alone(ends.leaves, ends.leaving, gone, ends.places)[pairs.one]
    less += _alone(ends.enters, ends.entering, come, ends.places)[pairs.other]
    return np.asarray(np.clip(np.maximum(said, unknown) - less, -CLIP, CLIP))


def _times(transits: Transits, ways: Ways, told: Told, on: I64) -> F64:
    """(Q,) how the flow of pairs `on` (Q,) changes without them."""
    ends, pairs = told.ends, told.pairs[on]
    a, b = ends.leaves[pairs.one], ends.enters[pairs.other]
    row, mark = transits.edge[a, b], marks(pairs.gap)
    before, worth = expected_of(ways, ends)
    share = ways.passages[row, mark] / np.maximum(told.seen[a, b, mark], TINY)
    own = np.minimum(told.telling[on] * share, ways.total[row])
    rest = ways.total + before
    often = np.log(np.maximum(rest[row] - own, LEAST * rest[row] + TINY) / (rest[row] + TINY))
    leavers = (ends.exits[ways.source] + worth)[row]
    mass = ways.total + np.where(before > 0, worth, 0.0)  # of the density
    density = np.exp(transits.flow) * (np.abs(SECONDS) + FINE) * STEP
    there = density[row, mark] / density.sum(axis=1)[row] * mass[row]
    kept = np.log(np.maximum(1 - own * _peaks(ways)[row] / np.maximum(there, TINY), LEAST))
    scale = np.log(np.maximum(1 - own / np.maximum(mass[row], TINY), LEAST))
    return np.asarray(often - np.log(1 - 1 / leavers) + kept - scale)


def _peaks(ways: Ways) -> F64:
    """(K,) what a passage adds to its own mark of its way's density."""
    width = widths_of(ways.passages)
    wide = (1 - BROAD) / width + BROAD / np.maximum(NEAR, 2 * width)
    return np.asarray(STEP / np.sqrt(2 * np.pi) * wide)


def _alone(camera: I64, place: I64, found: F64, places: int) -> F64:
    """(N,) how the ln share of those without a partner, at its place, changes without a node."""
    left: F64 = np.clip(1.0 - found, 0.0, 1.0)
    many, total = np.bincount(camera)[camera], np.bincount(camera, left)[camera].astype(np.float64)
    all_, others = share_alone(total, many), share_alone(total - left, many - 1)
    known = place >= 0
    key = camera * places + np.maximum(place, 0)
    size = int(key.max(initial=0)) + 1
    here, at = (np.bincount(key[known], w, size)[key] for w in (left[known], None))
    was = np.where(known, (here + PLACES * all_) / (at + PLACES), all_)
    now = np.where(known, (here - left + PLACES * others) / (at - 1 + PLACES), others)
    return np.asarray(np.log(now / was))
