"""`norfair`, on boxes: its own example's distance and threshold, defaults for the rest."""

import importlib

import numpy as np

from benchmarks.peers.exchange import Array, Follow, Seen, Step, Stream, frame_by_frame, serve

FARTHEST = 0.7  # 1 - overlap


def make(_stream: Stream) -> Step:
    """A tracker; its API takes no frame rate."""
    norfair = importlib.import_module("norfair")  # lives in the peers' environment only
    tracker = norfair.Tracker(distance_function="iou", distance_threshold=FARTHEST)

    def step(seen: Seen) -> tuple[Array, Array]:
        detections = [
            norfair.Detection(points=box.reshape(2, 2), scores=np.array([score, score]))
            for box, score in zip(seen.xyxy, seen.score, strict=True)
        ]
        found = tracker.update(detections=detections)
        ids = np.array([each.id for each in found], np.int64)
        return ids, np.array([each.estimate.ravel() for each in found]).reshape(-1, 4)

    return step


def follower(_name: str) -> Follow:
    """What follows a stream with the one tracker there is."""
    return frame_by_frame(make)


if __name__ == "__main__":
    serve(follower)
