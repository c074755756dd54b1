"""Takes snapshots into the gallery: tracklets that grew, ended, or are new."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.identities import TrackletKey
from camweave.core.sightings import Crops, Sightings
from camweave.linking.appearance import looks_of
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.cropping import first_best, joined
from camweave.linking.live.footing import split
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.snapshot import Snapshot

COLUMNS: Final = ("class_id", "end", "frames", "exit", "exit_motion", "entry_motion")
WITNESSES: Final = 32  # tracklets whose crops are compared to judge the quality of new ones
TELLING: Final = 256  # of those that are remembered to tell how one object's crops differ
REFRESH: Final = 4.0  # s between two looks at a tracklet that has an identity


class Intake:
    """Takes snapshots; remembers some crops, so that few new ones can be judged by many."""

    def __init__(self) -> None:
        self._witnesses: list[Crops] = []
        self.back: list[int] = []  # tracklets that had ended, and were seen again

    def take(self, gallery: Gallery, snapshots: Sequence[Snapshot], time: float) -> I64:
        """Update the gallery; returns the slots of the tracklets that ended now."""
        told = [
            each
            for each in sorted(snapshots, key=lambda each: each.camera)
            if len(each.sightings) or gallery.live.get(each.camera)
        ]
        self.back = []
        if not told:
            return np.empty(0, np.int64)
        parts = [_slots_of(gallery, each) for each in told]
        slots, new = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        ended = np.concatenate([each.ended for each in told])
        self._take(gallery, [each.sightings for each in told], slots, new)
        self._step(gallery, told, slots)
        gallery.tracklets["live"][slots] = ~ended
        gone = _gone(gallery, told, [own for own, _ in parts])
        rows = _due(gallery, slots, ended, time)
        self._look(gallery, told, slots, rows)
        return gone

    @property
    def witnesses(self) -> tuple[Crops, ...]:
        """The crops of some tracklets that ended lately, one value per tracklet."""
        return tuple(self._witnesses)

    def _take(self, gallery: Gallery, told: Sequence[Sightings], slots: I64, new: Bool) -> None:
        """Update the tracklets in `slots` (N,) from the rows of all cameras."""
        table = gallery.tracklets

        def column(name: str) -> Any:  # noqa: ANN401 - any dtype
            return np.concatenate([getattr(each, name) for each in told])

        end = column("end")
        table["begin"][slots[new]], table["entry"][slots[new]] = (
            column("begin")[new],
            column("entry")[new],
        )
        again = table["closed"][slots] & (end > table["end"][slots])
        self.back = slots[again].tolist()
        table["closed"][slots] &= ~again
        for name in COLUMNS:
            table[name][slots] = column(name)
        first = 0
        for s in told:
            for row in np.flatnonzero(np.diff(s.paths.offsets)).tolist():
                gallery.places[int(slots[first + row])] = _places(s, row)
            first += len(s)

    @staticmethod
    def _step(gallery: Gallery, told: Sequence[Snapshot], slots: I64) -> None:
        """Update where tracklets stood in the image, as far as snapshots tell."""
        first = 0
        for each in told:
            if each.feet is not None:
                own = slots[first : first + len(each.sightings)]
                gallery.feet.update(zip(own.tolist(), split(each.feet), strict=True))
            first += len(each.sightings)

    def _look(self, gallery: Gallery, told: Sequence[Snapshot], slots: I64, rows: I64) -> None:
        """Update the embeddings of some `rows`."""
        first = 0
        chosen: list[I64] = []
        crops: list[Crops] = []
        for each in told:
            own = rows[(rows >= first) & (rows < first + len(each.sightings))]
            own = own[np.diff(each.sightings.crops.offsets)[own - first] > 0]
            if len(own):
                chosen.append(slots[own])
                crops.append(each.sightings.crops.only(own - first))
            first += len(each.sightings)
        if not crops:
            return
        slots, fresh = np.concatenate(chosen), joined(crops)
        gallery.widen(fresh.embedding.shape[1])
        looks = looks_of(joined([fresh, *self._witnesses[-WITNESSES:]]))
        n = len(slots)
        gallery.looked(slots, looks.vector[:n])
        table, best = gallery.tracklets, first_best(fresh)
        table["trust"][slots], table["crops"][slots] = looks.trust[:n], np.diff(fresh.offsets)
        table["crop_time"][slots] = fresh.time[best]
        table["crop_frame"][slots] = fresh.frame[best]
        self._witness(fresh, table["live"][slots])

    def _witness(self, fresh: Crops, live: Bool) -> None:
        for row in np.flatnonzero(~live & (np.diff(fresh.offsets) > 1)).tolist()[-TELLING:]:
            self._witnesses.append(fresh.only(np.array([row])))
        del self._witnesses[:-TELLING]


def _places(s: Sightings, row: int) -> F64:
    own = s.paths.of(row)
    return np.column_stack([s.paths.time[own], s.paths.xy[own], s.paths.sigma[own]])


def _slots_of(gallery: Gallery, snapshot: Snapshot) -> tuple[I64, Bool]:
    """The slots (N,) of a snapshot's rows, and which of them (N,) are new."""
    camera, known = snapshot.camera, gallery.slot
    gallery.sizes[gallery.cameras.index(camera)] = snapshot.sightings.size[0]
    numbers = snapshot.sightings.tracklet_id.tolist()
    slots = [known.get(TrackletKey(camera, each)) for each in numbers]
    new = np.array([slot is None for slot in slots], np.bool_)
    for row in np.flatnonzero(new).tolist():
        slots[row] = gallery.tracklet(TrackletKey(camera, numbers[row]))
    return np.array(slots, np.int64), new


def _gone(gallery: Gallery, told: Sequence[Snapshot], slots: Sequence[I64]) -> I64:
    """Tracklets that a snapshot calls ended, and live ones that it no longer has."""
    table = gallery.tracklets
    gone = []
    for snapshot, own in zip(told, slots, strict=True):
        before = gallery.live.get(snapshot.camera, frozenset())
        gallery.live[snapshot.camera] = frozenset(own[~snapshot.ended].tolist())
        lost = [
            slot
            for slot in sorted(before.difference(own.tolist()))
            if table["used"][slot] and table["live"][slot]
        ]
        table["live"][lost] = False
        gone += [own[snapshot.ended], np.array(lost, np.int64)]
    all_ = np.concatenate([np.empty(0, np.int64), *gone])
    table["closed"][all_] = True
    return all_


def _due(gallery: Gallery, slots: I64, ended: Bool, time: float) -> I64:
    """Rows whose embedding is to be updated: pending and ended ones, others now and then."""
    held = gallery.tracklets[slots]
    phase = np.mod(time + 0.37 * held["tracklet_id"], REFRESH)
    rest = (held["identity"] != NOBODY) & ~ended & (phase >= REFRESH / 8)
    return np.flatnonzero(~rest)
