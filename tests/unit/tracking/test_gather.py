"""Tracks frame by frame become tracklets."""

import numpy as np

from camweave.core.frame import CameraId, SourceInfo, Stamp
from camweave.core.tracks import UNDETECTED, Tracks
from camweave.tracking.gather import FRAMES_TO_KEEP, Collector, gather

INFO = SourceInfo(CameraId("north"), 640, 480, 10.0)


def tracks(index: int, *ids: int, detection: int = 0, class_id: int = 0) -> Tracks:
    n = len(ids)
    return Tracks(
        Stamp(index / 10, INFO.camera, index),
        np.array(ids, np.int64),
        np.full((n, 4), index, np.float32),
        np.full(n, 0.5, np.float32),
        np.full(n, class_id, np.int32),
        np.full(n, detection, np.int64),
    )


def test_the_rows_of_one_object_come_together_in_order_of_time() -> None:
    frames = [tracks(0, 1), tracks(1, 1, 2), tracks(2), tracks(3, 2), tracks(4, 1)]
    tracklets = gather(frames, INFO, ("person",))
    assert [one.frame_numbers.tolist() for one in tracklets] == [[0, 1, 4], [1, 3]]
    assert [one.tracklet_id for one in tracklets] == [1, 2]
    np.testing.assert_allclose(tracklets[1].times, [0.1, 0.3])
    assert (tracklets.camera, tracklets.fps, tracklets.width) == ("north", 10.0, 640)
    assert tracklets.class_names == ("person",)


def test_the_last_word_on_the_class_counts() -> None:
    frames = [tracks(0, 1, class_id=3), tracks(1, 1, class_id=7), tracks(2, 2, class_id=3)]
    assert gather(frames, INFO).class_id.tolist() == [7, 3]


def test_rows_count_in_the_detection_log_where_it_is_known() -> None:
    frames = [tracks(0, 1, detection=2), tracks(1, 1, detection=0), tracks(2, 1, detection=1)]
    assert gather(frames, INFO).detection.tolist() == [2, 0, 1]
    assert gather(frames, INFO, first_rows=[0, 3, 4]).detection.tolist() == [2, 3, 5]


def test_a_row_without_detection_stays_without() -> None:
    frames = [tracks(0, 1, detection=UNDETECTED)]
    assert gather(frames, INFO, first_rows=[5]).detection.tolist() == [UNDETECTED]


def test_ids_need_not_begin_at_one() -> None:
    tracklets = gather([tracks(0, 40), tracks(1, 7, 40)], INFO)
    assert tracklets.tracklet_id.tolist() == [7, 40]
    assert [one.frame_numbers.tolist() for one in tracklets] == [[1], [0, 1]]


def test_nothing_gives_no_tracklets() -> None:
    assert len(gather([], INFO)) == 0
    assert len(gather([tracks(0), tracks(1)], INFO)) == 0


def test_a_long_recording_is_packed_as_it_goes() -> None:
    collector = Collector()
    count = 2 * FRAMES_TO_KEEP + 10
    for index in range(count):
        collector.add(tracks(index, 1))
        assert len(collector._frames) < FRAMES_TO_KEEP
    assert collector.tracklets(INFO).frame.tolist() == list(range(count))
