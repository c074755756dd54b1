"""An identity scored across cameras."""

import pytest

from camweave.core.errors import InputError
from camweave.core.tracks import BoxTable
from camweave.evaluation.cameras import join_cameras
from camweave.evaluation.evaluate import evaluate
from camweave.evaluation.tables import box_table, stack

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


def test_a_result_that_ends_sooner_does_not_shift_the_next_camera() -> None:
    """Each side's own last frame as its offset would move camera 2 by 3 frames: IDF1 about .7."""
    truth = {"c1": walk(1, 100), "c2": walk(2, 10)}
    result = {"c1": walk(1, 97), "c2": walk(2, 10)}
    scores = evaluate(*join_cameras(truth, result))
    assert (scores.identity.tp, scores.identity.fn, scores.identity.fp) == (107, 3, 0)


def test_last_and_first_frames_of_neighbours_do_not_meet() -> None:
    truth = {"c1": walk(1, 4), "c2": walk(2, 4)}
    joined, _ = join_cameras(truth, truth)
    assert len(set(joined.frame.tolist())) == 8


def test_by_ai_citys_rules_who_is_seen_in_one_camera_is_not_counted() -> None:
    truth = {"c1": walk(1), "c2": walk(1)}
    stray = box_table([0, 1], [5, 5], [[50, 50, 60, 60]] * 2)
    result = {"c1": stack([walk(1, 1), stray]), "c2": walk(1)}
    plain, theirs = (
        evaluate(*joined).identity
        for joined in (join_cameras(truth, result), join_cameras(truth, result, rules="aicity"))
    )
    assert (plain.tp, plain.fp) == (11, 2)
    assert (theirs.tp, theirs.fp) == (11, 0)


def test_by_ai_citys_rules_an_id_that_stands_twice_counts_once() -> None:
    truth = {"c1": walk(1), "c2": walk(1)}
    twice = box_table([0, 0, 1], [1, 1, 1], [BOX] * 3)
    joined = join_cameras(truth, {"c1": twice, "c2": walk(1)}, rules="aicity")
    assert evaluate(*joined).identity.tp == 12
    with pytest.raises(InputError, match="stands there twice"):
        evaluate(*join_cameras(truth, {"c1": twice, "c2": walk(1)}))
