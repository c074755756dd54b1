"""Who is painted first: the far ones, so that the near ones hide them."""

from collections.abc import Sequence

import numpy as np

from camweave.core.arrays import F64, I64


def far_to_near(pairs: Sequence[tuple[int, int]], distance: Sequence[float]) -> list[int]:
    """Rows in the order of painting: each after all those it hides, else the farther one first.

    Args:
        pairs: (near, far) rows, of which the near one may hide the far one.
        distance: of each row from the lens.
    """
    rows = sorted(range(len(distance)), key=lambda row: -distance[row])
    if not pairs:
        return rows
    waits: dict[int, set[int]] = {}  # for whom a row must wait
    for near, far in pairs:
        waits.setdefault(near, set()).add(far)
    order: list[int] = []
    done: set[int] = set()
    while rows:
        free = next((r for r in rows if r not in waits or waits[r] <= done), rows[0])  # or a circle
        rows.remove(free)
        order.append(free)
        done.add(free)
    return order


def overlapping(one: F64, other: F64) -> I64:
    """Pairs of rows (P, 2) of boxes (N, 4) and (M, 4) that share some area."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    return np.argwhere((low < high).all(axis=2)).astype(np.int64)
