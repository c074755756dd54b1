"""Our trackers at their defaults: by name frame by frame, by `NAME-file` a recording at once."""

import importlib
from itertools import count
from time import process_time

import numpy as np

from benchmarks.peers.exchange import (
    Array,
    Follow,
    Outcome,
    Seen,
    Step,
    Stream,
    frame_by_frame,
    serve,
)
from camweave.core.detections import DetectionLog, Detections
from camweave.core.frame import CameraId, Stamp
from camweave.core.stages import Tracker

CAMERA = CameraId("bench")
CLASS_ID = np.zeros(10_000, np.int32)
CLASSES = {
    "sort": "Sort",
    "bytetrack": "ByteTrack",
    "ocsort": "OcSort",
    "deepsort": "DeepSort",
    "botsort": "BotSort",
    "weave": "Weave",
}


def make_tracker(name: str, fps: float) -> Tracker:
    """The public class of this name, at its defaults."""
    module = importlib.import_module(f"camweave.tracking.{name}")
    tracker: Tracker = getattr(module, CLASSES[name])(fps=fps)
    return tracker


def stepping(name: str) -> Follow:
    """Frame by frame through `update`."""

    def make(stream: Stream) -> Step:
        tracker, index, fps = make_tracker(name, stream.fps), count(), stream.fps

        def step(seen: Seen) -> tuple[Array, Array]:
            number = next(index)
            stamp = Stamp(number / fps, CAMERA, number)
            class_id = CLASS_ID[: len(seen.score)]
            found = tracker.update(
                Detections(stamp, seen.xyxy, seen.score, class_id, seen.embedding)
            )
            return found.track_id, found.xyxy

        return step

    return frame_by_frame(make)


def at_once(name: str) -> Follow:
    """The whole recording through `track`; the clock runs from ready arrays to ready tracklets."""

    def follow(stream: Stream) -> Outcome:
        log = log_of(stream)
        tracker = make_tracker(name, stream.fps)
        started = process_time()
        found = tracker.track(log)
        seconds = process_time() - started
        size = found.xyxy[:, 2:] - found.xyxy[:, :2]
        rows = np.column_stack([found.frame, found.row_ids, found.xyxy[:, :2], size])
        return Outcome(rows, seconds)

    return follow


def log_of(stream: Stream) -> DetectionLog:
    """A stream as our own value."""
    return DetectionLog(
        camera=CAMERA,
        fps=stream.fps,
        width=0,
        height=0,
        frame_times=np.arange(stream.frames) / stream.fps,
        frame=np.repeat(np.arange(stream.frames), np.diff(stream.offsets)),
        xyxy=stream.xyxy,
        score=stream.score,
        class_id=np.zeros(len(stream.score), np.int32),
        embedding=stream.embedding,
    )


def follower(name: str) -> Follow:
    """What follows a stream with this tracker."""
    plain = name.removesuffix("-file")
    return stepping(plain) if plain == name else at_once(plain)


if __name__ == "__main__":
    serve(follower)
