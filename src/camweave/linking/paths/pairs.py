"""Which nodes could be one object: each one's most alike, of those that time allows.

Who left a camera is held against those who came into a camera while its reach lasted, camera by
camera, both in order of time. So the work grows with who is near in time, not with the square.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.linking.appearance import embedded
from camweave.linking.kinds import Kinds, walled
from camweave.linking.paths.nodes import Nodes
from camweave.linking.paths.sifting import GAP_BINS, SIFT, Best, Counts, Hints, Row, sift
from camweave.linking.transit import BINS
from camweave.ops.compiled import make_ready
from camweave.ops.rows import products

LIKENESSES: Final = 401  # bins of cosine, -1 to 1
NATS: Final = 16.0  # that a cosine of 1 is worth, as long as nothing was learned
NEAREST: Final = 24  # pairs kept of each node, to either side, by looks alone
LIKELIEST: Final = 12  # and where all is known that a pass learned
BUDGET: Final = 5e8  # pairs that are compared, at most, about


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reach:
    """Which gaps between two of C cameras are worth a look."""

    least: F64  # (C, C) s
    most: F64  # (C, C) s
    overlap: float  # s that two tracklets of one camera may share


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """E pairs of nodes; `one` begins no later than `other`."""

    one: I64  # (E,)
    other: I64  # (E,)
    similarity: F64  # (E,) cosine; 0 where either is not embedded
    gap: F64  # (E,) s from the end of `one` to the begin of `other`

    def __len__(self) -> int:
        return len(self.one)

    def __getitem__(self, keep: I64 | Bool) -> "Pairs":
        return Pairs(self.one[keep], self.other[keep], self.similarity[keep], self.gap[keep])


@dataclass(frozen=True, slots=True, eq=False)
class Census:
    """All pairs that time allows, counted, kept or not."""

    across: F64  # (401,) pairs of two cameras, by cosine
    again: F64  # (401,) pairs of one camera, soon after each other, by cosine
    gaps: F64  # (C, C, G) by the cameras left and entered, and gap


def find_pairs(
    nodes: Nodes,
    reach: Reach,
    nearest: int = NEAREST,
    budget: float = BUDGET,
    *,
    kinds: Kinds | None = None,
    hints: Hints | None = None,
) -> tuple[Pairs, Census]:
    """The pairs worth scoring, in order of their nodes, and the census of all.

    Of each node the `nearest` most alike that may come before it, and after it; of equally alike
    ones those nearest in time. In a crowd, nobody is held against more than `budget` / (N C) of
    those who came into one camera: the first. Whose classes say that they are two objects are
    not held against each other; without `kinds`, all whose classes differ.
    """
    n, cameras = len(nodes), len(reach.least)
    nearest = nearest if hints is None else min(nearest, LIKELIEST)
    order = np.lexsort([nodes.end, nodes.begin])
    best = _nobody(n, nearest), _nobody(n, nearest)
    counts = Counts(
        np.zeros(LIKENESSES), np.zeros(LIKENESSES), np.zeros((cameras, cameras, BINS)), GAP_BINS
    )
    limit = max(1, int(budget / max(n * cameras, 1)))
    make_ready(sift, SIFT)
    walls = reach.least, reach.most, float(reach.overlap)
    if hints is None:
        alike = NATS * np.linspace(-1, 1, LIKENESSES)
        hints = Hints(alike, alike, np.zeros((cameras, cameras, BINS), np.float32))
    kinds = kinds or walled(cameras, 1 + int(nodes.class_id.max(initial=-1)))
    sift(_row_of(nodes, order, cameras, kinds), *walls, limit, hints, best, counts)
    return _kept(best, order, nodes), Census(counts.across, counts.again, counts.gaps)


def kind_nats(kinds: Kinds, nodes: Nodes, pairs: Pairs) -> F64:
    """(E,) what the classes of either say."""
    return kinds.nats(*sides_of(kinds, nodes, pairs))


def sides_of(kinds: Kinds, nodes: Nodes, pairs: Pairs) -> tuple[I64, I64]:
    """(E,) what was told of those who left, and of those who came; see `Kinds.told`."""
    one, other = pairs.one, pairs.other
    left = kinds.told(nodes.leaves[one], nodes.class_id[one])
    return left, kinds.told(nodes.enters[other], nodes.class_id[other])


def _row_of(nodes: Nodes, order: I64, cameras: int, kinds: Kinds) -> Row:
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    by_entry = order[np.argsort(nodes.enters[order], kind="stable")]
    end, enters, leaves = nodes.end[by_entry], nodes.enters[by_entry], nodes.leaves[by_entry]
    leaving = np.lexsort([rank[by_entry], end, leaves])
    return Row(
        nodes.begin[by_entry],
        end,
        kinds.told(enters, nodes.class_id[by_entry]),
        kinds.told(leaves, nodes.class_id[by_entry]),
        nodes.single[by_entry],
        embedded(nodes.vector)[by_entry],
        nodes.vector[by_entry],
        rank[by_entry],
        np.searchsorted(enters, np.arange(cameras + 1)),
        leaving,
        np.searchsorted(leaves[leaving], np.arange(cameras + 1)),
        kinds.value,
    )


def _nobody(n: int, nearest: int) -> Best:
    room = n, nearest
    return Best(np.empty(room, np.float32), np.empty(room, np.int32), np.zeros(n, np.int64))


def _kept(best: tuple[Best, Best], order: I64, nodes: Nodes) -> Pairs:
    """Either side's choices together, each pair once."""
    rows = []
    for side in best:
        kept = np.arange(side.partner.shape[1]) < side.number[:, None]
        rows.append(np.stack([np.nonzero(kept)[0], side.partner[kept]]))
    one, other = np.sort(np.concatenate(rows, axis=1), axis=0)
    one, other = order[one], order[other]
    pair = one * len(order) + other
    in_order = np.argsort(pair)
    once = in_order[np.diff(pair[in_order], prepend=-1) > 0]  # chosen by both, alike in both
    one, other = one[once], other[once]
    alike = products(nodes.vector, nodes.vector, one, other)
    return Pairs(one, other, alike, nodes.begin[other] - nodes.end[one])
