"""A small site that is on show: frames fed by hand, or by a thread at a rate."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

import numpy as np

from camweave.app.runtime.booth import Counts
from camweave.app.runtime.showing import Showing
from camweave.core.arrays import U8
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.tracks import Tracks, View

GATE, YARD, ROAD = CameraId("gate"), CameraId("yard"), CameraId("road")
SITE = (GATE, YARD, ROAD)


def frame_of(
    camera: CameraId = GATE,
    index: int = 0,
    *,
    time: float | None = None,
    epoch: int = 0,
    image: U8 | None = None,
    size: tuple[int, int] = (320, 180),
    gray: int = 90,
) -> Frame:
    """A plain frame, 10 a second."""
    width, height = size
    pixels = np.full((height, width, 3), gray, np.uint8) if image is None else image
    stamp = Stamp(index / 10 if time is None else time, camera, index, epoch)
    return Frame(stamp, pixels)


def view_of(frame: Frame, xyxy: Sequence[Sequence[float]] = (), first: int = 1) -> View:
    """Tracks with ids from `first` on, one for each box."""
    n = len(xyxy)
    tracks = Tracks(
        frame.stamp,
        np.arange(first, first + n, dtype=np.int64),
        np.array(xyxy, np.float32).reshape(n, 4),
        np.full(n, 0.9, np.float32),
        np.zeros(n, np.int32),
        np.arange(n, dtype=np.int64),
    )
    return View(frame.stamp, tracks)


def grainy(size: tuple[int, int], seed: int = 0) -> U8:
    """A picture that is large as a JPEG: about 0.55 bytes for each px."""
    width, height = size
    rng = np.random.default_rng(seed)
    rough = rng.integers(0, 200, (height // 4, width // 4, 3), np.uint8)
    return np.asarray(rough.repeat(4, axis=0).repeat(4, axis=1), np.uint8)


@contextmanager
def filming(
    showing: Showing,
    fps: float = 10.0,
    *,
    cameras: Sequence[CameraId] = (GATE,),
    began: float,
    size: tuple[int, int] = (320, 180),
) -> Iterator[Callable[[], int]]:
    """Cameras that show a new frame at the rate; tells how many there were."""
    stop, ground, done = Event(), grainy(size), [0]

    def run() -> None:
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            for camera in cameras:
                frame = frame_of(camera, done[0], time=time.time() - began, image=ground)
                showing.show(frame, view_of(frame, [[20, 20, 60, 90]]))
            done[0] += 1
            due += 1 / fps

    thread = Thread(target=run, name="filming", daemon=True)
    thread.start()
    try:
        yield lambda: done[0]
    finally:
        stop.set()
        thread.join()


def counts_of(showing: Showing, camera: CameraId = GATE) -> Counts:
    return showing.counts()[camera]


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether it came true within so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True
