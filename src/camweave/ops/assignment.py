"""Who belongs to whom: the cheapest matching of rows and columns, where nobody must be matched.

A matching pays the cost of each pair it makes and `limit / 2` for every row and every column it
leaves alone. So a pair is made only where it costs no more than `limit`. This is what the
trackers' literature calls `lapjv(cost, extend_cost=True, cost_limit=limit)`: the assignment of the
square matrix [[cost, limit / 2], [limit / 2, 0]]. To solve without a limit and drop the dear pairs
afterwards is something else: a dear pair may then have taken what a cheap one needed.
"""

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from numba import types

from camweave.core.arrays import F64, I64
from camweave.core.errors import ShapeError
from camweave.ops.compiled import entry, inner, make_ready

ALONE: Final = -1  # the partner of who has none
MATRIX: Final = 2  # axes

ROW: Final = np.dtype(
    [
        ("who", np.int64),  # for the caller: what this row stands for
        ("first", np.int64),  # its pairs are `first` to `stop`
        ("stop", np.int64),
        ("column", np.int64),  # the answer: its partner, or ALONE
        ("paid", np.float64),  # cost of the pair that it is in
    ],
    align=True,
)
COLUMN: Final = np.dtype(
    [
        ("who", np.int64),
        ("row", np.int64),  # the answer: its partner, or ALONE
        ("price", np.float64),  # asked on top of a pair's cost: the dual, never below 0
        ("reached", np.float64),  # least extra cost at which the search came here
        ("step", np.float64),  # cost of the pair by which it came
        ("origin", np.int64),  # the row from which it came
        ("settled", np.int64),  # 1 if `reached` is final
        ("seen", np.int64),  # [k]: the k-th column that the search came to; settled ones first
    ],
    align=True,
)
PAIR: Final = np.dtype([("column", np.int64), ("cost", np.float64)], align=True)

Rows: TypeAlias = npt.NDArray[np.void]  # records of ROW
Columns: TypeAlias = npt.NDArray[np.void]  # records of COLUMN
Pairs: TypeAlias = npt.NDArray[np.void]  # records of PAIR: those that may be made
Record: TypeAlias = Any  # one record, whose fields only Numba knows


def assign(cost: F64, limit: float) -> tuple[I64, I64]:
    """The cheapest matching of an (N, M) cost matrix: rows and columns of its K pairs, (K,) each.

    Rows rise. Pairs above `limit` are never made, nor pairs whose cost is NaN or infinite. Among
    matchings of equal cost it is the same one every time.

    Raises:
        ShapeError: `cost` is no matrix, or `limit` is not finite.

    >>> rows, columns = assign(np.array([[0.1, 0.2, 9.0], [0.1, 0.9, 9.0]]), limit=0.8)
    >>> rows.tolist(), columns.tolist()
    ([0, 1], [1, 0])
    """
    table = np.asarray(cost, np.float64)
    if table.ndim != MATRIX:
        raise ShapeError(f"cost: expected a matrix (N, M), got {table.shape}")
    if not np.isfinite(limit):
        raise ShapeError(f"limit: expected a finite cost, got {limit}")
    make_ready(_assign, _ASSIGN)
    column_of = _assign(table, float(limit))
    rows = np.flatnonzero(column_of != ALONE)
    return rows, column_of[rows]


@inner
def solve(rows: Rows, columns: Columns, pairs: Pairs, limit: float) -> None:
    """Find every row's `column` and every column's `row`, given the rows' pairs.

    Only pairs that cost no more than `limit` may be listed. These are Jonker and Volgenant's
    shortest augmenting paths (Computing 38, 1987) over a sparse matrix. A path never leaves its
    connected component, so groups without a common pair are solved apart.
    """
    for j in range(len(columns)):
        column = columns[j]
        column.row, column.price, column.reached, column.settled = ALONE, 0.0, np.inf, 0
    for i in range(len(rows)):
        rows[i].column = ALONE
        if rows[i].first < rows[i].stop:
            _place(i, rows, columns, pairs, limit)


