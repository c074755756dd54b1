"""Tracks as tracklets again: rows in order, gaps filled, looks carried over."""

import numpy as np

from camweave.core.arrays import I64
from camweave.core.tracks import UNDETECTED, Appearance, Tracklets
from camweave.refinement.filling import Fill, Paths, fill
from camweave.refinement.params import RefineParams
from camweave.refinement.pieces import Pieces, offsets_of
from camweave.refinement.sway import Sway
from camweave.refinement.tracks import KEPT, Roll


def assemble(
    tracklets: Tracklets, pieces: Pieces, roll: Roll, how: tuple[Sway, RefineParams]
) -> tuple[Tracklets, I64]:
    """The tracks that are kept, as tracklets; and for each of them the rows that were filled in."""
    kept = roll.fate == KEPT
    number = np.cumsum(kept) - 1
    of_row = roll.of_piece[pieces.of_row]
    here = np.flatnonzero(kept[of_row])
    here = here[np.lexsort((pieces.time[here], of_row[here]))]
    row, track = pieces.row[here], number[of_row[here]]
    t = tracklets
    filled = fill(
        Paths(track, t.frame[row], t.time[row], t.xyxy[row].astype(np.float64), t.score[row]), *how
    )
    order = np.lexsort(
        (
            np.concatenate([t.frame[row], filled.frame]),
            np.concatenate([track, track[filled.after]]),
        )
    )
    count = int(kept.sum())
    extra = np.bincount(track[filled.after], minlength=count).astype(np.int64)
    offsets = offsets_of(np.bincount(track, minlength=count) + extra)
    made = Tracklets(
        camera=t.camera,
        fps=t.fps,
        width=t.width,
        height=t.height,
        tracklet_id=roll.track_id[kept],
        class_id=roll.class_id[kept],
        offsets=offsets,
        class_names=t.class_names,
        appearance=_appearance(t.appearance, _moved(row, order, len(t.frame)), offsets),
        **_columns(t, row, filled, order),
    )
    return made, extra


def _columns(tracklets: Tracklets, row: I64, filled: Fill, order: I64) -> dict[str, np.ndarray]:
    """The old rows and the new ones, in this order."""
    t, new = tracklets, np.full(len(filled.after), UNDETECTED)
    return {
        "frame": np.concatenate([t.frame[row], filled.frame])[order],
        "time": np.concatenate([t.time[row], filled.time])[order],
        "xyxy": np.concatenate([t.xyxy[row], filled.xyxy])[order],
        "score": np.concatenate([t.score[row], filled.score])[order],
        "detection": np.concatenate([t.detection[row], new])[order],
    }


def _moved(row: I64, order: I64, count: int) -> I64:
    """(count,) where every old row now is, or -1."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    moved = np.full(count, -1)
    moved[row] = place[: len(row)]
    return moved


def _appearance(look: Appearance | None, moved: I64, offsets: I64) -> Appearance | None:
    """The same crops, of the rows that are left, under their new numbers."""
    if look is None:
        return None
    row = moved[look.row]
    crop = np.flatnonzero(row >= 0)
    crop = crop[np.argsort(row[crop], kind="stable")]
    return Appearance(
        np.searchsorted(row[crop], offsets).astype(np.int64),
        row[crop],
        look.embedding[crop],
        look.quality[crop],
    )
