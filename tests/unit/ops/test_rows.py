"""Products of chosen rows and sums by group are what NumPy says, without its copies."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.ops.rows import products, sums


@given(st.integers(0, 9), st.integers(0, 40), st.integers(0, 70))
def test_products_are_those_of_the_rows_that_are_named(seed: int, pairs: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    left, right = (rng.normal(size=(5, size)).astype(np.float32) for _ in range(2))
    one, other = rng.integers(0, 5, (2, pairs))
    expected = np.einsum("qd,qd->q", left[one], right[other])
    np.testing.assert_allclose(products(left, right, one, other), expected, atol=1e-4)


def test_equal_rows_have_equal_products_wherever_they_stand() -> None:
    rng = np.random.default_rng(1)
    look = np.repeat(rng.normal(size=(1, 37)).astype(np.float32), 6, axis=0)
    assert len(np.unique(products(look, look, np.arange(6), np.arange(6)[::-1]))) == 1


@given(st.integers(0, 9), st.integers(0, 40))
def test_sums_count_each_row_in_its_group_by_its_weight(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    row, group = rng.normal(size=(rows, 6)).astype(np.float32), rng.integers(0, 4, rows)
    weight = rng.random(rows)
    expected = np.zeros((4, 6))
    np.add.at(expected, group, row * weight[:, None])
    np.testing.assert_allclose(sums(row, group, 4, weight), expected, atol=1e-6)
    assert np.array_equal(sums(row, group, 4), sums(row, group, 4, np.ones(rows)))
