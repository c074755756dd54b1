"""Which crops of a tracklet are worth a look: the best of each stretch of its time."""

import numpy as np

from camweave.core.arrays import F32, I64
from camweave.core.tracks import UNDETECTED, Tracklets
from camweave.embedding.params import CropParams
from camweave.ops.crops import geometry


def choose(tracklets: Tracklets, params: CropParams, told: F32 | None = None) -> I64:
    """Rows (E,) of the crops to be embedded, rising: at most `most` of each tracklet.

    The rows that were seen, not predicted, are cut in order of time into `most` stretches of
    equally many; the best of each is chosen, the earliest of equally good ones. `told` is their
    `quality` (K,), where it is known already.
    """
    rows = np.flatnonzero(tracklets.detection != UNDETECTED)
    owner = np.searchsorted(tracklets.offsets, rows, side="right") - 1
    count = np.bincount(owner, minlength=len(tracklets))
    rank = np.arange(len(rows)) - (np.cumsum(count) - count)[owner]
    stretches = np.minimum(count, params.most)[owner]
    stretch = owner * params.most + rank * stretches // np.maximum(count[owner], 1)
    best_first = np.lexsort((rows, -(quality(tracklets) if told is None else told)[rows], stretch))
    _, first = np.unique(stretch[best_first], return_index=True)
    chosen: I64 = rows[best_first[first]].astype(np.int64)
    return chosen


def quality(tracklets: Tracklets) -> F32:
    """How good the crop of each row (K,) is, as far as boxes tell: 0 to 1, see `ops.crops`.

    Neighbours are the other tracklets of the same frame, predicted ones too.
    """
    by_frame = np.argsort(tracklets.frame, kind="stable")
    told = np.empty(len(by_frame), np.float32)
    told[by_frame] = geometry(
        tracklets.xyxy[by_frame],
        tracklets.score[by_frame],
        frame=tracklets.frame[by_frame],
        width=tracklets.width,
        height=tracklets.height,
    )
    return told


def frames_needed(tracklets: Tracklets, rows: I64) -> I64:
    """The frames in which the crops of `rows` lie, rising, each once: no other need be decoded."""
    return np.unique(tracklets.frame[rows])


def offsets_of(tracklets: Tracklets, rows: I64) -> I64:
    """(M + 1,) where each tracklet's part of `rows`, which rise, begins and the last one's ends."""
    return np.searchsorted(rows, tracklets.offsets).astype(np.int64)
