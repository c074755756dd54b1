from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from camweave.core.tracks import Tracklets
from camweave.refinement.looks import nats
from camweave.refinement.params import RefineParams
from camweave.refinement.refine import refine

Make = Callable[..., Tracklets]
Walk = Callable[..., Any]


def look(
    who: int, frames: Sequence[int], noise: float = 0.15
) -> tuple[tuple[int, tuple[float, ...]], ...]:
    """Crops of somebody: the same direction of 32, but for noise."""
    rng = np.random.default_rng(1000 * who + frames[0])
    mean = np.random.default_rng(who).normal(0, 1, 32)
    return tuple((f, tuple(mean + noise * 5 * rng.normal(0, 1, 32))) for f in frames)


def others(walk: Walk) -> list[object]:
    """People who show what looks are like here."""
    return [
        walk(0, 100, 950 - 70 * k, 100 + 90 * k, embedding=look(10 + k, range(0, 100, 10)))
        for k in range(6)
    ]


def test_two_people_in_one_tracklet_are_parted_where_the_looks_change(
    make: Make, walk: Walk
) -> None:
    one = walk(0, 49, 100, 400, 3, embedding=look(1, range(2, 50, 10)))
    other = walk(50, 100, 110, 402, 3, embedding=look(2, range(52, 100, 10)))
    done = refine(make([*others(walk), (one, other)]))
    (split,) = done.changes.splits
    assert (split.tracklet_id, split.becomes, split.why) == (7, 8, "looks")
    assert 4.2 < split.time <= 5.2


def test_there_and_back_again_is_cut_twice_and_joined(make: Make, walk: Walk) -> None:
    mixed = (
        walk(0, 39, 100, 400, 3, embedding=look(1, range(0, 40, 8))),
        walk(40, 69, 104, 402, 3, embedding=look(2, range(40, 70, 8))),
        walk(70, 110, 100, 400, 3, embedding=look(1, range(72, 110, 8))),
    )
    done = refine(make([*others(walk), mixed]))
    assert [split.why for split in done.changes.splits] == ["looks", "looks"]
    assert [(j.tracklet_id, j.with_id, j.becomes) for j in done.changes.joins] == [(7, 7, 7)]
    assert len(done.tracklets) == 8
    first = done.tracklets[6]
    assert first.frame_numbers[0] == 0
    assert first.frame_numbers[-1] == 110


def test_one_person_with_noisy_crops_stays_one(make: Make, walk: Walk) -> None:
    one = walk(0, 100, 100, 400, 3, embedding=look(1, range(0, 100, 10), noise=0.25))
    assert not refine(make([*others(walk), one])).changes.splits


def test_looks_decide_where_motion_cannot(make: Make, walk: Walk) -> None:
    gone = walk(0, 40, 400, 400, embedding=look(1, range(0, 40, 4)))
    here = walk(70, 110, 330, 400, embedding=look(2, range(70, 110, 4)))
    there = walk(70, 110, 490, 400, embedding=look(1, range(70, 110, 4)))
    joins = refine(make([*others(walk), gone, here, there])).changes.joins
    assert [(j.tracklet_id, j.with_id) for j in joins] == [(7, 9)]
    blind = [walk(w.first, w.last, w.x, w.y) for w in (gone, here, there)]
    nearer = refine(make([*others(walk), *blind]), RefineParams(least_evidence=-9.0)).changes.joins
    assert (7, 8) in [(j.tracklet_id, j.with_id) for j in nearer]


def test_crops_go_with_their_rows(make: Make, walk: Walk) -> None:
    parts = [
        walk(0, 40, 100, 400, 5, embedding=look(1, [5, 20])),
        walk(2, 3, 700, 100, embedding=look(3, [2])),
        walk(51, 100, 100, 400, 5, embedding=look(1, [60, 90])),
        walk(0, 100, 900, 700),
    ]
    before = make(parts)
    after = refine(before).tracklets
    assert after.tracklet_id.tolist() == [1, 4]
    assert before.appearance is not None
    assert after.appearance is not None
    assert after.frame[after.appearance.row].tolist() == [5, 20, 60, 90]
    assert after.appearance.offsets.tolist() == [0, 4, 4]
    kept = [0, 1, 3, 4]
    np.testing.assert_array_equal(after.appearance.embedding, before.appearance.embedding[kept])


def test_more_likeness_never_says_less() -> None:
    alike = np.linspace(-1, 1, 201)
    for other_spread in (0.05, 0.3):
        told = nats(alike, (0.8, 0.1), (0.4, other_spread))
        assert (np.diff(told) >= -1e-12).all()
