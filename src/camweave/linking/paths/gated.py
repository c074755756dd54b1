"""Pairs that travel times speak for, whatever they look like: a fair sample of one's looks."""

from typing import Final

import numpy as np

from camweave.core.arrays import I64, Bool
from camweave.linking.appearance import embedded
from camweave.linking.paths.learning import Ends
from camweave.linking.paths.nodes import Nodes
from camweave.linking.transit import Transits

MOST: Final = 200_000  # pairs
GATE: Final = -2.0  # nats that travel time and places must say for a pair, at least


def likely_passages(nodes: Nodes, ends: Ends, transits: Transits) -> tuple[I64, I64]:
    """Pairs (Q,) of embedded nodes of two cameras that lie within the windows of known ways."""
    known = embedded(nodes.vector)
    found = [np.empty((2, 0), np.int64)]
    for a, b in np.argwhere(transits.edge >= 0):
        row = transits.edge[a, b]
        if a != b:
            found.append(_within(nodes, known, (int(a), int(b)),
                                 (transits.least[row], transits.most[row])))  # fmt: skip
    one, other = np.concatenate(found, axis=1)
    told = transits.nats(
        ends.leaves[one],
        ends.enters[other],
        nodes.begin[other] - nodes.end[one],
        ends.leaving[one],
        ends.entering[other],
    )
    same_class = (nodes.class_id[one] == nodes.class_id[other]) | (nodes.class_id[one] < 0)
    keep = np.flatnonzero((told >= GATE) & same_class)
    if len(keep) > MOST:
        keep = np.sort(keep[np.argsort(-told[keep], kind="stable")[:MOST]])
    return one[keep], other[keep]


def _within(nodes: Nodes, known: Bool, way: tuple[int, int], window: tuple[float, float]) -> I64:
    """(2, Q) who left by one camera and who came in by the other within the window."""
    out = np.flatnonzero((nodes.leaves == way[0]) & known)
    into = np.flatnonzero((nodes.enters == way[1]) & known)
    into = into[np.argsort(nodes.begin[into], kind="stable")]
    begin = nodes.begin[into]
    first = np.searchsorted(begin, nodes.end[out] + window[0])
    stop = np.maximum(np.searchsorted(begin, nodes.end[out] + window[1], side="right"), first)
    count = stop - first
    one = np.repeat(out, count)
    start = np.repeat(first - (np.cumsum(count) - count), count)
    return np.stack([one, into[start + np.arange(len(one))]])
