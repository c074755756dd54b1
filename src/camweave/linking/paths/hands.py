"""What people said of two tracklets, put into the forest of links."""

from collections.abc import Callable, Sequence

import numpy as np

from camweave.core.arrays import I64, Bool
from camweave.core.corrections import CannotLink, Constraint, MustLink, checked
from camweave.core.identities import TrackletKey
from camweave.core.sightings import Sightings
from camweave.linking.paths.forest import (
    HAND,
    HELD,
    Forest,
    apart_in_trees,
    cut,
    strongest_tree,
)

Apart = list[tuple[int, int]]  # rows that cannot be one


def obeyed(
    forest: Forest,
    sightings: Sightings,
    constraints: Sequence[Constraint],
    *,
    can_be_one: Callable[[I64, I64], Bool],
    most_overlap: float,
    far: float = np.inf,
) -> Forest:
    """Joined as hands hold together, and cut where hands or `can_be_one` hold two apart.

    What hands hold together stands against every law but what a camera saw. Any two that are
    `far` s apart can be one.

    Raises:
        InputError: constraints contradict each other, or what a camera saw.
    """
    forest, apart = in_hand(forest, sightings, constraints, most_overlap)
    held = forest[forest.source == HELD].label

    def may_stay(one: I64, other: I64) -> Bool:
        return np.asarray((held[one] == held[other]) | can_be_one(one, other))

    span = sightings.begin, sightings.end
    one, other = apart_in_trees(forest.label, span, may_stay, far)
    return cut(forest, [*apart, *zip(one.tolist(), other.tolist(), strict=True)])


def in_hand(
    forest: Forest, sightings: Sightings, constraints: Sequence[Constraint], most_overlap: float
) -> tuple[Forest, Apart]:
    """The forest with the links that hands made, and the rows that hands hold apart.

    Constraints on tracklets that are not here are passed over.

    Raises:
        InputError: constraints contradict each other, or what a camera saw.
    """
    if not constraints:
        return forest, []
    row = {key: r for r, key in enumerate(keys_of(sightings))}
    known = [c for c in constraints if c.one in row and c.other in row]
    seen = {key: (float(sightings.begin[r]), float(sightings.end[r])) for key, r in row.items()}
    checked(known, seen, most_overlap)
    held = [_in_time(row[c.one], row[c.other], sightings) for c in known if isinstance(c, MustLink)]
    apart = [(row[c.one], row[c.other]) for c in known if isinstance(c, CannotLink)]
    return _held(forest, held), apart


def keys_of(sightings: Sightings) -> list[TrackletKey]:
    """The name of every row."""
    names = [sightings.cameras[camera] for camera in sightings.camera.tolist()]
    return list(map(TrackletKey, names, sightings.tracklet_id.tolist()))


def _in_time(one: int, other: int, sightings: Sightings) -> tuple[int, int]:
    return (one, other) if sightings.begin[one] <= sightings.begin[other] else (other, one)


def _held(forest: Forest, pairs: list[tuple[int, int]]) -> Forest:
    """With these links, in place of those that close a circle with them."""
    if not pairs:
        return forest
    one, other = np.array(pairs).T
    every = Forest(
        forest.count,
        np.concatenate([one, forest.one]),
        np.concatenate([other, forest.other]),
        np.concatenate([np.full(len(one), HAND), forest.nats]),
        np.concatenate([np.full(len(one), HELD), forest.source]),
    )
    return every[strongest_tree(every.count, every.one, every.other, every.nats)]
