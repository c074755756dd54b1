"""What paths look like up to each node, and from it on: means that a later link can rest on."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import types

from camweave.core.arrays import F32, F64, I64
from camweave.linking.appearance import embedded
from camweave.linking.paths.nodes import Nodes
from camweave.linking.paths.pairs import Pairs
from camweave.ops.compiled import entry, make_ready
from camweave.ops.rows import products

NOBODY: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Paths of N nodes, as who comes after whom, with the sums of their looks."""

    before: I64  # (N,) the node before, or NOBODY
    after: I64  # (N,) the node after, or NOBODY
    so_far: F32  # (N, D) sum of the looks of a path up to this node
    from_here: F32  # (N, D) sum of the looks of a path from this node on
    count_so_far: F64  # (N,) nodes with a look
    count_from_here: F64  # (N,)

    def similarity(self, one: I64, other: I64) -> tuple[F64, F64]:
        """(Q,) mean likeness of the paths up to `one` and those from `other` on; of how many pairs.

        With unit vectors the mean over all pairs is the product of the sums, divided.
        """
        total = products(self.so_far, self.from_here, one, other)
        size = self.count_so_far[one] * self.count_from_here[other]
        return total / np.maximum(size, 1.0), np.maximum(size, 1.0)


def chains_of(nodes: Nodes, pairs: Pairs, chosen: I64) -> Chains:
    """The paths that the `chosen` rows of `pairs` make."""
    n = len(nodes)
    before, after = np.full(n, NOBODY), np.full(n, NOBODY)
    before[pairs.other[chosen]] = pairs.one[chosen]
    after[pairs.one[chosen]] = pairs.other[chosen]
    known = embedded(nodes.vector)
    order = np.lexsort([nodes.end, nodes.begin])
    sums: list[F32] = []
    numbers: list[F64] = []
    make_ready(_gather, _GATHER)
    for sequence, previous in ((order, before), (order[::-1].copy(), after)):
        total: F32 = nodes.vector.copy()
        number: F64 = known.astype(np.float64)
        _gather(sequence, previous, total, number)
        sums.append(total)
        numbers.append(number)
    return Chains(before, after, sums[0], sums[1], numbers[0], numbers[1])


def _in(kind: Any, axes: int = 1) -> Any:  # noqa: ANN401 - Numba's have no types
    return types.Array(kind, axes, "C", readonly=True)


_GATHER: Final = (
    _in(types.int64),
    _in(types.int64),
    types.Array(types.float32, 2, "C"),
    types.Array(types.float64, 1, "C"),
)


@entry()
def _gather(order: I64, previous: I64, total: F32, number: F64) -> None:
    """Add to each node, in this order, what was gathered at the previous one."""
    for at in range(len(order)):
        j = order[at]
        i = previous[j]
        if i >= 0:
            for d in range(total.shape[1]):
                total[j, d] += total[i, d]
            number[j] += number[i]
