"""A new normalisation for the whole gallery, computed a slice at a time between two passes."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from camweave.core.arrays import F32, I64
from camweave.linking.live.columns import NOBODY, Array
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.normalisation import Normalisation

TRACKLETS: Final = 768  # of one step
IDENTITIES: Final = 512  # of one step
CATCHING_UP: Final = 64  # steps, at most, for what changed meanwhile

Steps: TypeAlias = Generator[None, None, None]


@dataclass(slots=True)
class Sums:
    """The new values, while the gallery still compares the old ones."""

    seen: F32  # (.., D) of tracklets
    prototype: F32  # (.., D) of identities
    looks: I64  # (..,) of identities

    def grow(self, gallery: Gallery) -> None:
        """Have as many rows as the gallery has by now."""
        self.seen = _as_long(self.seen, len(gallery.look))
        self.prototype = _as_long(self.prototype, len(gallery.prototype))
        self.looks = _as_long(self.looks, len(gallery.prototype))


def renormalise(gallery: Gallery, normalisation: Normalisation) -> Steps:
    """Apply `normalisation` to all embeddings; the gallery takes the result at the end, at once.

    Each `yield` ends a step, after which the gallery may be used and changed.
    """
    gallery.touched.clear()
    gallery.summed_anew.clear()
    size = gallery.look.shape[1]
    new = Sums(
        np.zeros((0, size), np.float32), np.zeros((0, size), np.float32), np.zeros(0, np.int64)
    )
    new.grow(gallery)
    yield
    for start in range(0, len(new.seen), TRACKLETS):
        used = gallery.tracklets["used"][start : min(start + TRACKLETS, len(new.seen))]
        _apply(gallery, normalisation, new, start + np.flatnonzero(used))
        yield
    held = gallery.held
    for start in range(0, len(held), IDENTITIES):
        part = held[start : start + IDENTITIES]
        new.grow(gallery)
        _sum(gallery, new, part[gallery.identities["used"][part]])
        yield
    if size == gallery.look.shape[1]:  # else the very first embedding came meanwhile
        for _ in range(CATCHING_UP):
            if _catch_up(gallery, normalisation, new, TRACKLETS, IDENTITIES):
                break
            yield
        _catch_up(gallery, normalisation, new, len(gallery.tracklets), len(gallery.identities))
        gallery.normalisation, gallery.seen, gallery.prototype = (
            normalisation,
            new.seen,
            new.prototype,
        )
        gallery.identities["looks"] = new.looks


def _catch_up(  # noqa: PLR0917 - two limits
    gallery: Gallery, normalisation: Normalisation, new: Sums, tracklets: int, identities: int
) -> bool:
    """Do some of what changed since its step; returns whether that was all."""
    new.grow(gallery)
    late = np.array(sorted(gallery.touched)[:tracklets], np.int64)
    gallery.touched.difference_update(late.tolist())
    late = late[gallery.tracklets["used"][late]]
    _apply(gallery, normalisation, new, late)
    whose = gallery.tracklets["identity"][late]
    gallery.summed_anew.update(whose[whose != NOBODY].tolist())
    again = np.array(sorted(gallery.summed_anew)[:identities], np.int64)
    gallery.summed_anew.difference_update(again.tolist())
    _sum(gallery, new, again[gallery.identities["used"][again]])
    return not gallery.touched and not gallery.summed_anew


def _apply(gallery: Gallery, normalisation: Normalisation, new: Sums, slots: I64) -> None:
    rows, order = gallery.sightings(slots)
    new.seen[order] = normalisation.apply(rows, gallery.look[order], gallery.means)


def _sum(gallery: Gallery, new: Sums, identities: I64) -> None:
    """Set the prototypes of identities: the mean embeddings of their tracklets."""
    members = [gallery.members[each] for each in identities.tolist()]
    counts = np.array([len(own) for own in members], np.int64)
    slots = np.array([slot for own in members for slot in own], np.int64)
    if not len(slots):
        return
    first = np.cumsum(counts) - counts
    known = gallery.look[slots].any(axis=1)
    new.looks[identities] = np.add.reduceat(known.astype(np.int64), first)
    total = np.add.reduceat(new.seen[slots], first, axis=0)
    new.prototype[identities] = total / np.maximum(new.looks[identities], 1)[:, None]


def _as_long(rows: Array, length: int) -> Array:
    """The same with so many rows; the gallery may have grown meanwhile."""
    if len(rows) == length:
        return rows
    longer = np.zeros((length, *rows.shape[1:]), rows.dtype)
    longer[: len(rows)] = rows
    return longer  # type: ignore[return-value]  # of the same dtype, so of the same type
