"""Where tracklets stood in their camera's image, and how far apart overlapping views put them."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.linking.live.gallery import Gallery
from camweave.linking.paths.laid import Feet, Laid
from camweave.linking.views import ViewPair

NOWHERE = np.empty((0, 4))


def split(feet: Feet) -> list[F64]:
    """N of (P, 4): s, px, px, px of height."""
    table = np.column_stack([feet.time, feet.xy, feet.height])
    return [table[a:b] for a, b in pairwise(feet.offsets.tolist())]


def feet_of(gallery: Gallery, slots: I64) -> Feet:
    """Where the tracklets in `slots` (N,) stood of late, as far as known."""
    stood = [gallery.feet.get(slot, NOWHERE) for slot in slots.tolist()]
    table = np.concatenate([NOWHERE, *stood])
    offsets = np.cumsum([0, *map(len, stood)], dtype=np.int64)
    return Feet(offsets, table[:, 0].copy(), table[:, 1:3].copy(), table[:, 3].copy())


def apart_in_views(
    gallery: Gallery, views: Mapping[tuple[int, int], ViewPair], one: I64, other: I64
) -> F64:
    """(Q,) m apart of tracklets (Q,), (Q,) at one time, as `Laid.distances`; NaN: not known."""
    slots, place = np.unique(np.concatenate([one, other]), return_inverse=True)
    cameras = len(gallery.cameras)
    laid = Laid(
        gallery.tracklets["camera"][slots],
        feet_of(gallery, slots),
        views,
        np.full((cameras, cameras), np.nan),
    )
    return laid.distances(place[: len(one)], place[len(one) :])
