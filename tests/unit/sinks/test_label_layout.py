import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import I32
from camweave.sinks.label_layout import place_labels

NOTHING = np.empty((0, 4), np.int32)
SHAPE = (360, 640)


def boxes(*rows: list[int]) -> I32:
    return np.array(rows, np.int32).reshape(-1, 4)


def sizes(n: int) -> I32:
    return np.tile(np.array([60, 16], np.int32), (n, 1))


def test_a_label_sits_on_top_of_its_box() -> None:
    assert place_labels(boxes([100, 100, 150, 200]), sizes(1), SHAPE, NOTHING).tolist() == [
        [100, 84]
    ]


def test_at_the_upper_edge_it_stays_in_the_image() -> None:
    assert place_labels(boxes([100, 5, 150, 200]), sizes(1), SHAPE, NOTHING).tolist() == [[100, 0]]


def test_it_steps_aside_for_what_is_there() -> None:
    taken = boxes([0, 0, 640, 99])
    (corner,) = place_labels(boxes([100, 100, 150, 200]), sizes(1), SHAPE, taken).tolist()
    assert corner == [100, 100]


def test_two_objects_at_one_place_have_two_readable_labels() -> None:
    pair = boxes([100, 100, 150, 200], [102, 101, 152, 201])
    (_, y1), (_, y2) = place_labels(pair, sizes(2), SHAPE, NOTHING).tolist()
    assert abs(y1 - y2) >= 16


@given(
    st.lists(st.tuples(*[st.integers(-300, 900)] * 4), max_size=12),
    st.tuples(st.integers(1, 640), st.integers(1, 360)),
)
def test_every_label_is_inside_the_image(
    rows: list[tuple[int, int, int, int]], size: tuple[int, int]
) -> None:
    n = len(rows)
    corners = place_labels(
        boxes(*[list(row) for row in rows]), np.full((n, 2), size, np.int32), SHAPE, NOTHING
    )
    assert corners.shape == (n, 2)
    assert (corners >= 0).all()
    assert (corners + np.array(size) <= [640, 360]).all()


def test_a_label_larger_than_the_image_begins_at_its_corner() -> None:
    wide = np.array([[1000, 20]], np.int32)
    assert place_labels(boxes([5, 50, 9, 60]), wide, SHAPE, NOTHING)[0, 0] == 0
