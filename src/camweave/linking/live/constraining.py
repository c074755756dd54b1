"""Corrections as constraints on links: pairs that must be one identity, pairs that cannot be."""

import numpy as np

from camweave.core.arrays import I64, Bool
from camweave.core.corrections import Constraints
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.evidence import Pairs
from camweave.linking.live.gallery import Gallery


def allowed(gallery: Gallery, pairs: Pairs, said: Constraints) -> Bool:
    """(Q,) which pairs of a tracklet and an identity no correction forbids."""
    free = np.ones(len(pairs), np.bool_)
    if not said:
        return free
    rivals = {slot: said.rivals(gallery.key(slot)) for slot in np.unique(pairs.tracklet).tolist()}
    for q in range(len(pairs)):
        against = rivals[int(pairs.tracklet[q])]
        if against:
            members = gallery.members[int(pairs.identity[q])]
            free[q] = against.isdisjoint(gallery.key(each) for each in members)
    return free


def ordered(gallery: Gallery, rows: I64, said: Constraints) -> list[tuple[int, int]]:
    """Tracklets of `rows` that a correction ties to an identity, with that identity."""
    found = []
    for row in rows.tolist() if said else ():
        for key in sorted(said.group(gallery.key(row))):
            slot = gallery.slot.get(key)
            if slot is not None and gallery.tracklets["identity"][slot] != NOBODY:
                found.append((row, int(gallery.tracklets["identity"][slot])))
                break
    return found
