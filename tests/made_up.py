"""Sightings made of a few columns, for tests and benchmarks: what is not given is plain."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32
from camweave.core.frame import CameraId
from camweave.core.sightings import Crops, Paths, Sightings


def made_up(
    camera: npt.ArrayLike,
    begin: npt.ArrayLike,
    end: npt.ArrayLike,
    *,
    cameras: Sequence[str],
    tracklet_id: npt.ArrayLike | None = None,
    frames: npt.ArrayLike = 50,
    entry: npt.ArrayLike = 0.0,
    leave: npt.ArrayLike = 0.0,
    motion: npt.ArrayLike = 0.0,
    size: tuple[int, int] = (640, 360),
    crops: Crops | None = None,
    paths: Paths | None = None,
) -> Sightings:
    """N tracklets of `cameras`, which `camera` (N,) counts, in its order, from `begin` to `end` s.

    Ids count from 1 through all cameras; `entry` and `leave` are boxes (N, 4) px, `motion` (N, 2)
    px/s at both ends. One value stands for all.
    """
    where = np.asarray(camera, np.int64)
    n = len(where)
    pace = np.broadcast_to(np.asarray(motion, np.float32), (n, 2))
    return Sightings(
        cameras=tuple(CameraId(name) for name in cameras),
        size=np.tile(np.array([size], np.int64), (len(cameras), 1)),
        camera=where,
        tracklet_id=np.arange(1, n + 1)
        if tracklet_id is None
        else np.asarray(tracklet_id, np.int64),
        class_id=np.zeros(n, np.int32),
        begin=np.asarray(begin, np.float64),
        end=np.asarray(end, np.float64),
        frames=np.broadcast_to(np.asarray(frames, np.int64), n),
        entry=np.broadcast_to(np.asarray(entry, np.float32), (n, 4)),
        exit=np.broadcast_to(np.asarray(leave, np.float32), (n, 4)),
        entry_motion=pace,
        exit_motion=pace,
        crops=no_crops(n) if crops is None else crops,
        paths=no_paths(n) if paths is None else paths,
    )


def one_crop_each(look: F32, time: npt.ArrayLike) -> Crops:
    """A clear crop of each of N tracklets: its embedding (N, D) unit length, and when (N,) s."""
    n = len(look)
    return Crops(
        offsets=np.arange(n + 1),
        time=np.asarray(time, np.float64),
        frame=np.zeros(n, np.int64),
        embedding=look,
        quality=np.ones(n, np.float32),
    )


def no_crops(n: int) -> Crops:
    """Of n tracklets that are not embedded."""
    none = np.zeros(n + 1, np.int64)
    no_looks = np.empty((0, 0), np.float32)
    return Crops(none, np.empty(0), none[:0], no_looks, np.empty(0, np.float32))


def no_paths(n: int) -> Paths:
    """Of n tracklets whose cameras have no homography."""
    return Paths(np.zeros(n + 1, np.int64), np.empty(0), np.empty((0, 2)), np.empty(0))
