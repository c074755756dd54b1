"""Links that hold identities together, and where they are cut."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.linking.paths.forest import Forest, cut, strongest_tree, within_trees

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


def test_all_pairs_of_a_tree_are_named_once() -> None:
    one, other = within_trees(np.array([4, 7, 4, 4, 9]))
    pairs = sorted(
        (min(i, j), max(i, j)) for i, j in zip(one.tolist(), other.tolist(), strict=True)
    )
    assert pairs == [(0, 2), (0, 3), (2, 3)]
