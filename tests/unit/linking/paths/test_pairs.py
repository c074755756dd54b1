"""Which nodes are held against each other: those that time allows, the most alike first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import F32
from camweave.linking.paths.nodes import Nodes
from camweave.linking.paths.pairs import Reach, find_pairs

CAMERAS, SIZE = 3, 8


def nodes(count: int, seed: int = 0, *, look: F32 | None = None, length: float = 60.0) -> Nodes:
    """Nodes of one tracklet each, here and there within `length` s."""
    rng = np.random.default_rng(seed)
    begin, camera = rng.uniform(0, length, count), rng.integers(0, CAMERAS, count)
    drawn = rng.normal(size=(count, SIZE)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    rows = np.arange(count)
    return Nodes(
        of_row=rows,
        first=rows,
        last=rows,
        enters=camera,
        leaves=camera,
        class_id=rng.integers(-1, 2, count),
        begin=begin,
        end=begin + rng.uniform(0, 9, count),
        vector=drawn if look is None else look,
        trust=np.ones(count),
        single=rng.random(count) < 0.7,
    )


def reach(most: float = 25.0) -> Reach:
    least = np.full((CAMERAS, CAMERAS), -3.0)
    return Reach(least=least, most=np.full_like(least, most), overlap=0.5)


def allowed(found: Nodes, within: Reach, i: int, j: int) -> bool:
    """By the words of the rules, one pair at a time; `i` begins first."""
    a, b = found.leaves[i], found.enters[j]
    gap = found.begin[j] - found.end[i]
    loose = found.single[i] and found.single[j] and a != b
    one_kind = found.class_id[i] == found.class_id[j] or min(found.class_id[[i, j]]) < 0
    in_time = (within.least[a, b] if loose else -within.overlap) <= gap <= within.most[a, b]
    return bool(found.end[j] >= found.end[i] and one_kind and in_time)


def by_hand(found: Nodes, within: Reach, nearest: int) -> set[tuple[int, int]]:
    """The pairs that either of two has among its most alike, found one by one."""
    order = np.lexsort([found.end, found.begin]).tolist()
    alike = found.vector @ found.vector.T
    after: dict[int, list[int]] = {i: [] for i in order}
    before: dict[int, list[int]] = {i: [] for i in order}
    for at, i in enumerate(order):
        for j in order[at + 1 :]:
            if allowed(found, within, i, j):
                after[i].append(j)
                before[j].append(i)
    best = {(i, j) for i in order for j in sorted(after[i], key=lambda j: -alike[i, j])[:nearest]}
    return best | {
        (i, j) for j in order for i in sorted(before[j], key=lambda i: -alike[i, j])[:nearest]
    }


@given(st.integers(0, 99), st.integers(0, 40), st.integers(1, 6))
def test_each_ones_most_alike_of_those_that_time_allows_are_kept(
    seed: int, count: int, nearest: int
) -> None:
    found = nodes(count, seed)
    pairs, _ = find_pairs(found, reach(), nearest)
    kept = list(zip(pairs.one.tolist(), pairs.other.tolist(), strict=True))
    assert len(set(kept)) == len(kept)
    assert set(kept) == by_hand(found, reach(), nearest)


@given(st.integers(0, 99), st.integers(0, 40))
def test_the_census_counts_every_pair_that_time_allows(seed: int, count: int) -> None:
    found = nodes(count, seed)
    every = by_hand(found, reach(), nearest=count)
    _, census = find_pairs(found, reach(), 1)
    assert census.gaps.sum() == len(every)
    between = [(i, j) for i, j in every if found.leaves[i] != found.enters[j]]
    assert census.across.sum() == len(between)


def test_of_equally_alike_ones_the_nearest_in_time_are_kept() -> None:
    found = nodes(30, look=np.zeros((30, SIZE), np.float32), length=6.0)
    pairs, _ = find_pairs(found, reach(), 2)
    order = np.lexsort([found.end, found.begin]).tolist()
    rank = np.argsort(order)
    for j in order[-5:]:
        able = [i for i in order[: rank[j]] if allowed(found, reach(), i, j)]
        mine = set(pairs.one[pairs.other == j].tolist())
        assert set(able[-2:]) <= mine


def test_a_short_window_of_one_pair_of_cameras_bounds_that_pair_alone() -> None:
    found, within = nodes(60, 4), reach()
    within.most[0, 1] = 2.0
    pairs, _ = find_pairs(found, within, 60)
    way = (found.leaves[pairs.one] == 0) & (found.enters[pairs.other] == 1)
    assert pairs.gap[way].max() <= 2.0
    assert pairs.gap[~way].max() > 20.0


@pytest.mark.parametrize("budget", [30.0, 300.0])
def test_in_a_crowd_the_work_is_bounded_and_the_next_to_come_are_compared(budget: float) -> None:
    count = 60
    found = nodes(count, look=np.ones((count, SIZE), np.float32), length=0.01)
    pairs, census = find_pairs(found, reach(), 60, budget)
    assert 0 < census.gaps.sum() <= max(budget, count * CAMERAS)
    assert len(pairs) <= max(budget, count * CAMERAS)
