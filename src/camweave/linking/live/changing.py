"""A new glass for the whole gallery, put on a slice at a time."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from camweave.core.arrays import F32, I64
from camweave.linking.live.columns import NOBODY, Array
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.seeing import Glass

TRACKLETS: Final = 768  # looked at anew in one step
IDENTITIES: Final = 512  # summed up anew in one step
CATCHING_UP: Final = 64  # steps, at most, for what changed meanwhile

Change: TypeAlias = Generator[None, None, None]


@dataclass(slots=True)
class Sums:
    """What is made anew beside what still holds."""

    seen: F32  # (.., D) of tracklets
    prototype: F32  # (.., D) of identities
    looks: I64  # (..,) of identities

    def grow(self, gallery: Gallery) -> None:
        """As many rows as the gallery has by now."""
        self.seen = _as_long(self.seen, len(gallery.look))
        self.prototype = _as_long(self.prototype, len(gallery.prototype))
        self.looks = _as_long(self.looks, len(gallery.prototype))


def change(gallery: Gallery, glass: Glass) -> Change:
    """Look at all through `glass`; what is compared changes only at the end, all at once."""
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
        _look(gallery, glass, new, start + np.flatnonzero(used))
        yield
    held = gallery.held
    for start in range(0, len(held), IDENTITIES):
        part = held[start : start + IDENTITIES]
        new.grow(gallery)
        _sum(gallery, new, part[gallery.identities["used"][part]])
        yield
    if size == gallery.look.shape[1]:  # else the first look of all came meanwhile
        for _ in range(CATCHING_UP):
            if _catch_up(gallery, glass, new, TRACKLETS, IDENTITIES):
                break
            yield
        _catch_up(gallery, glass, new, len(gallery.tracklets), len(gallery.identities))
        gallery.glass, gallery.seen, gallery.prototype = glass, new.seen, new.prototype
        gallery.identities["looks"] = new.looks


def _catch_up(  # noqa: PLR0917 - two limits
    gallery: Gallery, glass: Glass, new: Sums, tracklets: int, identities: int
) -> bool:
    """Some of what changed since it was looked at; whether that was all."""
    new.grow(gallery)
    late = np.array(sorted(gallery.touched)[:tracklets], np.int64)
    gallery.touched.difference_update(late.tolist())
    late = late[gallery.tracklets["used"][late]]
    _look(gallery, glass, new, late)
    whose = gallery.tracklets["identity"][late]
    gallery.summed_anew.update(whose[whose != NOBODY].tolist())
    again = np.array(sorted(gallery.summed_anew)[:identities], np.int64)
    gallery.summed_anew.difference_update(again.tolist())
    _sum(gallery, new, again[gallery.identities["used"][again]])
    return not gallery.touched and not gallery.summed_anew


def _look(gallery: Gallery, glass: Glass, new: Sums, slots: I64) -> None:
    rows, order = gallery.sightings(slots)
    new.seen[order] = glass.through(rows, gallery.look[order], gallery.means)


def _sum(gallery: Gallery, new: Sums, identities: I64) -> None:
    """The mean looks of identities, all at once."""
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
