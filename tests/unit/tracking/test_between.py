"""Where tracks are in a frame that no detector has looked at."""

import numpy as np

from camweave.core.frame import CameraId, Stamp
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
