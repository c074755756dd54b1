"""Where on the ground everybody went, and what a camera sees of it."""

import numpy as np
import pytest

from camweave.app.jobs.live.grounds import ground_seen, places_of
from camweave.app.jobs.live.place import Look
from camweave.app.jobs.live.portraits import COMPARED, Portraits
from camweave.app.jobs.live.ways import APART, LONGEST, Ways
from camweave.core.arrays import F32, F64
from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.identities import TrackletKey
from camweave.core.tracks import Tracks
from camweave.linking.live.growing import Ground

GATE = CameraId("gate")


def flat(size: tuple[int, int]) -> Ground:
    """A camera that looks straight down, 10 px to a metre; the upper tenth is nowhere."""

    def ground(xyxy: F32) -> tuple[F64, F64]:
        xy = np.stack([(xyxy[:, 0] + xyxy[:, 2]) / 20, xyxy[:, 3] / 10], axis=1).astype(np.float64)
        xy[xyxy[:, 3] < size[1] / 10] = np.nan
        return xy, np.ones(len(xyxy))

    return ground


def look(time: float, x: float, y: float = 60.0, *, shade: int = 0, embedded: bool = False) -> Look:
    stamp = Stamp(time, GATE, round(10 * time))
    box = np.array([[x - 5, y - 30, x + 5, y]], np.float32)
    one, kind = np.ones(1, np.float32), np.zeros(1, np.int32)
    vector = np.full((1, 4), 0.5, np.float32) if embedded else None
    frame = Frame(stamp, np.full((100, 200, 3), shade, np.uint8))
    tracks = Tracks(stamp, np.array([3]), box, one, kind, np.array([0]))
    return Look(frame, Detections(stamp, box, one, kind, vector), tracks)


def test_a_way_is_a_place_each_half_second_in_metres() -> None:
    ways = Ways()
    for step in range(21):
        ways.take(look(step / 10, 50.0 + step), flat((200, 100)))
    way = ways.of(TrackletKey(GATE, 3))
    assert [round(time, 6) for time, _, _ in way] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert list(way[2]) == pytest.approx([1.0, 6.0, 6.0])
    assert ways.of(TrackletKey(GATE, 4)) == ()


def test_who_stands_nowhere_has_no_place() -> None:
    ways = Ways()
    ways.take(look(0.0, 50.0, y=5.0), flat((200, 100)))
    assert ways.of(TrackletKey(GATE, 3)) == ()
    assert places_of(flat, (200, 100), np.array([[0, 0, 9, 5]], np.float32)) == [None]
    assert places_of(None, (200, 100), np.array([[0, 0, 9, 50]], np.float32)) == [None]


def test_a_long_way_grows_thin_and_not_long() -> None:
    ways = Ways()
    for step in range(3 * LONGEST):
        ways.take(look(step * APART, 50.0), flat((200, 100)))
    way = ways.of(TrackletKey(GATE, 3))
    assert LONGEST / 2 < len(way) <= LONGEST
    assert way[0][0] == 0.0
    assert way[-1][0] > 2.9 * LONGEST * APART


def test_only_the_latest_ways_are_kept() -> None:
    ways = Ways(most=0)
    ways.take(look(0.0, 50.0), flat((200, 100)))
    assert ways.of(TrackletKey(GATE, 3)) == ()


def test_a_camera_sees_the_ground_on_which_boxes_stand() -> None:
    corners = ground_seen(flat, (200, 100))
    xs, ys = zip(*corners, strict=True)
    assert (min(xs), max(xs)) == (pytest.approx(0.2, abs=0.5), pytest.approx(19.8, abs=0.5))
    assert (min(ys), max(ys)) == (pytest.approx(1.0, abs=0.5), pytest.approx(9.7, abs=0.5))
    assert ground_seen(flat, (0, 0)) == ground_seen(None, (200, 100)) == ()


def test_the_crop_that_was_compared_is_the_one_nearest_in_time() -> None:
    portraits, key = Portraits(), TrackletKey(GATE, 3)
    for second in range(2 * COMPARED):
        portraits.take(look(float(second), 50.0, shade=20 * second, embedded=True))
    best, late = portraits.of(key), portraits.of(key, 100.0)
    assert best == portraits.of(key, 0.0)
    assert late is not None
    assert late != best
    assert portraits.of(TrackletKey(GATE, 4), 1.0) is None
