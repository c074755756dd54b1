import numpy as np

from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Tracks
from camweave.sinks.trails import Trails


def tracks(time: float, **left: float) -> Tracks:
    """Tracks `t1=10` and so on: boxes 20 wide and 40 high, their left edge given."""
    n = len(left)
    xyxy = np.array([[x, 0, x + 20, 40] for x in left.values()], np.float32).reshape(n, 4)
    ids = np.array([int(name[1:]) for name in left], np.int64)
    stamp = Stamp(time, CameraId("c"), round(time * 10))
    return Tracks(stamp, ids, xyxy, np.ones(n, np.float32), np.zeros(n, np.int32), np.arange(n))


def test_a_trail_is_the_way_of_the_feet() -> None:
    trails = Trails(2.0)
    for i in range(3):
        trails.add(tracks(i / 10, t7=10 * i))
    assert trails.of(7).tolist() == [[10, 40], [20, 40], [30, 40]]
    assert trails.of(8).shape == (0, 2)


def test_a_trail_is_seconds_long_whatever_the_frame_rate() -> None:
    trails = Trails(1.0)
    for i in range(50):
        trails.add(tracks(i / 10, t1=i))
    assert len(trails.of(1)) in {10, 11}
    trails.add(tracks(4.9 + 0.95, t1=0))
    assert len(trails.of(1)) == 2


def test_a_track_that_is_gone_is_forgotten() -> None:
    trails = Trails(1.0)
    trails.add(tracks(0.0, t1=0, t2=5))
    trails.add(tracks(0.9, t2=6))
    assert len(trails) == 2
    trails.add(tracks(1.5, t2=7))
    assert len(trails) == 1
    trails.add(tracks(9.0))
    assert len(trails) == 0
