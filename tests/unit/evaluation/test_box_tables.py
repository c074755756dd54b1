"""Box tables: made, picked, stacked, refused."""

import numpy as np
import pytest

from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets
from camweave.evaluation.tables import (
    box_table,
    no_boxes,
    of_tracklets,
    refuse_unusable,
    stack,
    within,
)

BOX = [0.0, 0.0, 10.0, 10.0]


def test_rows_in_any_order_are_put_in_order_of_frame() -> None:
    table = box_table([2, 0, 1], [7, 8, 9], [[2] * 4, [0] * 4, [1] * 4], score=[0.2, 0, 0.1])
    assert table.frame.tolist() == [0, 1, 2]
    assert table.object_id.tolist() == [8, 9, 7]
    assert table.xyxy[:, 0].tolist() == [0, 1, 2]
    np.testing.assert_allclose(table.score, [0, 0.1, 0.2])


def test_what_is_not_said_is_unknown_and_counts() -> None:
    table = box_table([0], [1], [BOX])
    assert (table.score[0], table.class_id[0], table.visibility[0]) == (1, -1, 1)


def test_within_keeps_both_ends() -> None:
    table = box_table(range(5), [1] * 5, [BOX] * 5)
    assert within(table, 1, 3).frame.tolist() == [1, 2, 3]


def test_stacked_tables_keep_all_rows_and_nothing_is_an_empty_table() -> None:
    one, two = box_table([0], [1], [BOX]), box_table([3], [2], [BOX])
    assert stack([one, two]).object_id.tolist() == [1, 2]
    assert len(stack([])) == len(no_boxes()) == 0


def test_tracklets_become_rows_in_order_of_frame() -> None:
    tracklets = Tracklets(
        camera=CameraId("gate"),
        fps=10.0,
        width=0,
        height=0,
        tracklet_id=np.array([4, 9]),
        class_id=np.array([0, 2], np.int32),
        offsets=np.array([0, 2, 3]),
        frame=np.array([0, 2, 1]),
        time=np.array([0.0, 0.2, 0.1]),
        xyxy=np.array([BOX, BOX, BOX], np.float32),
        score=np.array([0.9, 0.8, 0.7], np.float32),
        detection=np.array([0, 2, 1]),
    )
    table = of_tracklets(tracklets)
    assert table.frame.tolist() == [0, 1, 2]
    assert table.object_id.tolist() == [4, 9, 4]
    assert table.class_id.tolist() == [0, 2, 0]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_box_that_is_not_finite_is_refused_with_its_frame_and_id(value: float) -> None:
    table = box_table([3, 4], [1, 17], [BOX, [0, 0, value, 10]])
    with pytest.raises(InputError, match=r"result: .* id 17 in frame 4 "):
        refuse_unusable("result", table)


def test_an_id_that_stands_twice_in_a_frame_is_refused_with_both_named() -> None:
    table = box_table([0, 5, 5, 5], [3, 3, 4, 3], [BOX] * 4)
    with pytest.raises(InputError, match=r"truth: id 3 in frame 5 .* twice"):
        refuse_unusable("truth", table)


def test_an_id_in_two_frames_is_fine() -> None:
    refuse_unusable("truth", box_table([0, 1], [3, 3], [BOX] * 2))
