"""Who looks like a picture that somebody brings."""

import numpy as np

from camweave.core.arrays import F32
from camweave.core.identities import TrackletKey
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.live import LiveLinker


def most_alike(linker: LiveLinker, vector: F32, most: int) -> list[tuple[int, float, TrackletKey]]:
    """The identities whose tracklets look most like `vector` (D,), unit length.

    Each once, with the cosine of the most alike of its remembered tracklets, and that one. Looks
    are compared as they were embedded: which camera the picture would be of, nobody knows.
    """
    gallery = linker.gallery
    table = gallery.tracklets
    if gallery.look.shape[1] != len(vector):
        return []
    slots = np.flatnonzero(table["used"] & (table["identity"] != NOBODY) & (table["trust"] > 0))
    cosine = gallery.look[slots] @ vector
    found: dict[int, tuple[float, TrackletKey]] = {}
    for at in np.lexsort((slots, -cosine)).tolist():
        slot = int(slots[at])
        owner = int(gallery.identities["global_id"][table["identity"][slot]])
        found.setdefault(owner, (float(cosine[at]), gallery.key(slot)))
        if len(found) == most:
            break
    return [(owner, alike, key) for owner, (alike, key) in found.items()]
