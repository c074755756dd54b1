import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import U8
from camweave.core.frame import CameraId
from camweave.sinks.placeholder import SIZE, placeholder

GATE = CameraId("north_gate")
REASON = "no frame for 3 s; trying again"


def written_rows(image: U8) -> float:
    """The share of rows in which something bright stands on the dark ground."""
    return float((image.max(axis=(1, 2)) > 150).mean())


def test_a_placeholder_is_dark_with_bright_words_in_its_middle() -> None:
    image = placeholder(GATE, REASON)
    assert image.shape == (SIZE[1], SIZE[0], 3)
    assert image.mean() < 50
    assert 0.2 < written_rows(image) < 0.7
    edge = np.concatenate([image[:40].ravel(), image[-40:].ravel()])
    assert edge.max() < 60, "the words keep clear of the edges"


def test_name_and_reason_can_be_told_apart_from_others() -> None:
    base = placeholder(GATE, REASON)
    assert np.array_equal(base, placeholder(GATE, REASON)), "the same each time"
    assert not np.array_equal(base, placeholder(CameraId("yard"), REASON))
    assert not np.array_equal(base, placeholder(GATE, "connection lost"))


def test_the_last_picture_shines_through_faintly() -> None:
    last = np.zeros((360, 640, 3), np.uint8)
    last[:, 320:] = 255
    image = placeholder(GATE, REASON, last=last).astype(np.int16)
    left, right = image[20:60, 20:200].mean(), image[20:60, 440:620].mean()
    assert 20 < right - left < 110
    assert (last[:, 320:] == 255).all(), "itself it is not touched"


def test_a_note_stands_below_the_reason() -> None:
    bare, noted = placeholder(GATE, REASON), placeholder(GATE, REASON, note="for 3 min")
    rows = np.flatnonzero((bare != noted).any(axis=(1, 2)))
    words = np.flatnonzero((bare.max(axis=2) > 100).any(axis=1))
    assert rows[0] > words[-1]


def test_a_long_reason_goes_on_in_more_lines() -> None:
    assert written_rows(placeholder(GATE, "word " * 40)) > written_rows(placeholder(GATE, "word"))


@pytest.mark.parametrize(
    "size", [(1, 1), (16, 9), (31, 400), (160, 90), (360, 640), (1920, 1080), (3840, 2160)]
)
def test_any_size_can_be_asked_for(size: tuple[int, int]) -> None:
    image = placeholder(GATE, REASON, size=size, last=np.full((9, 16, 3), 200, np.uint8))
    assert image.shape == (size[1], size[0], 3)
    assert image.dtype == np.uint8
    assert image.mean() < 120


@given(st.text(max_size=40), st.text(max_size=200))
def test_no_name_and_no_reason_breaks_the_drawing(name: str, reason: str) -> None:
    assert placeholder(CameraId(name), reason, size=(160, 90)).shape == (90, 160, 3)