@inner
def _place(first: int, rows: Rows, columns: Columns, pairs: Pairs, limit: float) -> None:  # noqa: PLR0917 - one problem
    """Give one more row its place at the least extra cost, moving others on where that pays.

    The search grows a tree of rows that would have to move. It ends at a column that is free, or
    where the cheapest way is that some row of the tree, the `leaver`, stays alone.
    """
    row, credit, settled = first, 0.0, 0
    leaver, retreat = first, limit
    seen = _look_around(row, credit, rows, columns, pairs, 0)
    while _bring_nearest_forward(settled, seen, columns, retreat):
        column = columns[columns[settled].seen]
        row = column.row
        if row == ALONE:
            _move_on(columns[settled].seen, rows, columns)
            _forget(columns, seen, settled, column.reached)
            return
        column.settled = 1
        settled += 1
        credit = rows[row].paid + column.price - column.reached
        if limit - credit < retreat:
            leaver, retreat = row, limit - credit
        seen = _look_around(row, credit, rows, columns, pairs, seen)
    freed = rows[leaver].column
    rows[leaver].column = ALONE
    _move_on(freed, rows, columns)
    _forget(columns, seen, settled, retreat)


@inner
def _look_around(  # noqa: PLR0917 - one problem
    row: int, credit: float, rows: Rows, columns: Columns, pairs: Pairs, seen: int
) -> int:
    """See which columns this row reaches more cheaply than any before; how many are seen now."""
    for e in range(rows[row].first, rows[row].stop):
        pair = pairs[e]
        column = columns[pair.column]
        distance = pair.cost + column.price - credit
        if distance < column.reached and not column.settled:
            if column.reached == np.inf:
                columns[seen].seen = pair.column
                seen += 1
            column.reached, column.step, column.origin = distance, pair.cost, row
    return seen


@inner
def _bring_nearest_forward(settled: int, seen: int, columns: Columns, retreat: float) -> bool:
    """Swap the nearest unsettled column to place `settled`; False if a retreat is cheaper.

    Of equally near ones a free column is taken: it ends the search.
    """
    nearest, least = -1, retreat
    for k in range(settled, seen):
        column = columns[columns[k].seen]
        if column.reached < least or (column.reached == least and column.row == ALONE):
            nearest, least = k, column.reached
    if nearest < 0:
        return False
    columns[settled].seen, columns[nearest].seen = columns[nearest].seen, columns[settled].seen
    return True


@inner
def _move_on(freed: int, rows: Rows, columns: Columns) -> None:
    """Give the column to the row that reached it, that row's old one to the next, and so on."""
    while freed != ALONE:
        column = columns[freed]
        row = rows[column.origin]
        left = row.column
        row.column, row.paid, column.row = freed, column.step, column.origin
        freed = left


@inner
def _forget(columns: Columns, seen: int, settled: int, total: float) -> None:
    """Raise the price of what was sought after, and leave no trace of the search."""
    for k in range(seen):
        column = columns[columns[k].seen]
        if k < settled:
            column.price += total - column.reached
        column.reached, column.settled = np.inf, 0


@inner
def longer(pairs: Pairs) -> Pairs:
    """The same pairs with room for as many more."""
    wider = np.empty(2 * len(pairs) + 16, PAIR)
    for e in range(len(pairs)):  # a slice assignment takes Numba two seconds more to compile
        wider[e] = pairs[e]
    return wider


_ASSIGN: Final = (types.Array(types.float64, 2, "A", readonly=True), types.float64)


@entry()
def _assign(cost: F64, limit: float) -> I64:
    """(N,) the column of every row, or ALONE."""
    rows, columns = np.empty(cost.shape[0], ROW), np.empty(cost.shape[1], COLUMN)
    pairs, last = np.empty(16, PAIR), 0
    for i in range(len(rows)):
        rows[i].first = last
        for j in range(len(columns)):
            if -np.inf < cost[i, j] <= limit:
                if last == len(pairs):
                    pairs = longer(pairs)
                pairs[last].column, pairs[last].cost = j, cost[i, j]
                last += 1
        rows[i].stop = last
    solve(rows, columns, pairs, limit)
    column_of = np.empty(len(rows), np.int64)
    for i in range(len(rows)):
        column_of[i] = rows[i].column
    return column_of
