"""Evidence for a tracklet belonging to an identity, cue by cue, in nats."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.linking.live.calibration import Calibration
from camweave.linking.live.deciding import NEVER
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.grounding import ground_nats, neighbours

NEAREST: Final = 32  # identities that are looked at for each tracklet
LATELY: Final = 1e-4  # cosine by which a second of age counts in the ranking of candidates


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Q pairs of a tracklet and an identity, and what each cue says of them, in nats."""

    tracklet: I64  # (Q,) slot
    identity: I64  # (Q,) slot
    tail: I64  # (Q,) slot of the identity's tracklet that it would follow
    similarity: F64  # (Q,) cosine
    gap: F64  # (Q,) s from the end of the tail to the begin of the tracklet
    appearance: F64  # (Q,)
    transition: F64  # (Q,)
    ground: F64  # (Q,)
    attributes: F64  # (Q,)

    def __len__(self) -> int:
        return len(self.tracklet)

    def __getitem__(self, rows: I64) -> "Pairs":
        return Pairs(*(getattr(self, field.name)[rows] for field in fields(self)))

    def and_also(self, others: "Pairs") -> "Pairs":
        """These and others, sorted by tracklet and identity."""
        both = [(getattr(self, field.name), getattr(others, field.name)) for field in fields(self)]
        all_ = Pairs(*(np.concatenate(columns) for columns in both))
        return all_[np.lexsort((all_.identity, all_.tracklet))]

    @property
    def total(self) -> F64:
        """(Q,) nats in all."""
        return self.appearance + self.transition + self.ground + self.attributes


@dataclass(frozen=True, slots=True, eq=False)
class Comers:
    """P pending tracklets, each with the embedding that it is compared by."""

    tracklet: I64  # (P,) slot
    look: F32  # (P, D) mean normalised embedding
    looks: I64  # (P,) of how many tracklets it is the mean; 0: it is unknown

    @classmethod
    def of(cls, gallery: Gallery, tracklets: I64) -> "Comers":
        """Tracklets that stand for themselves."""
        seen = gallery.tracklets["trust"][tracklets] > 0
        return cls(tracklets, gallery.seen[tracklets], seen.astype(np.int64))

    @classmethod
    def heads(cls, gallery: Gallery, identities: I64) -> "Comers":
        """The first tracklet of each identity, in place of all of them."""
        first = [gallery.members[each][0] for each in identities.tolist()]
        looks = gallery.identities["looks"][identities]
        return cls(np.array(first, np.int64), gallery.prototype[identities], looks)


def pairs_of(gallery: Gallery, comers: Comers, identities: I64, known: Calibration) -> Pairs:
    """The possible pairs of pending tracklets (P,) and identities (I,), with their evidence."""
    row, column, like = _candidates(gallery, comers, identities, known)
    identity = identities[column]
    near_row, near_identity = neighbours(gallery, comers.tracklet)
    if len(near_row):
        row, identity = np.concatenate([row, near_row]), np.concatenate([identity, near_identity])
        row, identity = np.unique(np.stack([row, identity]), axis=1)
        free = gallery.possible(comers.tracklet[row], identity)
        row, identity = row[free], identity[free]
        like = np.einsum("qd,qd->q", comers.look[row], gallery.prototype[identity])
    return judged(gallery, comers, row, identity, np.asarray(like, np.float64), known)


