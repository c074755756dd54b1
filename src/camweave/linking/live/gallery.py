"""The gallery: the tracklets and identities that may still be linked, as columns of arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.events import Span
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.sightings import Crops, Paths, Sightings
from camweave.linking.appearance import CameraMeans, debiased
from camweave.linking.live.columns import IDENTITY, NOBODY, TRACKLET, Slots, longer
from camweave.linking.live.normalisation import Normalisation


class Gallery:
    """Tracklets and identities of a site, in numbered slots that are used again.

    Columns are as long as there are slots; `used` says which hold something.
    """

    def __init__(self, cameras: Sequence[CameraId]) -> None:
        self.cameras = tuple(cameras)
        self.tracklets: npt.NDArray[Any] = np.zeros(0, TRACKLET)
        self.look: F32 = np.zeros((0, 0), np.float32)  # (.., D) of a tracklet, as embedded
        self.seen: F32 = np.zeros((0, 0), np.float32)  # (.., D) the same as it is compared
        self.normalisation: Normalisation | None = None  # None: camera means alone are subtracted
        self._pending: set[int] = set()
        self.touched: set[int] = set()  # tracklets whose look changed since `renormalise` began
        self.summed_anew: set[int] = set()  # identities that changed since then
        self.identities: npt.NDArray[Any] = np.zeros(0, IDENTITY)
        self.prototype: F32 = np.zeros((0, 0), np.float32)  # (.., D) of an identity, debiased
        self.until: F64 = np.zeros((0, len(self.cameras)))  # s, an identity's last in each camera
        self.last_camera: I64 = np.zeros(0, np.int64)  # of an identity, where it was seen last
        self.members: dict[int, list[int]] = {}  # of an identity its tracklets, in order of begin
        self.places: dict[int, F64] = {}  # of a tracklet (P, 4): s, m, m, sigma m
        self.feet: dict[int, F64] = {}  # of a tracklet (P, 4): s, px, px, px of height
        self.slot: dict[TrackletKey, int] = {}
        self.live: dict[CameraId, frozenset[int]] = {}  # tracklets that a camera still follows
        self.by_id: dict[int, int] = {}  # global id to identity
        self.sizes: I64 = np.zeros((len(self.cameras), 2), np.int64)  # (C, 2) px
        self.means = CameraMeans.none(len(self.cameras), 0)
        self._tracklet_slots, self._identity_slots = Slots(), Slots()

    def tracklet(self, key: TrackletKey) -> int:
        """The slot of a tracklet; a new one where it has none."""
        slot = self.slot.get(key)
        if slot is None:
            slot = self._tracklet_slots.take()
            if slot == len(self.tracklets):
                self.tracklets, self.look = longer(self.tracklets), longer(self.look)
                self.seen = longer(self.seen)
            self.tracklets[slot] = np.zeros((), TRACKLET)
            self.look[slot] = self.seen[slot] = 0
            record = self.tracklets[slot]
            record["used"], record["identity"] = True, NOBODY
            record["camera"], record["tracklet_id"] = self.cameras.index(key.camera), key[1]
            self.slot[key] = slot
            self._pending.add(slot)
            self.touched.add(slot)
        return slot

    def key(self, tracklet: int) -> TrackletKey:
        """The name of a tracklet."""
        record = self.tracklets[tracklet]
        return TrackletKey(self.cameras[record["camera"]], int(record["tracklet_id"]))

    def homes(self, keys: Iterable[TrackletKey]) -> dict[TrackletKey, int]:
        """The identity of each that has one, as its slot."""
        slots = ((key, self.slot[key]) for key in keys if key in self.slot)
        held = ((key, int(self.tracklets["identity"][slot])) for key, slot in slots)
        return {key: home for key, home in held if home != NOBODY}

    def span(self, tracklet: int, *, growing: bool | None = None) -> Span:
        """When a tracklet was seen, and whether it still grows."""
        held = self.tracklets[tracklet]
        grows = not held["closed"] if growing is None else growing
        return Span(self.key(tracklet), float(held["begin"]), float(held["end"]), grows)

    def widen(self, dimension: int) -> None:
        """Set the size D of embeddings, when the first is seen."""
        if dimension and not self.look.shape[1]:
            self.look = np.zeros((len(self.look), dimension), np.float32)
            self.seen = np.zeros_like(self.look)
            self.prototype = np.zeros((len(self.prototype), dimension), np.float32)
            self.means = CameraMeans.none(len(self.cameras), dimension)

    def drop_tracklet(self, tracklet: int) -> None:
        """Remove a tracklet that has no identity."""
        del self.slot[self.key(tracklet)]
        self.places.pop(tracklet, None)
        self.feet.pop(tracklet, None)
        self.tracklets[tracklet] = np.zeros((), TRACKLET)
        self._pending.discard(tracklet)
        self._tracklet_slots.free(tracklet)

    def identity(self, global_id: int) -> int:
        """A new identity's slot; it holds no tracklet yet."""
        slot = self._identity_slots.take()
        if slot == len(self.identities):
            self.identities, self.prototype = longer(self.identities), longer(self.prototype)
            self.until, self.last_camera = longer(self.until), longer(self.last_camera)
        self.identities[slot] = np.zeros((), IDENTITY)
        record = self.identities[slot]
        record["used"], record["global_id"], record["tail"] = True, global_id, NOBODY
        self.until[slot] = -np.inf
        self.prototype[slot] = 0
        self.members[slot], self.by_id[global_id] = [], slot
        return slot

    def give(self, tracklet: int, identity: int) -> None:
        """Add a tracklet to an identity, and update that."""
        self.tracklets["identity"][tracklet] = identity
        self._pending.discard(tracklet)
        own = self.members[identity]
        own.append(tracklet)
        begin = self.tracklets["begin"]
        own.sort(key=lambda each: (begin[each], self.key(each)))
        self.refresh(identity)

    def take_away(self, tracklet: int) -> None:
        """Take a tracklet from its identity; one without tracklets is removed."""
        identity = int(self.tracklets["identity"][tracklet])
        self.tracklets["identity"][tracklet] = NOBODY
        self._pending.add(tracklet)
        self.members[identity].remove(tracklet)
        if self.members[identity]:
            self.refresh(identity)
        else:
            self.drop_identity(identity)

    def drop_identity(self, identity: int) -> None:
        """Remove an identity and its tracklets."""
        for tracklet in self.members.pop(identity):
            self.drop_tracklet(tracklet)
        del self.by_id[int(self.identities["global_id"][identity])]
        self.identities[identity] = np.zeros((), IDENTITY)
        self._identity_slots.free(identity)

    def refresh(self, identity: int) -> None:
        """Compute an identity again from its tracklets."""
        own = np.array(self.members[identity])
        held = self.tracklets[own]
        record = self.identities[identity]
        record["tail"] = own[np.lexsort((own, held["begin"], held["end"]))[-1]]
        self.last_camera[identity] = self.tracklets["camera"][record["tail"]]
        record["begin"], record["end"] = held["begin"].min(), held["end"].max()
        self.until[identity] = -np.inf
        np.maximum.at(self.until[identity], held["camera"], held["end"])
        self.prototype[identity], record["looks"] = self.summed(own)
        self.summed_anew.add(identity)

    def summed(self, tracklets: I64) -> tuple[F32, int]:
        """(D,) the mean normalised embedding of some tracklets, and of how many it is the mean."""
        seen = tracklets[self.look[tracklets].any(axis=1)] if self.look.shape[1] else tracklets[:0]
        if not len(seen):
            return np.zeros(self.look.shape[1], np.float32), 0
        return self.seen[seen].mean(axis=0), len(seen)

    def looked(self, tracklets: I64, look: F32) -> None:
        """Set the embeddings (Q, D) of tracklets (Q,), and normalise them."""
        self.look[tracklets] = look
        self.touched.update(tracklets.tolist())
        if self.normalisation is None:
            camera = self.tracklets["camera"][tracklets]
            self.seen[tracklets] = debiased(look, camera, self.means)
        else:
            rows, slots = self.sightings(tracklets)
            self.seen[slots] = self.normalisation.apply(rows, self.look[slots], self.means)

    def saw(self) -> None:
        """Update identities by how far their live tracklets have grown."""
        table = self.tracklets
        live = np.array(sorted(slot for own in self.live.values() for slot in own), np.int64)
        live = live[table["live"][live] & (table["identity"][live] != NOBODY)]
        live = live[np.lexsort((live, table["begin"][live], table["end"][live]))]  # last wins
        held = table[live]
        np.maximum.at(self.until, (held["identity"], held["camera"]), held["end"])
        later = held["end"] >= self.identities["end"][held["identity"]]
        whose = held["identity"][later]
        self.identities["tail"][whose] = live[later]
        self.last_camera[whose] = held["camera"][later]
        self.identities["end"][whose] = held["end"][later]

    def sightings(self, tracklets: I64) -> tuple[Sightings, I64]:
        """Some tracklets as rows, without crops and paths, and the slot of each row."""
        order = np.lexsort(
            (self.tracklets["tracklet_id"][tracklets], self.tracklets["camera"][tracklets])
        )
        slots = tracklets[order]
        held = self.tracklets[slots]
        return Sightings(
            cameras=self.cameras,
            size=self.sizes.copy(),
            camera=held["camera"],
            tracklet_id=held["tracklet_id"],
            class_id=held["class_id"].astype(np.int32),
            begin=held["begin"],
            end=held["end"],
            frames=held["frames"],
            entry=held["entry"],
            exit=held["exit"],
            entry_motion=held["entry_motion"],
            exit_motion=held["exit_motion"],
            crops=Crops.none(len(slots)),
            paths=Paths.none(len(slots)),
        ), slots

    def standing(self, rows: Sightings, slots: I64) -> Sightings:
        """The same rows with where the tracklets in `slots` (N,) stood of late, as far as known."""
        nowhere = np.empty((0, 4))
        places = [self.places.get(slot, nowhere) for slot in slots.tolist()]
        table = np.concatenate([nowhere, *places])
        offsets = np.cumsum([0, *map(len, places)], dtype=np.int64)
        time, xy, sigma = table[:, 0].copy(), table[:, 1:3].copy(), table[:, 3].copy()
        return replace(rows, paths=Paths(offsets, time, xy, sigma))

    def over(self, horizon: F64, most: int, time: float) -> I64:
        """Identities that nobody follows, and that are over: by camera (C,), or by their number."""
        held = self.held
        end = self.identities["end"][held]
        old = time - end > horizon[self.last_camera[held]]
        if len(held) > most:
            old[np.lexsort((held, end))[: len(held) - most]] = True
        live = [slot for slots in self.live.values() for slot in slots]
        whose = self.tracklets["identity"][np.array(live, np.int64)]
        followed = np.zeros(len(self.identities), np.bool_)
        followed[whose[whose != NOBODY]] = True
        over: I64 = held[old & ~followed[held]]
        return over

    def let_go(self) -> None:
        """Forget what ended and belongs to nobody."""
        for slot in self.pending[~self.tracklets["live"][self.pending]].tolist():
            self.drop_tracklet(slot)

    def thin(self, members: int, before: float) -> None:
        """Let go of long rows of members, and of old places."""
        table = self.tracklets
        for identity in self._long(members):
            ended = [each for each in self.members[identity] if not table["live"][each]]
            for slot in ended[: len(self.members[identity]) - members]:
                self.take_away(slot)
                self.drop_tracklet(slot)
        for stood in (self.places, self.feet):
            for slot in [each for each in stood if table["end"][each] < before]:
                del stood[slot]

    def _long(self, members: int) -> list[int]:
        """Identities with more tracklets than that."""
        table = self.tracklets
        settled = table["identity"][table["used"] & (table["identity"] != NOBODY)]
        return np.flatnonzero(np.bincount(settled) > members).tolist() if len(settled) else []

    @property
    def no_crops(self) -> Crops:
        """Crops of nobody, of looks as long as those here."""
        return Crops.none(0, self.look.shape[1])

    @property
    def held(self) -> I64:
        """The slots of all identities, in order of slot."""
        return np.flatnonzero(self.identities["used"])

    @property
    def pending(self) -> I64:
        """The slots of all tracklets without an identity."""
        return np.array(sorted(self._pending), np.int64)

    def possible(self, tracklets: I64, identities: I64) -> Bool:
        """(Q,) whether each tracklet began after its identity was last seen in its camera."""
        held = self.tracklets[tracklets]
        free: Bool = held["begin"] > self.until[identities, held["camera"]]
        return free
