"""How alike two strangers of one camera seem: its mean was taken off both, and both are part of it.

Of n looks less their mean, any two are less alike than two of different cameras, by 1 / (n - 1);
and so again with the means of their class and heading. Where tracklets are few, all others seem
alike beside them.
"""

from typing import NamedTuple

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.sightings import Sightings
from camweave.linking.appearance import ALIKE, OWN, headings


def fair(sightings: Sightings, known: Bool, pairs: tuple[I64, I64], similarity: F64) -> F64:
    """(Q,) what cosines would be, had means been taken off that the two are no part of.

    Args:
        sightings: N tracklets.
        known: (N,) who has a look.
        pairs: rows (Q,) and (Q,); of two cameras, nothing changes.
        similarity: (Q,) cosines of their looks as `freed` leaves them.
    """
    one, other = pairs
    made, own = similarity.copy(), np.flatnonzero(sightings.camera[one] == sightings.camera[other])
    usual = _cosine(_taken(sightings, known), one[own], other[own])
    made[own] = (similarity[own] - usual) / (1 - usual)
    return made


class _Taken(NamedTuple):
    """A freed look is x - a (sum of its heading) - b (sum of its class) - c (sum of its camera)."""

    kind: I64  # (N,) camera and class
    way: I64  # (N,) and heading
    share: tuple[F64, F64, F64]  # a, b and c (N,)
    size: tuple[F64, F64, F64]  # (N,) looks in each of those sums


def _taken(sightings: Sightings, known: Bool) -> _Taken:
    kind = sightings.camera * (1 + int(sightings.class_id.max(initial=0))) + sightings.class_id
    heading = headings(sightings)
    way = kind * (1 + int(heading.max(initial=0))) + heading
    size = _sizes(way, known), _sizes(kind, known), _sizes(sightings.camera, known)
    by_way, by_kind = (1 / (each + ALIKE) for each in size[:2])
    left = ALIKE * by_way  # of a sum that all of a heading share, once their mean is off
    share = by_way, by_kind * left, ALIKE * by_kind * left / (size[2] + OWN)
    return _Taken(kind, way, share, size)


def _sizes(key: I64, known: Bool) -> F64:
    """(N,) how many with a look share each one's key."""
    group = np.unique(key, return_inverse=True)[1]
    return np.bincount(group[known], minlength=len(key))[group].astype(np.float64)


def _cosine(taken: _Taken, one: I64, other: I64) -> F64:
    """(Q,) to be expected of two of one camera whose looks have nothing to do with each other."""
    length = (1 + _product(taken, each, each) for each in (one, other))
    return np.asarray(_product(taken, one, other) / np.sqrt(np.prod(list(length), axis=0)))


def _product(taken: _Taken, one: I64, other: I64) -> F64:
    """(Q,) what two freed looks have in common but for the looks themselves."""
    shared = taken.way[one] == taken.way[other], taken.kind[one] == taken.kind[other], True
    total = np.zeros(len(one))
    for k, (mine, both) in enumerate(zip(taken.share, shared, strict=True)):
        total -= both * (mine[one] + mine[other])
        for j, theirs in enumerate(taken.share):
            inner, outer = min(j, k), max(j, k)  # all of a heading are of one class, and so on
            size = taken.size[inner][one if k == inner else other]
            total += shared[outer] * mine[one] * theirs[other] * size
    return total
