"""Snapshots into the gallery: what grew, what ended, what is new."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.identities import TrackletKey
from camweave.core.sightings import Crops, Sightings
from camweave.linking.appearance import looks_of
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.snapshot import Snapshot

COLUMNS: Final = ("class_id", "end", "frames", "exit", "exit_motion", "entry_motion")
WITNESSES: Final = 64  # tracklets whose crops tell what crops are like here
REFRESH: Final = 2.0  # s between two looks at a tracklet that has an identity


class Intake:
    """Takes snapshots; remembers some crops, so that few new ones can be judged by many."""

    def __init__(self) -> None:
        self._witnesses: list[Crops] = []
        self.back: list[int] = []  # tracklets that had ended, and were seen again

    def take(self, gallery: Gallery, snapshots: Sequence[Snapshot], time: float) -> I64:
        """Bring the gallery up to date; the slots of the tracklets that ended now."""
        ended, due = [], []
        self.back = []
        for snapshot in sorted(snapshots, key=lambda each: each.camera):
            if not len(snapshot.sightings) and not gallery.live.get(snapshot.camera):
                continue
            slots = self._take(gallery, snapshot)
            ended.append(_ended(gallery, snapshot, slots))
            rows = _due(gallery, snapshot, slots, time)
            due.append((snapshot.sightings, slots, rows))
        self._look(gallery, due)
        return np.concatenate([np.empty(0, np.int64), *ended])

    def _take(self, gallery: Gallery, snapshot: Snapshot) -> I64:
        """(N,) the slots of its rows, brought up to date."""
        s, camera = snapshot.sightings, snapshot.camera
        gallery.sizes[gallery.cameras.index(camera)] = s.size[0]
        keys = [TrackletKey(camera, each) for each in s.tracklet_id.tolist()]
        new = np.array([key not in gallery.slot for key in keys], np.bool_)
        slots = np.array([gallery.tracklet(key) for key in keys], np.int64)
        table = gallery.tracklets
        table["begin"][slots[new]], table["entry"][slots[new]] = s.begin[new], s.entry[new]
        again = table["closed"][slots] & (s.end > table["end"][slots])
        self.back += slots[again].tolist()
        table["closed"][slots] &= ~again
        for name in COLUMNS:
            table[name][slots] = getattr(s, name)
        table["live"][slots] = ~snapshot.ended
        for row in np.flatnonzero(np.diff(s.paths.offsets)).tolist():
            gallery.places[int(slots[row])] = _places(s, row)
        return slots

    def _look(self, gallery: Gallery, due: Sequence[tuple[Sightings, I64, I64]]) -> None:
        parts = [_crops(s, rows) for s, _, rows in due if len(rows)]
        sizes = {part.embedding.shape[1] for part in parts if len(part.time)}
        if not sizes:
            return
        gallery.widen(max(sizes))
        fresh = _joined([part for part in parts if len(part.time)])
        slots = np.concatenate(
            [
                slots[rows]
                for (_, slots, rows), part in zip([d for d in due if len(d[2])], parts, strict=True)
                if len(part.time)
            ]
        )
        looks = looks_of(_joined([fresh, *self._witnesses]))
        n = len(slots)
        counts = np.diff(fresh.offsets)
        gallery.look[slots] = looks.vector[:n]
        table = gallery.tracklets
        table["trust"][slots] = np.where(counts > 0, looks.trust[:n], 0.0)
        table["crops"][slots] = counts
        for row in np.flatnonzero(counts).tolist():
            own = fresh.of(row)
            best = own.start + int(np.argmax(fresh.quality[own]))
            table["crop_time"][slots[row]] = fresh.time[best]
            table["crop_frame"][slots[row]] = fresh.frame[best]
        self._witness(fresh, table["live"][slots])

    def _witness(self, fresh: Crops, live: Bool) -> None:
        for row in np.flatnonzero(~live & (np.diff(fresh.offsets) > 1)).tolist():
            self._witnesses.append(_part(fresh, np.array([row])))
        del self._witnesses[:-WITNESSES]


def _places(s: Sightings, row: int) -> F64:
    own = s.paths.of(row)
    return np.column_stack([s.paths.time[own], s.paths.xy[own], s.paths.sigma[own]])


def _ended(gallery: Gallery, snapshot: Snapshot, slots: I64) -> I64:
    """Those that it says have ended, and those that its camera knows no longer."""
    table = gallery.tracklets
    known = gallery.live.get(snapshot.camera, frozenset())
    gallery.live[snapshot.camera] = frozenset(slots[~snapshot.ended].tolist())
    lost = np.array(sorted(known.difference(slots.tolist())), np.int64)
    lost = lost[table["used"][lost] & table["live"][lost]]
    table["live"][lost] = False
    table["closed"][lost] = True
    table["closed"][slots[snapshot.ended]] = True
    return np.concatenate([slots[snapshot.ended], lost])


def _due(gallery: Gallery, snapshot: Snapshot, slots: I64, time: float) -> I64:
    """Rows whose look is to be made anew: pending ones, ended ones, others once in a while."""
    held = gallery.tracklets[slots]
    settled = held["identity"] != NOBODY
    phase = np.mod(time + 0.37 * held["tracklet_id"], REFRESH)
    rest = settled & ~snapshot.ended & (phase >= REFRESH / 4)
    has = np.diff(snapshot.sightings.crops.offsets) > 0
    return np.flatnonzero(has & ~rest)


def _crops(s: Sightings, rows: I64) -> Crops:
    return _part(s.crops, rows)


def _part(crops: Crops, rows: I64) -> Crops:
    """The crops of some rows."""
    counts = np.diff(crops.offsets)[rows]
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    at = np.repeat(crops.offsets[rows] - offsets[:-1], counts) + np.arange(offsets[-1])
    return Crops(offsets, crops.time[at], crops.frame[at], crops.embedding[at], crops.quality[at])


def _joined(parts: Sequence[Crops]) -> Crops:
    """The crops of all, one after the other."""
    counts = np.concatenate([np.diff(part.offsets) for part in parts])
    return Crops(
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        time=np.concatenate([part.time for part in parts]),
        frame=np.concatenate([part.frame for part in parts]),
        embedding=np.concatenate([part.embedding for part in parts]),
        quality=np.concatenate([part.quality for part in parts]),
    )
