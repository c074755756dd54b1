"""Evidence, in nats, for two rows of tracklets being one object."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.linking.live.calibration import Calibration
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.grounding import apart_on_ground

Part: TypeAlias = Sequence[int]
"""Slots of tracklets, in order of begin."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Compares parts of tracklets by what is known of a site."""

    gallery: Gallery
    known: Calibration

    def nats(self, pairs: Sequence[tuple[Part, Part]]) -> F64:
        """(Q,) for the two parts of each pair being one: by looks, and by time and place.

        Of several passages between them the mean counts: one odd one parts no long rows. A part
        without tracklets has no claim: 0.
        """
        if not pairs:
            return np.empty(0)
        steps = [_passages(self.gallery, one, other) for one, other in pairs]
        pair = np.repeat(np.arange(len(pairs)), [len(own) for own in steps])
        rows = np.concatenate(steps)
        told = np.bincount(pair, self._told(rows[:, 0], rows[:, 1]), len(pairs))
        number = np.bincount(pair, minlength=len(pairs))
        return np.asarray(self._looks(pairs) + told / np.maximum(number, 1))

    def _looks(self, pairs: Sequence[tuple[Part, Part]]) -> F64:
        """(Q,) nats by mean embeddings; 0 where one is unknown."""
        like, size = np.zeros(len(pairs)), np.zeros(len(pairs))
        for q, parts in enumerate(pairs):
            rows = (np.array(own, np.int64) for own in parts)
            (one, count), (other, counted) = map(self.gallery.summed, rows)
            like[q], size[q] = one @ other, count * counted
        told = self.known.curve.nats(like, np.log(np.maximum(size, 1)))
        return np.where(size > 0, told, 0.0)

    def _told(self, one: I64, other: I64) -> F64:
        """(P,) nats by time and place for slots `other` (P,) to follow slots `one` (P,)."""
        g, known = self.gallery, self.known
        rows, slots = g.sightings(np.unique(np.concatenate([one, other])))
        order = np.argsort(slots)
        left, entered = (order[np.searchsorted(slots, at, sorter=order)] for at in (one, other))
        told = known.passage(rows, left, entered)
        if known.abreast is not None:
            there = known.abreast.of_two(g, one, other)
            told = np.where(np.isnan(there), told, there)
        couples = zip(one.tolist(), other.tolist(), strict=True)
        ground = np.array([apart_on_ground(g, *couple) for couple in couples])
        beside = rows.begin[entered] <= rows.end[left]
        placed = np.where(beside, 0.0, np.maximum(told, 0.0)) + ground
        return np.where(np.isnan(ground), told, placed)


def _passages(gallery: Gallery, one: Part, other: Part) -> I64:
    """(P, 2) slots of who comes next after whom from part to part, in order of begin."""
    both = np.array([*one, *other], np.int64)
    mine = np.arange(len(both)) < len(one)
    order = np.lexsort((both, gallery.tracklets["begin"][both]))
    both, mine = both[order], mine[order]
    changes = np.flatnonzero(mine[1:] != mine[:-1])
    return np.stack([both[changes], both[changes + 1]], axis=1)
