"""Every tracker as tests make it, and streams of detections to run it on."""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import pytest
from hypothesis import strategies as st

from camweave.core.arrays import F32, F64
from camweave.core.detections import DetectionLog, Detections
from camweave.core.frame import CameraId, Stamp
from camweave.core.stages import Tracker
from camweave.core.tracks import Tracklets, Tracks
from camweave.tracking.botsort import BotSort, BotSortParams
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams
from camweave.tracking.deepsort import DeepSort
from camweave.tracking.ocsort import OcSort, OcSortParams
from camweave.tracking.sort import Sort, SortParams
from camweave.tracking.weave import Weave, WeaveParams

Make = Callable[[float], Tracker]  # given the frame rate

# A tracker joins by a line here; all of its kernels are then held to what follows.
TRACKERS: Final[dict[str, Make]] = {
    "sort": lambda fps: Sort(fps=fps),
    "sort-published": lambda fps: Sort(SortParams.published(), fps=fps),
    "sort-class-aware": lambda fps: Sort(SortParams(class_aware=True, score=0.0), fps=fps),
    "bytetrack": lambda fps: ByteTrack(fps=fps),
    "bytetrack-published": lambda fps: ByteTrack(ByteTrackParams.published(), fps=fps),
    "bytetrack-hasty": lambda fps: ByteTrack(
        ByteTrackParams(high=0.3, low=0.0, birth=0.0, patience=5.0, duplicate=0.4), fps=fps
    ),
    "bytetrack-class-aware": lambda fps: ByteTrack(
        ByteTrackParams(class_aware=True, fuse_score=False, match=0.95), fps=fps
    ),
    "botsort": lambda fps: BotSort(fps=fps),
    "botsort-published": lambda fps: BotSort(BotSortParams.published(), fps=fps),
    "botsort-class-aware": lambda fps: BotSort(BotSortParams(class_aware=True), fps=fps),
    "deepsort": lambda fps: DeepSort(fps=fps),
    "ocsort": lambda fps: OcSort(fps=fps),
    "ocsort-published": lambda fps: OcSort(OcSortParams.published(), fps=fps),
    "ocsort-class-aware": lambda fps: OcSort(
        OcSortParams(class_aware=True, look_back=1.0, inertia=1.0), fps=fps
    ),
    "weave": lambda fps: Weave(fps=fps),
    "weave-class-aware": lambda fps: Weave(
        WeaveParams(class_aware=True, high=0.3, low=0.0, heights=0.0), fps=fps
    ),
}
BY_MOTION: Final = ("sort", "bytetrack", "ocsort", "weave")  # those that want no embeddings

every_tracker = pytest.mark.parametrize("make", TRACKERS.values(), ids=TRACKERS)
defaults = pytest.mark.parametrize(
    "make",
    [make for name, make in TRACKERS.items() if "-" not in name],
    ids=[name for name in TRACKERS if "-" not in name],
)
SEEDS = st.integers(0, 2**32)
FPS = 25.0
CAMERA = CameraId("north")


def frame(index: int, boxes: object, score: object = 0.9, time: float | None = None) -> Detections:
    """One frame, at its regular time unless told otherwise."""
    xyxy = np.array(boxes, np.float32).reshape(-1, 4)
    return Detections(
        Stamp(index / FPS if time is None else time, CAMERA, index),
        xyxy,
        np.full(len(xyxy), score, np.float32) if np.isscalar(score) else np.array(score, "f4"),
        np.zeros(len(xyxy), np.int32),
        looks(xyxy),
    )


def looks(xyxy: F32) -> F32:
    """(N, 4) for trackers that go by looks: everyone looks as large as they are."""
    tame = np.clip(np.nan_to_num(xyxy), -1e4, 1e4)
    sizes = np.hstack([tame[:, 2:] - tame[:, :2], np.full((len(tame), 2), 50)])
    return sizes.astype(np.float32)


def at(x: float, y: float = 100.0) -> list[float]:
    """A standing person's box with this top left corner."""
    return [x, y, x + 40.0, y + 100.0]


def run(tracker: Tracker, frames: Iterable[Detections]) -> list[list[int]]:
    """The ids of each frame."""
    return [tracker.update(one).track_id.tolist() for one in frames]


def random_log(seed: int, *, regular: bool = True, classes: int = 3) -> DetectionLog:
    """Objects that come, cross, are missed, look faint and go; frames without anything; ghosts."""
    rng = np.random.default_rng(seed)
    count, objects, fps = int(rng.integers(1, 60)), int(rng.integers(0, 12)), 20.0
    steps = np.full(count, 1.0) if regular else rng.choice([0.0, 0.6, 1.0, 1.3, 4.0], count)
    boxes, velocity = _starts(objects, rng), rng.normal(0, 6, (objects, 2))
    frames: list[int] = []
    rows: list[F64] = []
    for index in range(count):
        boxes = boxes + np.tile(velocity, 2) * steps[index]
        seen = rng.random(objects) < (0.85 if rng.random() < 0.9 else 0.0)
        ghosts = _starts(int(rng.poisson(0.5)), rng)
        noisy = np.vstack([boxes[seen] + rng.normal(0, 2, (int(seen.sum()), 4)), ghosts])
        frames += [index] * len(noisy)
        rows += list(noisy)
    n = len(frames)
    return DetectionLog(
        camera=CAMERA,
        fps=fps,
        width=640,
        height=480,
        frame_times=np.cumsum(steps) / fps,
        frame=np.array(frames, np.int64),
        xyxy=np.array(rows, np.float32).reshape(-1, 4),
        score=np.where(rng.random(n) < 0.8, rng.beta(8, 2, n), rng.random(n)).astype(np.float32),
        class_id=rng.integers(0, classes, n).astype(np.int32),
        embedding=looks(np.array(rows, np.float32).reshape(-1, 4)),
    )


def _starts(count: int, rng: np.random.Generator) -> F64:
    corner, size = rng.uniform(0, 400, (count, 2)), rng.uniform(30, 120, (count, 2))
    return np.hstack([corner, corner + size])


def empty_log(times: object) -> DetectionLog:
    """Frames in which nothing was found."""
    return DetectionLog(
        camera=CAMERA,
        fps=10.0,
        width=0,
        height=0,
        frame_times=np.array(times, np.float64),
        frame=np.empty(0, np.int64),
        xyxy=np.empty((0, 4), np.float32),
        score=np.empty(0, np.float32),
        class_id=np.empty(0, np.int32),
    )


def assert_same(a: Tracklets, b: Tracklets) -> None:
    for name in Tracklets.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


def assert_same_tracks(a: Tracks, b: Tracks) -> None:
    for name in ("track_id", "xyxy", "score", "class_id", "detection"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
