"""What keeping all that is seen costs `live`: of its line, and of a core. `... SECONDS`."""

import sys
import tempfile
from dataclasses import replace
from time import monotonic, process_time, sleep, thread_time

import numpy as np
from tests.support.stored import tracks

from benchmarks.table import Table
from camweave.app.jobs.live.gathering import Instant
from camweave.app.jobs.live.storing import Storing, Target
from camweave.core.detections import Detections
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracks
from camweave.linking.live.growing import Growing
from camweave.store.store import open_store
from camweave.store.values import Camera

CAMERAS = tuple(CameraId(f"cam_{n}") for n in range(4))
FPS, OBJECTS, STAY = 15, 5, 10.0  # frames/s of each; in view at once; s that each is
DIMENSIONS = 512  # of a look, of which each object has one every second
INTERVAL = 0.5  # s


def live_store_table(seconds: float = 30.0) -> Table:
    """Frames as they come, into SQLite."""
    growing = {camera: Growing(camera, (640, 480), ("person",)) for camera in CAMERAS}
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"sqlite:///{folder}/store.db") as store,
        Storing(store, Target("site", "live", store.begin_run("site", "live"))) as storing,
    ):
        line, before, began, frames = 0.0, process_time() - thread_time(), monotonic(), 0
        for index in range(round(seconds * FPS)):
            seen = [frame_of(camera, index) for camera in CAMERAS]
            own = thread_time()
            for camera, (_, found) in zip(CAMERAS, seen, strict=True):
                storing.see(camera_of(camera), found)
            line += thread_time() - own
            for camera, (looks, found) in zip(CAMERAS, seen, strict=True):
                growing[camera].add(looks, found)
            if index % round(INTERVAL * FPS) == 0:
                time = index / FPS
                instant = Instant(time, tuple(each.snapshot(time) for each in growing.values()))
                own = thread_time()
                storing.gather(instant)
                line += thread_time() - own
            frames += len(CAMERAS)
            sleep(max(0.0, began + (index + 1) / FPS - monotonic()))
        writer = process_time() - thread_time() - before
    return Table(
        f"Keeping what {len(CAMERAS)} cameras at {FPS} frames/s see, {OBJECTS} objects in each",
        ("figure", "promised", "measured"),
        [
            ("of the line's time, µs a frame", "", f"{line / frames * 1e6:.0f}"),
            ("of a core, the writer, %", "", f"{writer / seconds * 100:.2f}"),
            ("a frame in 50 ms: the line's part, %", "2", f"{line / frames / 0.05 * 100:.2f}"),
        ],
    )


def frame_of(camera: CameraId, index: int) -> tuple[Detections, Tracks]:
    """A frame, and what is seen in it."""
    first = int(index / FPS / STAY) * OBJECTS
    found = tracks(camera, index, *range(first + 1, first + 1 + OBJECTS), fps=FPS)
    found = replace(found, detection=np.arange(OBJECTS))
    looks = np.zeros((OBJECTS, DIMENSIONS), np.float32)
    if index % FPS == 0:
        looks[np.arange(OBJECTS), np.arange(OBJECTS) + index % DIMENSIONS // 2] = 1.0
    made = Detections(
        stamp=found.stamp,
        xyxy=found.xyxy,
        score=found.score,
        class_id=found.class_id,
        embedding=looks,
    )
    return made, found


def camera_of(name: CameraId) -> Camera:
    """What the line says of a camera with each frame."""
    return Camera(name=name, width=640, height=480, class_names=("person",))


if __name__ == "__main__":
    print(live_store_table(*map(float, sys.argv[1:])).markdown())
