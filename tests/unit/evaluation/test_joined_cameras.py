"""An identity scored across cameras."""

import pytest

from camweave.core.errors import InputError
from camweave.core.tracks import BoxTable
from camweave.evaluation.cameras import join_cameras
from camweave.evaluation.evaluate import evaluate
from camweave.evaluation.tables import box_table

BOX = [0, 0, 10, 10]


def walk(identity: int, frames: int = 10) -> BoxTable:
    return box_table(range(frames), [identity] * frames, [BOX] * frames)


def test_one_identity_kept_across_cameras_is_perfect() -> None:
    truth = {"gate": walk(1), "hall": walk(1)}
    scores = evaluate(*join_cameras(truth, {"gate": walk(8), "hall": walk(8)}))
    assert (scores.idf1, scores.hota) == (1, 1)


def test_a_new_identity_in_the_second_camera_halves_the_score() -> None:
    truth = {"gate": walk(1), "hall": walk(1)}
    result = {"gate": walk(8), "hall": walk(9)}
    assert evaluate(*join_cameras(truth, result)).idf1 == 0.5


def test_cameras_of_different_length_do_not_mix() -> None:
    truth = {"gate": walk(1, 3), "hall": walk(2, 9)}
    result = {"hall": walk(2, 12), "gate": walk(1, 3)}
    joined_truth, joined_result = join_cameras(truth, result)
    assert joined_truth.frame.tolist() == [*range(3), *range(12, 21)]
    assert joined_result.frame.tolist() == [*range(3), *range(12, 24)]


def test_a_camera_without_result_is_missed() -> None:
    truth = {"gate": walk(1), "hall": walk(1)}
    assert evaluate(*join_cameras(truth, {"hall": walk(1)})).clear.fn == 10


def test_a_camera_without_truth_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="'yard'"):
        join_cameras({"gate": walk(1)}, {"yard": walk(1)})
