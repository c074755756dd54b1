"""`learned.json`: clocks and views, as they were learned."""

from math import inf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId
from camweave.formats.learned import (
    ClockDifference,
    ClockOffset,
    Learned,
    SharedView,
    format_learned,
    parse_learned,
    read_learned,
    write_learned_file,
)

A, B = CameraId("cam_a"), CameraId("cam_b")
number = st.floats(-1e6, 1e6)
error = st.floats(0, 1e6) | st.just(inf)


def view(homography: np.ndarray) -> SharedView:
    return SharedView(one=A, other=B, homography=homography, offset=0.1, error=0.07, samples=31)


@given(numbers=st.tuples(number, number), sigma=error, turn=st.floats(0.1, 3), note=st.text())
def test_what_is_written_is_read_back_bit_by_bit(
    numbers: tuple[float, float], sigma: float, turn: float, note: str
) -> None:
    offset, ahead = numbers
    homography = np.array([[np.cos(turn), np.sin(turn), ahead], [0, turn, offset], [0, 1e-4, 1]])
    learned = Learned(
        clocks=(ClockOffset(camera=A, offset=offset, sigma=sigma),),
        differences=(
            ClockDifference(one=A, other=B, ahead=ahead, sigma=sigma, samples=12, how="together"),
        ),
        views=(view(homography),),
        notes=(note,),
    )
    again = parse_learned(format_learned(learned), "learned.json")
    assert (again.clocks, again.differences) == (learned.clocks, learned.differences)
    assert again.notes == (note,)
    assert again.views[0].homography.tobytes() == homography.tobytes()


def test_a_file_is_written_whole_and_read(tmp_path: Path) -> None:
    learned = Learned(views=(view(np.eye(3)),), notes=("clocks: nothing is known of cam_a",))
    write_learned_file(tmp_path / "learned.json", learned)
    again = read_learned(tmp_path / "learned.json")
    assert format_learned(again) == format_learned(learned)
    assert (again.views[0].one, again.views[0].samples) == (A, 31)


def test_what_no_such_file_can_hold_is_not_written(tmp_path: Path) -> None:
    for wrong in (
        Learned(clocks=(ClockOffset(camera=CameraId("a b"), offset=0, sigma=0),)),
        Learned(clocks=(ClockOffset(camera=A, offset=float("nan"), sigma=0),)),
        Learned(views=(view(np.ones((3, 3))),)),
    ):
        with pytest.raises(InputError, match="cannot be written"):
            write_learned_file(tmp_path / "learned.json", wrong)
    assert not (tmp_path / "learned.json").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "damaged"),
        ("[]", "expected schema camweave.learned/1"),
        ('{"schema": "camweave.learned/1"}', "clocks: expected a list"),
        (
            '{"schema": "camweave.learned/1", "clocks": [{"camera": "a", "offset": "x"}],'
            ' "differences": [], "views": [], "notes": []}',
            r"clocks\[0\]: expected a finite number, found 'x'",
        ),
        (
            '{"schema": "camweave.learned/1", "clocks": [], "differences": [],'
            ' "views": [{"one": "a", "other": "b", "homography": [[1, 2]]}], "notes": []}',
            r"views\[0\]: expected homography: three rows of three numbers",
        ),
        (
            '{"schema": "camweave.learned/1", "clocks": [], "views": [], "notes": [],'
            ' "differences": [{"how": "guessed"}]}',
            r"differences\[0\]: expected how: one of together, both ways",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_named(text: str, told: str) -> None:
    with pytest.raises(FileFormatError, match=f"learned.json: {told}"):
        parse_learned(text, "learned.json")
