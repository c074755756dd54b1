"""`norfair`, on boxes: its own example's distance and threshold, defaults for the rest."""

import importlib

import numpy as np

from benchmarks.peers.exchange import Array, Step, frame_by_frame, serve

FARTHEST = 0.7  # 1 - overlap


def make(_fps: float) -> Step:
    """A tracker; its API takes no frame rate."""
    norfair = importlib.import_module("norfair")  # lives in the peers' environment only
    tracker = norfair.Tracker(distance_function="iou", distance_threshold=FARTHEST)

    def step(xyxy: Array, score: Array) -> tuple[Array, Array]:
        seen = [
            norfair.Detection(points=box.reshape(2, 2), scores=np.array([s, s]))
            for box, s in zip(xyxy, score, strict=True)
        ]
        found = tracker.update(detections=seen)
        ids = np.array([each.id for each in found], np.int64)
        return ids, np.array([each.estimate.ravel() for each in found]).reshape(-1, 4)

    return step


if __name__ == "__main__":
    serve(frame_by_frame(make))
