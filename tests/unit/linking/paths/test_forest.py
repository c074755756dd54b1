"""Links that hold identities together, and where they are cut."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import I64, Bool
from camweave.linking.paths.forest import Forest, apart_in_trees, cut, strongest_tree

LINKS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(-5, 9)).filter(
        lambda link: link[0] != link[1]
    ),
    max_size=30,
)


def forest(*links: tuple[int, int, float], count: int = 10) -> Forest:
    table = np.array(links, np.float64).reshape(-1, 3)
    one, other = table[:, :2].astype(np.int64).T
    return Forest(count, one, other, table[:, 2].copy(), np.arange(len(table)))


@given(LINKS)
def test_a_tree_connects_what_the_links_connect_with_no_link_too_many(
    links: list[tuple[int, int, float]],
) -> None:
    every = forest(*links)
    tree = every[strongest_tree(10, every.one, every.other, every.nats)]
    apart = len(np.unique(every.label))
    assert len(np.unique(tree.label)) == apart
    assert len(tree.one) == 10 - apart


def test_of_a_circle_the_weakest_link_goes() -> None:
    every = forest((0, 1, 3.0), (1, 2, 1.0), (0, 2, 2.0))
    assert strongest_tree(10, every.one, every.other, every.nats).tolist() == [0, 2]


def test_a_cut_takes_the_weakest_link_on_the_way() -> None:
    chain = forest((0, 1, 5.0), (1, 2, 1.0), (2, 3, 4.0))
    label = cut(chain, [(0, 3)]).label
    assert label[0] == label[1]
    assert label[2] == label[3]
    assert label[1] != label[2]


@given(LINKS, st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8))
def test_after_cuts_no_two_that_cannot_be_one_are(
    links: list[tuple[int, int, float]], impossible: list[tuple[int, int]]
) -> None:
    every = forest(*links)
    tree = every[strongest_tree(10, every.one, every.other, every.nats)]
    label = cut(tree, impossible).label
    assert all(label[i] != label[j] for i, j in impossible if i != j)


def never(one: I64, other: I64) -> Bool:
    return np.zeros(np.broadcast(one, other).shape, np.bool_)


SPANS = np.array([0.0, 3.0, 40.0, 9.0, 11.0]), np.array([8.0, 5.0, 41.0, 12.0, 70.0])


def test_all_of_a_tree_that_cannot_be_one_are_named_once_in_order() -> None:
    one, other = apart_in_trees(np.array([4, 7, 4, 4, 9]), SPANS, never, np.inf)
    assert list(zip(one.tolist(), other.tolist(), strict=True)) == [(0, 2), (0, 3), (2, 3)]


def test_who_is_far_apart_is_not_asked_about() -> None:
    one, other = apart_in_trees(np.array([4, 7, 4, 4, 9]), SPANS, never, 5.0)
    assert list(zip(one.tolist(), other.tolist(), strict=True)) == [(0, 3)]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.floats(0, 50), st.floats(0, 9)), max_size=40),
    st.floats(0, 9),
)
def test_nobody_nearer_in_time_is_passed_over(
    rows: list[tuple[int, float, float]], far: float
) -> None:
    label, begin, stay = np.array(rows, np.float64).reshape(-1, 3).T
    end, tree = begin + stay, label.astype(np.int64)
    one, other = apart_in_trees(tree, (begin, end), never, far)
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    for i, j in combinations(range(len(rows)), 2):
        gap = max(begin[i], begin[j]) - min(end[i], end[j])
        if tree[i] == tree[j] and gap < far - 1e-6:
            assert (i, j) in pairs
