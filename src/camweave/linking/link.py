"""Cross-camera identities from the tracklets of a whole recording."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from camweave.core.arrays import I64
from camweave.core.corrections import Constraint
from camweave.core.identities import Identities, Link
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.core.tracks import UNLINKED, Tracklets
from camweave.linking.clocks import Clocks, estimate_clocks, on_common_clock, surely_off
from camweave.linking.clustered import clustered
from camweave.linking.learned import learn_topology, topology_of
from camweave.linking.learned_windows import Joined, passages_along
from camweave.linking.params import LinkParams
from camweave.linking.paths.evidence import links_of
from camweave.linking.paths.forest import REUNITED, Forest
from camweave.linking.paths.linker import find_paths
from camweave.linking.paths.notes import notes_on
from camweave.linking.paths.passing import Found


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
    *,
    tracklets: Sequence[Tracklets] = (),
) -> Linked:
    """Join the tracklets of one object, over all cameras.

    Args:
        sightings: all tracklets of the site; they are left as they are.
        topology: what is known of the site; a strong prior, or walls where it is strict.
        params: knobs; `linkage` chooses between paths and the specification's clustering.
        corrections: pairs that must be one object, or cannot be.
        tracklets: the same, box by box, to lay views that overlap over each other where no ground
            is known; may be absent.

    Raises:
        InputError: a camera is missing from the topology, or corrections contradict each other
            or what a camera saw.
    """
    params = params or LinkParams()
    if params.linkage != "path":
        return _clustered(sightings, topology, params, corrections)
    found = find_paths(sightings, topology, params, corrections, tracklets=tracklets)
    clocks = _off(sightings, found) if params.learn == "on" else None
    if clocks is not None:
        sightings = on_common_clock(sightings, clocks)
        tracklets = [_on_clock(each, clocks) for each in tracklets]
        found = find_paths(sightings, topology, params, corrections, tracklets=tracklets)
    identity = numbered(sightings, found.forest.label, params.min_frames)
    site = topology or Topology(cameras=sightings.cameras)
    if params.learn != "off":
        passages = passages_along(sightings, identity, _joined(found.forest))
        site = topology_of(sightings, passages, topology)
    links = links_of(sightings, found, site)
    return Linked(
        _identities(sightings, identity, links),
        site,
        (*notes_on(sightings, topology, found, site), *_notes_on(clocks)),
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
    made = _identities(sightings, numbered(sightings, label, params.min_frames), links)
    site = topology or Topology(cameras=sightings.cameras)
    if params.learn != "off":
        site, _ = learn_topology(sightings, made, topology)
    return Linked(made, site, tuple(notes))


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


def _off(sightings: Sightings, found: Found) -> Clocks | None:
    """How far the clocks are off, where places on the ground tell so surely."""
    if not len(sightings.paths.time):
        return None
    return surely_off(estimate_clocks(sightings, found.forest.label))


def _on_clock(tracklets: Tracklets, clocks: Clocks) -> Tracklets:
    add = float(clocks.offset[clocks.cameras.index(tracklets.camera)])
    return replace(tracklets, time=tracklets.time + add)


def _notes_on(clocks: Clocks | None) -> list[str]:
    if clocks is None:
        return []
    told = [
        f"{camera} {offset:+.2f} s"
        for camera, offset in zip(clocks.cameras, clocks.offset.tolist(), strict=True)
        if offset
    ]
    return [f"clocks are off; linked, and links are told, on a common one: {', '.join(told)}"]


def _joined(forest: Forest) -> Joined:
    """The links of a forest, as learning takes them."""
    return Joined(forest.one, forest.other, forest.nats, forest.source <= REUNITED)


def _identities(sightings: Sightings, identity: I64, links: tuple[Link, ...]) -> Identities:
    return Identities(
        cameras=sightings.cameras,
        camera=sightings.camera,
        tracklet_id=sightings.tracklet_id,
        identity=identity,
        links=links,
    )
