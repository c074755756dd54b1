"""Where tracks are in a frame that no detector has looked at."""

import numpy as np
import pytest

from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Stamp
from camweave.core.remembered import Remembered
from camweave.core.tracks import UNDETECTED, Tracks
from camweave.tracking.between import Between


def tracks(time: float, boxes: dict[int, list[float]]) -> Tracks:
    n = len(boxes)
    return Tracks(
        Stamp(time, CameraId("a"), 0),
        np.array(list(boxes), np.int64),
        np.array(list(boxes.values()), np.float32).reshape(n, 4),
        np.full(n, 0.8, np.float32),
        np.zeros(n, np.int32),
        np.arange(n, dtype=np.int64),
    )


def at(time: float) -> Stamp:
    return Stamp(time, CameraId("a"), 1)


def test_who_walks_goes_on_walking() -> None:
    between = Between()
    between.see(tracks(0.0, {7: [0, 0, 10, 20]}))
    between.see(tracks(1.0, {7: [8, 0, 18, 20]}))
    told = between.at(at(1.5))
    assert told.xyxy.tolist() == [[12, 0, 22, 20]]
    assert told.track_id.tolist() == [7]
    assert told.detection.tolist() == [UNDETECTED]


def test_who_was_seen_once_stands_where_they_were() -> None:
    between = Between()
    between.see(tracks(1.0, {7: [8, 0, 18, 20]}))
    assert between.at(at(1.3)).xyxy.tolist() == [[8, 0, 18, 20]]


def test_who_was_not_seen_last_is_not_shown() -> None:
    between = Between()
    between.see(tracks(0.0, {1: [0, 0, 1, 1], 2: [5, 5, 9, 9]}))
    between.see(tracks(0.2, {2: [5, 5, 9, 9]}))
    assert between.at(at(0.4)).track_id.tolist() == [2]


def test_nobody_is_predicted_for_long_or_out_of_nothing() -> None:
    between = Between()
    assert len(between.at(at(0.0))) == 0
    between.see(tracks(0.0, {1: [0, 0, 1, 1]}))
    assert len(between.at(at(1.5))) == 0


def handed_on(between: Between) -> Between:
    fresh = Between()
    fresh.resume(between.remembered())
    return fresh


def test_another_one_goes_on_as_if_it_were_the_same() -> None:
    between, line = Between(), Between()
    shown: list[dict[int, list[float]]] = [
        {},
        {7: [0, 0, 10, 20]},
        {7: [8, 0, 18, 20], 9: [1, 1, 5, 5]},
        {9: [2, 1, 5, 6]},
        {},
    ]
    for second, boxes in enumerate(shown):
        between.see(tracks(second / 4, boxes))
        line.see(tracks(second / 4, boxes))
        line = handed_on(line)
        for later in (0.1, 2.0):
            ours, theirs = line.at(at(second / 4 + later)), between.at(at(second / 4 + later))
            for name in ("track_id", "xyxy", "score", "class_id", "detection"):
                np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))


def test_who_has_seen_nobody_can_be_handed_on() -> None:
    assert len(handed_on(Between()).at(at(0.0))) == 0


def test_columns_of_other_lengths_are_refused() -> None:
    between = Between()
    between.see(tracks(0.0, {7: [0, 0, 10, 20]}))
    known = between.remembered()
    for name in ("class_id", "xyxy", "score", "speed"):
        wrong = {**known.arrays, name: known.arrays[name][:0]}
        with pytest.raises(InputError, match=f"^between: .* damaged: {name} is"):
            Between().resume(Remembered("between", 1, wrong))
