"""Search by image: the identities whose embeddings are nearest to a given one."""

import numpy as np

from camweave.core.arrays import F32
from camweave.core.identities import TrackletKey
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.live import LiveLinker


def most_alike(linker: LiveLinker, vector: F32, most: int) -> list[tuple[int, float, TrackletKey]]:
    """The identities whose tracklets look most like `vector` (D,), unit length.

    Each identity once, with the cosine and the key of its most alike tracklet. Embeddings are
    compared raw, without the cameras' means, as the picture is of no known camera.
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
