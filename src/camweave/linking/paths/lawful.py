"""What no identity may hold, whatever the evidence."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import I64, Bool
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.linking.params import LinkParams
from camweave.linking.paths.nodes import Nodes
from camweave.linking.paths.pairs import Pairs
from camweave.linking.possible import Reach, reach_of

EARLY: Final = 5.0  # s by which clocks may differ, where nothing is drawn


@dataclass(frozen=True, slots=True, eq=False)
class Laws:
    """Which tracklets can be one object."""

    sightings: Sightings
    reach: Reach  # by the topology, and by taking turns in a camera
    together: Bool  # (C, C) whose views overlap
    walls: bool  # windows are walls
    strict: bool  # as the parameters say, too: then no learned overlap excuses anything
    most_overlap: float  # s

    def can_be_one(self, one: I64, other: I64) -> Bool:
        """(Q,) whether rows `one` (Q,) and `other` (Q,) can be one object."""
        lawful: Bool = self._possible(one, other) & self._never_apart(one, other)
        return lawful

    def allowed(self, nodes: Nodes, pairs: Pairs) -> Pairs:
        """Only the pairs that can follow each other."""
        one, other = nodes.last[pairs.one], nodes.first[pairs.other]
        keep = self._possible(one, other) & self.can_be_next(one, other)
        return pairs[np.flatnonzero(keep)]

    def can_be_next(self, one: I64, other: I64) -> Bool:
        """(Q,) whether either of two rows can be the next of one object: walls are windows."""
        if not self.walls:
            return np.ones(len(one), np.bool_)
        camera = self.sightings.camera
        return np.asarray((camera[one] == camera[other]) | self.reach.follows(one, other))

    def _possible(self, one: I64, other: I64) -> Bool:
        """By the topology; views that were learned to overlap excuse, where no wall stands."""
        camera = self.sightings.camera
        excused = self.together[camera[one], camera[other]] & (not self.strict)
        return np.asarray(self.reach.possible(one, other) | excused)

    def _never_apart(self, one: I64, other: I64) -> Bool:
        """No two cameras whose views do not overlap saw both at the same time."""
        seen = self.sightings
        a, b = seen.camera[one], seen.camera[other]
        shared = np.minimum(seen.end[one], seen.end[other]) - np.maximum(
            seen.begin[one], seen.begin[other]
        )
        return np.asarray((a == b) | self.together[a, b] | (shared <= EARLY))


def laws_of(
    sightings: Sightings, topology: Topology | None, params: LinkParams, together: Bool
) -> Laws:
    """The laws of a site."""
    strict = params.strict or bool(topology and topology.strict)
    return Laws(
        sightings=sightings,
        reach=reach_of(sightings, topology, params),
        together=together,
        walls=strict and bool(topology and topology.transitions),
        strict=params.strict,
        most_overlap=params.most_overlap,
    )
