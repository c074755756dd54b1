"""Who is who at a site, what that was made of, and its figures."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from camweave.app.build.topology import Ground
from camweave.core.events import Event
from camweave.core.identities import Identities
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.core.tracks import UNLINKED, Tracklets
from camweave.linking.link import Linked


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSummary:
    """What came of linking, in figures."""

    cameras: int
    identities: int
    across_cameras: int  # of them, seen by more than one camera
    tracklets: int
    unlinked: int  # too short or too doubtful to be an identity or a part of one
    links: dict[str, int] = field(default_factory=dict)  # by how: fragment, follows, overlap ...
    windows_drawn: int = 0
    windows_learned: int = 0
    notes: tuple[str, ...] = ()  # what was assumed


@dataclass(frozen=True, slots=True, eq=False)
class LinkedSite:
    """Who is who at a site, and what that was made of."""

    linked: Linked
    sightings: Sightings
    tracklets: tuple[Tracklets, ...]  # of each camera, on the site's clock
    ground: Ground
    drawn: Topology  # as the site gives it
    notes: tuple[str, ...]  # what was assumed, a sentence each
    aliases: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # ids that stand for it
    next_id: int = 0  # the id that is given out next; 0: the highest plus one
    events: tuple[Event, ...] = ()  # what changed since the folder was linked before

    @property
    def identities(self) -> Identities:
        """The identity of every tracklet, and its links with their evidence."""
        return self.linked.identities

    @property
    def topology(self) -> Topology:
        """As drawn and as learned."""
        return self.linked.topology

    @property
    def summary(self) -> LinkSummary:
        """Its figures."""
        identities, across = count_identities(self.identities)
        origins = Counter(each.origin for each in self.topology.transitions)
        return LinkSummary(
            cameras=len(self.tracklets),
            identities=identities,
            across_cameras=across,
            tracklets=len(self.sightings),
            unlinked=int((self.identities.identity == UNLINKED).sum()),
            links=dict(sorted(Counter(each.how for each in self.identities.links).items())),
            windows_drawn=origins["drawn"],
            windows_learned=origins["learned"],
            notes=self.notes,
        )


def count_identities(identities: Identities) -> tuple[int, int]:
    """How many identities there are, and how many of them were seen by more than one camera."""
    rows = identities.identity != UNLINKED
    pairs = np.unique(np.stack([identities.identity[rows], identities.camera[rows]]), axis=1)
    _, cameras = np.unique(pairs[0], return_counts=True)
    return len(cameras), int((cameras > 1).sum())