def judged(  # noqa: PLR0917 - the columns of a pair
    gallery: Gallery, comers: Comers, row: I64, identity: I64, like: F64, known: Calibration
) -> Pairs:
    """The evidence for pairs of a row of `comers` (Q,) and an identity (Q,)."""
    tracklet = comers.tracklet[row]
    one, held = gallery.tracklets[tracklet], gallery.identities[identity]
    tail = held["tail"]
    last = gallery.tracklets[tail]
    size = comers.looks[row] * held["looks"]
    looks = known.curve.nats(like, np.log(np.maximum(size, 1)))
    if known.again is not None:
        again = np.flatnonzero((one["camera"] == last["camera"]) & (last["trust"] > 0))
        own = np.einsum("qd,qd->q", comers.look[row[again]], gallery.seen[tail[again]])
        looks[again] = known.again.nats(own)
    rows, slots = gallery.sightings(np.unique(np.concatenate([tracklet, tail])))
    place = np.argsort(slots, kind="stable")
    left, entered = (place[np.searchsorted(slots, at, sorter=place)] for at in (tail, tracklet))
    kinds = ((each["camera"], each["class_id"]) for each in (last, one))
    ground = ground_nats(gallery, tracklet, identity)
    placed = ~np.isnan(ground)
    gap = one["begin"] - last["end"]
    passage = known.passage(rows, left, entered)
    if known.abreast is not None:
        there = known.abreast.nats(gallery, tracklet, identity)
        passage = np.where(np.isnan(there), passage, there)
    passage = np.where(placed, np.where(gap <= 0, 0.0, np.maximum(passage, 0.0)), passage)
    return Pairs(
        tracklet=tracklet,
        identity=identity,
        tail=tail,
        similarity=like,
        gap=gap,
        appearance=np.where(size > 0, looks, 0.0),
        transition=passage,
        ground=np.where(placed, ground, 0.0),
        attributes=known.attributes(*kinds),
    )


def _candidates(
    gallery: Gallery, comers: Comers, identities: I64, known: Calibration
) -> tuple[I64, I64, F64]:
    """Row, column and cosine of the `NEAREST` possible identities of each tracklet."""
    held = gallery.tracklets[comers.tracklet]
    source, end = gallery.last_camera[identities], gallery.identities["end"][identities]
    soon = held["begin"].max(initial=-np.inf) - end <= known.reach.most.max(axis=1)[source]
    near = np.flatnonzero(soon)
    worth = _worth(source[near], end[near], held, known)
    some = np.flatnonzero(worth.any(axis=0))
    worth, columns = worth[:, some], near[some]
    worth &= held["begin"][:, None] > gallery.until[identities[columns][:, None], held["camera"]].T
    like = comers.look @ gallery.prototype[identities[columns]].T
    late = (LATELY * (end.max(initial=0.0) - end[columns])).astype(np.float32)
    rank = np.where(worth, like - late, -np.inf)
    if like.shape[1] > NEAREST:
        place = np.argpartition(-rank, NEAREST, axis=1)[:, :NEAREST]
        place.sort(axis=1)
    else:
        place = np.broadcast_to(np.arange(like.shape[1]), like.shape)
    row, place = np.repeat(np.arange(len(like)), place.shape[1]), place.ravel()
    kept = np.flatnonzero(worth[row, place])
    row, place = row[kept], place[kept]
    return row, columns[place], like[row, place].astype(np.float64)


def _worth(source: I64, end: F64, held: np.ndarray, known: Calibration) -> Bool:
    """(P, I) which identities are possible for each of `held` (P,), by camera and time."""
    worth = np.zeros((len(held), len(source)), np.bool_)
    for camera in np.unique(held["camera"]).tolist():
        rows = np.flatnonzero(held["camera"] == camera)
        gap = held["begin"][rows][:, None] - end
        least, most = known.reach.least[source, camera], known.reach.most[source, camera]
        worth[rows] = (gap >= least) & (gap <= most)
    return worth


def table(pairs: Pairs, tracklets: I64, side: I64) -> tuple[F64, I64]:
    """(P, J) the evidence of the pairs as a matrix, and (P, J) the pair or -1.

    A column is an identity as those of one `side` (P,) can choose it, each once: views that
    overlap may have one object at the same time, so they do not take it from each other.
    """
    sides = int(side.max(initial=0)) + 1
    order = np.argsort(tracklets, kind="stable")
    row = order[np.searchsorted(tracklets, pairs.tracklet, sorter=order)]
    names, column = np.unique(pairs.identity * sides + side[row], return_inverse=True)
    gain = np.full((len(tracklets), len(names)), NEVER)
    number = np.full(gain.shape, -1)
    gain[row, column], number[row, column] = pairs.total, np.arange(len(pairs))
    return gain, number
