"""Cross-camera identities from the tracklets of a whole recording."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import I64
from camweave.core.corrections import Constraint
from camweave.core.identities import Identities, Link
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.core.tracks import UNLINKED
from camweave.linking.clustered import clustered
from camweave.linking.params import LinkParams
from camweave.linking.paths.evidence import links_of
from camweave.linking.paths.linker import find_paths
from camweave.linking.paths.notes import notes_on
from camweave.linking.paths.site import learned_topology


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """Who is who, what was learned of the site, and what was assumed."""

    identities: Identities
    topology: Topology  # as drawn and as learned; transitions with origin and samples
    notes: tuple[str, ...]  # one sentence each


def link(
    sightings: Sightings,
    topology: Topology | None = None,
    params: LinkParams | None = None,
    corrections: Sequence[Constraint] = (),
) -> Linked:
    """Join the tracklets of one object, over all cameras.

    Args:
        sightings: all tracklets of the site; they are left as they are.
        topology: what is known of the site; a strong prior, or walls where it is strict.
        params: knobs; `linkage` chooses between paths and the specification's clustering.
        corrections: pairs that must be one object, or cannot be.

    Raises:
        InputError: a camera is missing from the topology, or corrections contradict each other
            or what a camera saw.
    """
    params = params or LinkParams()
    if params.linkage != "path":
        return _clustered(sightings, topology, params, corrections)
    found = find_paths(sightings, topology, params, corrections)
    site = learned_topology(
        sightings,
        topology,
        _passages(sightings, found.forest.label),
        together=found.groups.together,
        learn=params.learn != "off",
    )
    links = links_of(sightings, found, site)
    identity = numbered(sightings, found.forest.label, params.min_frames)
    return Linked(
        _identities(sightings, identity, links), site, notes_on(sightings, topology, found, site)
    )


def _clustered(
    sightings: Sightings,
    topology: Topology | None,
    params: LinkParams,
    corrections: Sequence[Constraint],
) -> Linked:
    """By the specification's clustering."""
    label, links = clustered(sightings, topology, params, corrections)
    notes = [f"clustered by {params.linkage} linkage at a cosine of {params.min_similarity:g}"]
    if topology is None or not topology.transitions:
        notes.append("no topology: anybody can follow anybody")
    identity = numbered(sightings, label, params.min_frames)
    site = topology or Topology(cameras=sightings.cameras)
    return Linked(_identities(sightings, identity, links), site, tuple(notes))


def numbered(sightings: Sightings, label: I64, min_frames: int) -> I64:
    """(N,) global ids from 1 on, in order of who was seen first.

    A tracklet, or some, that none was seen for `min_frames` frames make no identity.
    """
    identity = np.full(len(label), int(UNLINKED))
    seen = np.zeros(int(label.max(initial=-1)) + 1, np.bool_)
    seen[label[sightings.frames >= min_frames]] = True
    order = np.lexsort([np.arange(len(label)), sightings.begin])
    order = order[seen[label[order]]]
    _, first, group = np.unique(label[order], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    identity[order] = rank[group] + 1
    return identity


def _passages(sightings: Sightings, label: I64) -> tuple[I64, I64]:
    """Rows of the tracklets that follow each other in an identity, by when they were first seen."""
    order = np.lexsort([np.arange(len(label)), sightings.begin, label])
    next_one = label[order[:-1]] == label[order[1:]]
    return order[:-1][next_one], order[1:][next_one]


def _identities(sightings: Sightings, identity: I64, links: tuple[Link, ...]) -> Identities:
    return Identities(
        cameras=sightings.cameras,
        camera=sightings.camera,
        tracklet_id=sightings.tracklet_id,
        identity=identity,
        links=links,
    )
