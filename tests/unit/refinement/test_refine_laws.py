"""What holds of whatever is refined: laws over walkers whom a poor tracker followed."""

from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.tracks import UNDETECTED, Tracklets
from camweave.refinement.refine import Refined, refine

Make = Callable[..., Tracklets]
Walk = Callable[..., object]

seeds = st.integers(0, 10_000)
LAWS = settings(max_examples=12)


def crowd(make: Make, walk: Walk, seed: int, ids: list[int] | None = None) -> Tracklets:
    """Eight walkers, each in one to three parts, some of them taken for one by the tracker."""
    rng = np.random.default_rng(seed)
    walks: list[object] = []
    for _ in range(8):
        x, y, vx, vy = rng.uniform((0, 100, -6, -2), (1000, 700, 6, 2))
        height, cuts = rng.uniform(60, 150), np.sort(rng.integers(0, 120, 4))
        parts = [
            walk(int(a), int(b), x, y, vx, vy, height=height, rough=1.0)
            for a, b in zip(cuts[:-1], cuts[1:] - rng.integers(1, 25, 3), strict=True)
            if b > a + 1
        ]
        walks += [tuple(parts[:2]), *parts[2:]] if rng.random() < 0.3 and parts else parts
    return make(walks, ids[: len(walks)] if ids else None, seed=seed)


def rows(tracklets: Tracklets, *, seen: bool) -> set[tuple[float, ...]]:
    """Each row as numbers, without its id."""
    which = (tracklets.detection != UNDETECTED) == seen
    return {tuple(row) for row in np.column_stack([tracklets.frame, tracklets.xyxy])[which]}


def partition(tracklets: Tracklets) -> set[frozenset[int]]:
    """Which detections make a track."""
    return {
        frozenset(t.detection_indices[t.detection_indices != UNDETECTED].tolist())
        for t in tracklets
    }


def dropped_rows(done: Refined) -> int:
    return sum(drop.rows for drop in done.changes.drops)


@LAWS
@given(seed=seeds)
def test_nobody_is_in_two_places_and_all_frames_rise(make: Make, walk: Walk, seed: int) -> None:
    for t in refine(crowd(make, walk, seed)).tracklets:
        assert (np.diff(t.frame_numbers) > 0).all()
        assert (np.diff(t.times) > 0).all()


@LAWS
@given(seed=seeds)
def test_what_was_seen_stays_but_for_what_is_dropped(make: Make, walk: Walk, seed: int) -> None:
    before = crowd(make, walk, seed)
    done = refine(before)
    kept = rows(done.tracklets, seen=True)
    assert kept <= rows(before, seen=True)
    seen = int((done.tracklets.detection != UNDETECTED).sum())
    assert seen + dropped_rows(done) == len(before.frame)


@LAWS
@given(seed=seeds)
def test_only_parts_that_never_met_become_one(make: Make, walk: Walk, seed: int) -> None:
    for join in refine(crowd(make, walk, seed)).changes.joins:
        assert join.gap > 0


@LAWS
@given(seed=seeds)
def test_filled_rows_lie_between_rows_that_were_seen(make: Make, walk: Walk, seed: int) -> None:
    done = refine(crowd(make, walk, seed))
    new = done.tracklets.detection == UNDETECTED
    for t in done.tracklets:
        assert t.detection_indices[0] != UNDETECTED
        assert t.detection_indices[-1] != UNDETECTED
    assert sum(fill.rows for fill in done.changes.fills) == new.sum()


@LAWS
@given(seed=seeds)
def test_a_second_time_finds_nothing_more(make: Make, walk: Walk, seed: int) -> None:
    once = refine(crowd(make, walk, seed)).tracklets
    assert partition(refine(once).tracklets) == partition(once)


@LAWS
@given(seed=seeds)
def test_how_tracklets_are_numbered_does_not_matter(make: Make, walk: Walk, seed: int) -> None:
    shuffled = np.random.default_rng(seed + 1).permutation(40) + 1
    plain = refine(crowd(make, walk, seed)).tracklets
    other = refine(crowd(make, walk, seed, shuffled.tolist())).tracklets
    assert rows(plain, seen=True) == rows(other, seen=True)
    assert _paths(plain) == _paths(other)


def _paths(tracklets: Tracklets) -> set[tuple[tuple[float, ...], ...]]:
    """Each track as the rows it is made of."""
    return {tuple(map(tuple, np.column_stack([t.frame_numbers, t.bboxes]))) for t in tracklets}


@LAWS
@given(seed=seeds)
def test_it_says_the_same_every_time(make: Make, walk: Walk, seed: int) -> None:
    before = crowd(make, walk, seed)
    once, twice = refine(before), refine(before)
    assert list(once.changes.lines()) == list(twice.changes.lines())
    np.testing.assert_array_equal(once.tracklets.xyxy, twice.tracklets.xyxy)
