"""Which result file is scored against which truth file."""

import gzip
from pathlib import Path

import pytest

from camweave.app.jobs.evaluate import evaluate, evaluate_across, file_pairs
from camweave.core.errors import InputError
from camweave.evaluation.preprocess import Countable

ROWS = "1,1,10,10,20,40,1,-1,-1,-1\n2,1,12,10,20,40,1,-1,-1,-1\n"


def put(path: Path, text: str = ROWS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_two_files_are_one_sequence_named_after_the_result(tmp_path: Path) -> None:
    truth, result = put(tmp_path / "gt.txt"), put(tmp_path / "street.txt")
    (scores,) = evaluate(truth, result)
    assert (scores.name, scores.identity.idf1) == ("street", 1.0)


@pytest.mark.parametrize("layout", ["{}.txt", "{}/mot.txt", "{}/gt/gt.txt"])
def test_folders_are_paired_by_name_whatever_their_layout(tmp_path: Path, layout: str) -> None:
    for camera in ("a", "b"):
        put(tmp_path / "truth" / f"{camera}.txt")
        put(tmp_path / "result" / layout.format(camera))
    assert [each.name for each in evaluate(tmp_path / "truth", tmp_path / "result")] == ["a", "b"]


def test_zipped_text_is_paired_as_well(tmp_path: Path) -> None:
    put(tmp_path / "truth" / "a.txt")
    (tmp_path / "result").mkdir()
    (tmp_path / "result" / "a.txt.gz").write_bytes(gzip.compress(ROWS.encode()))
    (scores,) = evaluate(tmp_path / "truth", tmp_path / "result")
    assert scores.identity.idf1 == 1.0


def test_a_camera_without_a_result_found_nothing(tmp_path: Path) -> None:
    put(tmp_path / "truth" / "a.txt")
    put(tmp_path / "truth" / "b.txt")
    put(tmp_path / "result" / "a.txt")
    a, b = evaluate(tmp_path / "truth", tmp_path / "result")
    assert (a.identity.idf1, b.identity.idf1) == (1.0, 0.0)


def test_across_cameras_an_id_is_one_object(tmp_path: Path) -> None:
    """Right in each camera, and yet another id in the second."""
    for camera in ("a", "b"):
        put(tmp_path / "truth" / f"{camera}.txt")
    put(tmp_path / "result" / "a.txt")
    put(tmp_path / "result" / "b.txt", ROWS.replace(",1,1", ",7,1", 2))
    assert evaluate_across(tmp_path / "truth", tmp_path / "result").identity.idf1 == 0.5


WRONG = {
    "a folder and a file": (["t/a.txt"], ["r.txt"], "is a folder and"),
    "no truth for it": (["t/a.txt"], ["r/a.txt", "r/c.txt"], "no truth named 'c'"),
    "nothing in it": (["t/a.txt"], ["r/a.csv"], "no CAMERA.txt"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_paired_is_told(tmp_path: Path, name: str) -> None:
    truths, results, message = WRONG[name]
    for path in (*truths, *results):
        put(tmp_path / path)
    result = tmp_path / ("r.txt" if "r.txt" in results else "r")
    with pytest.raises(InputError, match=message):
        file_pairs(tmp_path / "t", result)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nope\.txt: no such file"):
        evaluate(tmp_path / "nope.txt", tmp_path / "nope.txt")


def test_an_overlap_beyond_one_is_refused(tmp_path: Path) -> None:
    truth = put(tmp_path / "gt.txt")
    with pytest.raises(InputError, match="--iou"):
        evaluate(truth, truth, iou_threshold=1.5)


def test_who_is_too_small_or_too_hidden_is_neither_found_nor_missed(tmp_path: Path) -> None:
    seen = "1,1,10,10,20,40,1,1,1.0\n"
    small, hidden = "1,2,100,10,8,20,1,1,1.0\n", "1,3,200,10,20,40,1,1,0.3\n"
    truth = put(tmp_path / "truth" / "a.txt", seen + small + hidden).parent
    result = put(tmp_path / "result" / "a.txt", "1,9,10,10,20,40,1,-1,-1,-1\n").parent
    for asked, missed in [
        (Countable(), 2),
        (Countable(height=25), 1),
        (Countable(height=25, visibility=0.5), 0),
    ]:
        (scores,) = evaluate(truth, result, countable=asked)
        assert scores.clear.fn == missed
        assert evaluate_across(truth, result, countable=asked).clear.fn == missed
