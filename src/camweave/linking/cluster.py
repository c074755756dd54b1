"""The specification's constrained agglomerative clustering, with every pair possible."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F32, I64, Bool
from camweave.core.errors import InputError
from camweave.core.identities import Link
from camweave.core.sightings import Crops, Sightings
from camweave.core.topology import Topology
from camweave.core.tracks import UNLINKED
from camweave.linking.agglomerate.linkages import LINKAGES
from camweave.linking.agglomerate.state import NONE, Terms
from camweave.linking.agglomerate.steps import AGGLOMERATE, agglomerate
from camweave.linking.candidates import candidates
from camweave.linking.cluster_links import Merges, links_of
from camweave.linking.params import LinkParams
from camweave.linking.possible import Reach, reach_of
from camweave.ops.compiled import make_ready

SHORTEST: Final = 1e-6  # of an embedding: what is shorter says nothing


@dataclass(frozen=True, slots=True, eq=False)
class Clustered:
    """Which of N tracklets are one object, and what each merge rests on."""

    labels: I64  # (N,) from 0 on, in order of first sight; UNLINKED: seen too briefly
    merges: Merges
    links: tuple[Link, ...]  # the merges as evidence, in order of time: they connect each cluster


def cluster(sightings: Sightings, topology: Topology | None, params: LinkParams) -> Clustered:
    """Join the two most alike clusters, again and again, as far as topology and rivals allow.

    Two clusters are joined where their similarity by `params.linkage` is `min_similarity` or
    more, every pair of their members is possible (`camweave.linking.possible`), and there is a
    pair of members as alike as that of which one can follow the other. Of two partners that
    exclude each other, the better one must be ahead by `margin`; else neither is taken before the
    other is gone. Tracklets seen in fewer than `min_frames` frames are left out; who has no crops
    stays alone. Equal similarities are decided by time, camera and tracklet id.

    Windows are walls here, whatever `strict` says. In a crowd of look-alikes, who is asked about
    is bounded: see `camweave.linking.candidates`.

    Raises:
        InputError: the linkage is none of these, a camera is missing from the topology, or a
            zone is not among its zones.
    """
    if params.linkage not in LINKAGES:
        raise InputError(f"linker: linkage: expected {', '.join(LINKAGES)}, got {params.linkage}")
    reach = reach_of(sightings, topology, params, walls=True)
    look, seen = looks_of(sightings.crops)
    order = in_order(sightings)
    long_enough = sightings.frames >= params.min_frames
    rows = order[np.isin(order, np.flatnonzero(long_enough & seen))]
    names, merges = _agglomerated(reach.at(rows), look[rows], params)
    group = np.arange(len(sightings))
    group[rows] = rows[names]
    made = _at_rows(merges, rows)
    labels = _numbered(group, order, np.flatnonzero(long_enough))
    return Clustered(labels, made, links_of(made, sightings, reach))


def looks_of(crops: Crops) -> tuple[F32, Bool]:
    """What N tracklets look like, (N, D) of unit length, and which of them (N,) have a look.

    It is the mean of a tracklet's crops, weighted by their quality; where all are worth nothing,
    the plain mean. Crops that are not finite count for nothing.
    """
    offsets, n = crops.offsets, len(crops.offsets) - 1
    sound = np.isfinite(crops.embedding).all(axis=1) & np.isfinite(crops.quality)
    weight = np.where(sound, np.maximum(crops.quality, 0), 0)
    owner = np.repeat(np.arange(n), np.diff(offsets))
    worthless = np.bincount(owner, weight, n)[owner] <= 0
    weight = np.where(worthless & sound, 1.0, weight)
    share = np.bincount(owner, weight, n)
    total = np.zeros((n, crops.embedding.shape[1]), np.float32)
    full = np.flatnonzero(np.diff(offsets))
    if len(full):
        known = np.where(sound[:, None], crops.embedding, 0)
        known *= weight.astype(np.float32)[:, None]
        total[full] = np.add.reduceat(known, offsets[full], axis=0)
    size = np.linalg.norm(total, axis=1)
    seen = size > SHORTEST * np.maximum(share, SHORTEST)
    total /= np.where(seen, size, 1)[:, None]
    return total, np.asarray(seen, np.bool_)


def in_order(sightings: Sightings) -> I64:
    """(N,) rows in order of begin, then end, camera and tracklet id."""
    return np.lexsort((np.arange(len(sightings)), sightings.end, sightings.begin))


def _agglomerated(reach: Reach, look: F32, params: LinkParams) -> tuple[I64, np.ndarray]:
    make_ready(agglomerate, AGGLOMERATE)
    rules, spans = reach.rules, reach.rules.spans
    pairs = candidates(rules, look, params.min_similarity)
    terms = Terms(
        LINKAGES.index(params.linkage),
        params.linkage == "complete",
        params.min_similarity,
        params.margin,
        reach.far,
        float((spans["end"] - spans["begin"]).max(initial=0.0)),
    )
    return agglomerate(rules, terms, look, pairs.one, pairs.other, pairs.similarity)


def _numbered(group: I64, order: I64, linked: I64) -> I64:
    """Number the groups of the `linked` rows by who was seen first."""
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    labels = np.full(len(group), int(UNLINKED))
    labels[linked] = np.unique(rank[group[linked]], return_inverse=True)[1]
    return labels


def _at_rows(merges: np.ndarray, rows: I64) -> Merges:
    has_rival = merges["rival"] != NONE
    runner_up = np.full(len(merges), NONE)
    runner_up[has_rival] = rows[merges["rival"][has_rival]]
    ahead = merges["similarity"] - merges["rival_similarity"]
    return Merges(
        rows[merges["one"]],
        rows[merges["other"]],
        merges["closest"].copy(),
        merges["similarity"].copy(),
        runner_up,
        np.where(has_rival, ahead, np.inf),
    )
