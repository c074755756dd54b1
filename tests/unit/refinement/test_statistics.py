from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from camweave.core.errors import InputError
from camweave.core.tracks import Tracklets
from camweave.refinement.ranking import RankParams, rank
from camweave.refinement.statistics import statistics

Make = Callable[..., Tracklets]
Walk = Callable[..., object]


def test_a_straight_walk_in_numbers(make: Make, walk: Walk) -> None:
    told = statistics(make([walk(0, 20, 100, 400, 3, 4, hidden=(5, 9), score=0.8)]))
    assert told.frames.tolist() == [16]
    assert told.duration[0] == pytest.approx(2.0)
    assert told.coverage[0] == pytest.approx(16 / 21)
    assert told.path[0] == pytest.approx(100, rel=1e-5)
    np.testing.assert_allclose(told.velocity, [[30, 40]], rtol=1e-5)
    assert told.speed[0] == pytest.approx(0.5, rel=1e-5)
    assert told.jitter[0] == pytest.approx(0, abs=1e-5)
    assert told.score[0] == pytest.approx(0.8)
    assert told.area[0] == pytest.approx(4000, rel=1e-4)
    assert told.border[0] == 0


def test_a_trembling_box_is_told_by_its_jitter(make: Make, walk: Walk) -> None:
    told = statistics(make([walk(0, 99, 100, 400, 3), walk(0, 99, 100, 400, 3, rough=4)]))
    assert told.jitter[0] < 1e-5
    # the centre of a box with 4 px of noise has 2.8; so the miss has sqrt(1.5) of it on each axis
    assert told.jitter[1] == pytest.approx(0.01 * 4 / np.sqrt(2) * np.sqrt(1.5 * 2), rel=0.2)


def test_who_stands_at_the_border_is_told_so(make: Make, walk: Walk) -> None:
    told = statistics(make([walk(0, 9, 10, 400), walk(0, 9, 500, 400)]))
    assert told.border.tolist() == [1, 0]


def test_one_row_moves_nowhere(make: Make, walk: Walk) -> None:
    told = statistics(make([walk(3, 3, 100, 400)]))
    assert (told.duration[0], told.coverage[0], told.speed[0], told.jitter[0]) == (0, 1, 0, 0)
    assert told.velocity.tolist() == [[0, 0]]


def test_of_nothing_there_is_nothing_to_tell(make: Make) -> None:
    told = statistics(make([]))
    assert len(told.duration) == 0
    assert told.velocity.shape == (0, 2)
    assert len(rank(make([])).mark) == 0


def test_an_empty_tracklet_has_zeros(make: Make, walk: Walk) -> None:
    two = make([walk(0, 9, 100, 400), walk(0, 9, 500, 400)])
    hollow = replace(
        two,
        tracklet_id=np.array([1, 2, 3]),
        class_id=np.zeros(3, np.int32),
        offsets=np.array([0, 10, 10, 20]),
    )
    told = statistics(hollow)
    assert told.frames.tolist() == [10, 0, 10]
    assert (told.coverage[1], told.score[1], told.area[1], told.jitter[1]) == (0, 0, 0, 0)
    assert rank(hollow).tracklet_id[-1] == 2


def test_long_whole_central_and_steady_ones_rank_first(make: Make, walk: Walk) -> None:
    walks = [
        walk(0, 30, 500, 400),
        walk(0, 100, 500, 400),
        walk(0, 100, 500, 400, hidden=(20, 80)),
        walk(0, 100, 500, 400, rough=5),
        walk(0, 100, 40, 80),
    ]
    ranking = rank(make(walks))
    assert ranking.tracklet_id[0] == 2
    assert (np.diff(ranking.mark) <= 0).all()
    np.testing.assert_allclose(ranking.parts[0], [1, 1, 1, 1], atol=1e-4)
    np.testing.assert_allclose(ranking.mark, ranking.parts @ [0.4, 0.3, 0.2, 0.1])


def test_the_weights_decide(make: Make, walk: Walk) -> None:
    walks = [walk(0, 100, 40, 80), walk(0, 30, 500, 400)]
    assert rank(make(walks)).tracklet_id[0] == 1
    central = RankParams(duration=0, coverage=0, centre=1, smoothness=0)
    assert rank(make(walks), central).tracklet_id[0] == 2


@pytest.mark.parametrize("weight", [-1.0, float("nan")])
def test_a_weight_that_is_none_is_refused(weight: float) -> None:
    with pytest.raises(InputError, match="rank: expected weights"):
        RankParams(duration=weight)
