"""Who is who: the identity of every tracklet of a site, and why."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from camweave.core.arrays import I64, INT64, column
from camweave.core.frame import CameraId
from camweave.core.tracks import UNLINKED


class TrackletKey(NamedTuple):
    """The name of a tracklet within a site."""

    camera: CameraId
    tracklet_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """Where a picture was cut from: the one that a link compared."""

    key: TrackletKey
    frame: int
    time: float  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two tracklets held to be one object, and all that the decision rests on.

    Evidence is in nats: the logarithm of how much likelier what was seen is if they are one.
    """

    one: TrackletKey  # the earlier one
    other: TrackletKey
    how: Literal["fragment", "follows", "overlap", "looks", "hand"]
    evidence: float  # nats in all
    appearance: float | None = None  # nats; None where it was not asked
    transition: float | None = None  # nats
    ground: float | None = None  # nats
    attributes: float | None = None  # nats
    similarity: float | None = None  # cosine of what was compared
    gap: float = 0.0  # s from the end of one to the begin of the other; below 0 they overlap
    edge: str | None = None  # "a -> b", the transition used
    window: tuple[float, float] | None = None  # s, its least and most
    distance: float | None = None  # m apart on the ground at the same time, median
    runner_up: TrackletKey | None = None  # the next best for `other`
    margin: float | None = None  # nats (of `cluster`: cosine) that `one` is ahead of it
    crops: tuple[Crop, Crop] | None = None  # the two most alike


@dataclass(frozen=True, slots=True, eq=False)
class Identities:
    """The identity of N tracklets, rows as in the `Sightings` they were made of."""

    cameras: tuple[CameraId, ...]  # C
    camera: I64  # (N,) index into `cameras`
    tracklet_id: I64  # (N,)
    identity: I64  # (N,) global id, from 1 on; UNLINKED: not linked, too short or doubtful
    links: tuple[Link, ...] = ()  # in order of time; enough of them to connect each identity

    def __post_init__(self) -> None:
        n, put = len(self.identity), object.__setattr__
        put(self, "camera", column("camera", self.camera, INT64, n))
        put(self, "tracklet_id", column("tracklet_id", self.tracklet_id, INT64, n))
        put(self, "identity", column("identity", self.identity, INT64, n))

    def __len__(self) -> int:
        return len(self.identity)

    def of(self, camera: CameraId) -> dict[int, int]:
        """Tracklet id to global id of one camera; who is not linked is not in it."""
        at = self.cameras.index(camera) if camera in self.cameras else -1
        rows = np.flatnonzero((self.camera == at) & (self.identity != UNLINKED))
        return dict(zip(self.tracklet_id[rows].tolist(), self.identity[rows].tolist(), strict=True))
