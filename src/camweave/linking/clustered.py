"""The specification's clustering as identities, with what people said of it."""

from collections.abc import Sequence

import numpy as np

from camweave.core.arrays import I64
from camweave.core.corrections import Constraint
from camweave.core.identities import Link
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.linking.cluster import Clustered, cluster
from camweave.linking.params import LinkParams
from camweave.linking.paths.forest import HAND, HELD, Forest
from camweave.linking.paths.hands import keys_of, obeyed
from camweave.linking.possible import reach_of


def clustered(
    sightings: Sightings,
    topology: Topology | None,
    params: LinkParams,
    constraints: Sequence[Constraint],
) -> tuple[I64, tuple[Link, ...]]:
    """Who of N tracklets is one (N,), by label, and the links that connect each label."""
    made = cluster(sightings, topology, params)
    forest = _forest(made, len(sightings))
    if constraints:
        lawful = reach_of(sightings, topology, params, walls=True).possible
        forest = obeyed(
            forest, sightings, constraints, can_be_one=lawful, most_overlap=params.most_overlap
        )
    return forest.label, _links(made, forest, sightings)


def _forest(made: Clustered, count: int) -> Forest:
    merges = made.merges
    source = np.arange(len(merges))
    return Forest(count, merges.one, merges.other, merges.similarity, source)


def _links(made: Clustered, forest: Forest, sightings: Sightings) -> tuple[Link, ...]:
    """The clustering's own links that were left, and those of hands, in order of time."""
    keys, row = keys_of(sightings), {key: r for r, key in enumerate(keys_of(sightings))}
    made_so = forest[forest.source != HELD]
    left = {(keys[i], keys[j]) for i, j in zip(made_so.one, made_so.other, strict=True)}
    own = [link for link in made.links if (link.one, link.other) in left]
    held = np.flatnonzero(forest.source == HELD)
    by_hand = [
        Link(
            one=keys[i],
            other=keys[j],
            how="hand",
            evidence=HAND,
            gap=float(sightings.begin[j] - sightings.end[i]),
        )
        for i, j in zip(forest.one[held].tolist(), forest.other[held].tolist(), strict=True)
    ]
    dated = sorted([*own, *by_hand], key=lambda link: float(sightings.begin[row[link.other]]))
    return tuple(dated)
