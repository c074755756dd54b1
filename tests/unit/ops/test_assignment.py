"""The cheapest matching under a limit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.optimize import linear_sum_assignment

from camweave.core.arrays import F64
from camweave.core.errors import ShapeError
from camweave.ops.assignment import assign

LIMITS = st.sampled_from([0.25, 0.5, 0.75, 0.8, -0.5])
COSTS = st.one_of(
    st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]),  # ties, and costs that lie on a limit
    st.floats(-1, 2),
    st.sampled_from([np.nan, np.inf, -np.inf]),
)
MATRICES = arrays(
    np.float64, array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=7), elements=COSTS
)


def least_cost(cost: F64, limit: float) -> float:
    """What the best matching costs, from the square matrix [[cost, limit/2], [limit/2, 0]]."""
    n, m = cost.shape
    square = np.full((n + m, n + m), limit / 2)
    square[n:, m:] = 0.0
    square[:n, :m] = np.where(np.isfinite(cost), cost, 1e6)
    return float(square[linear_sum_assignment(square)].sum())


def cost_of(cost: F64, limit: float, rows: np.ndarray, columns: np.ndarray) -> float:
    """What a matching costs in the same count."""
    alone = sum(cost.shape) - 2 * len(rows)
    return float(cost[rows, columns].sum() + alone * limit / 2)


@given(MATRICES, LIMITS)
def test_no_matching_is_cheaper(cost: F64, limit: float) -> None:
    rows, columns = assign(cost, limit)
    np.testing.assert_allclose(
        cost_of(cost, limit, rows, columns), least_cost(cost, limit), atol=1e-9
    )


@given(MATRICES, LIMITS)
def test_nobody_is_matched_twice_nor_above_the_limit(cost: F64, limit: float) -> None:
    rows, columns = assign(cost, limit)
    assert np.all(np.diff(rows) > 0)
    assert len(set(columns.tolist())) == len(columns)
    assert np.all(cost[rows, columns] <= limit)


@given(st.integers(0, 2**32), st.integers(20, 60))
def test_a_large_sparse_problem_is_solved_too(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    cost = np.where(rng.random((size, size + 7)) < 0.1, rng.random((size, size + 7)), 1.0)
    np.testing.assert_allclose(cost_of(cost, 0.8, *assign(cost, 0.8)), least_cost(cost, 0.8))


def test_a_dear_pair_does_not_take_what_a_cheap_one_needs() -> None:
    cost = np.array([[0.1, 0.9], [0.7, 1.6]])  # without a limit, 0.9 + 0.7 is the cheapest
    rows, columns = assign(cost, 0.8)
    assert (rows.tolist(), columns.tolist()) == ([0], [0])


def test_a_pair_that_costs_exactly_the_limit_is_made() -> None:
    rows, _ = assign(np.array([[0.8]]), 0.8)
    assert len(rows) == 1
    rows, _ = assign(np.array([[np.nextafter(0.8, 1)]]), 0.8)
    assert len(rows) == 0


def test_two_groups_without_a_common_pair_do_not_care_for_each_other() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.random((5, 6)), rng.random((7, 4))
    both = np.full((12, 10), np.inf)
    both[:5, :6], both[5:, 6:] = a, b
    rows, columns = assign(both, 0.7)
    (rows_a, columns_a), (rows_b, columns_b) = assign(a, 0.7), assign(b, 0.7)
    assert rows.tolist() == [*rows_a, *(rows_b + 5)]
    assert columns.tolist() == [*columns_a, *(columns_b + 6)]


def test_any_array_of_numbers_will_do() -> None:
    cost = np.array([[0.1, 0.9, 0.2], [0.3, 0.05, 0.9]])
    expected = [column.tolist() for column in assign(cost, 0.8)]
    frozen = cost.copy()
    frozen.setflags(write=False)
    for same in (np.asfortranarray(cost), np.repeat(cost, 2, axis=1)[:, ::2], frozen):
        assert [column.tolist() for column in assign(same, 0.8)] == expected
    rows, _ = assign(np.zeros((2, 3), np.int32), 1.0)
    assert len(rows) == 2


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_where_there_is_nobody_there_is_no_pair(shape: tuple[int, int]) -> None:
    rows, columns = assign(np.empty(shape), 1.0)
    assert len(rows) == len(columns) == 0


def test_what_is_no_matrix_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"cost: expected a matrix \(N, M\), got \(3,\)"):
        assign(np.zeros(3), 1.0)


@pytest.mark.parametrize("limit", [np.nan, np.inf, -np.inf])
def test_a_limit_must_be_finite(limit: float) -> None:
    with pytest.raises(ShapeError, match="limit"):
        assign(np.zeros((1, 1)), limit)
