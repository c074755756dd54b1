"""SORT of `similari` (Rust), with the overlap of its README, defaults for the rest."""

import importlib

import numpy as np

from benchmarks.peers.exchange import Array, Follow, Seen, Step, Stream, frame_by_frame, serve

LEAST_OVERLAP = 0.3


def make(_stream: Stream) -> Step:
    """A tracker; its API takes no frame rate."""
    similari = importlib.import_module("similari")  # lives in an environment of its own only
    tracker = similari.Sort(method=similari.PositionalMetricType.iou(threshold=LEAST_OVERLAP))
    box_of = similari.BoundingBox.new_with_confidence

    def step(seen: Seen) -> tuple[Array, Array]:
        sizes = seen.xyxy[:, 2:] - seen.xyxy[:, :2]
        rows = np.column_stack([seen.xyxy[:, :2], sizes, np.clip(seen.score, 0, 1)]).tolist()
        found = tracker.predict([(box_of(*row).as_xyaah(), None) for row in rows])
        ids = np.array([each.id for each in found], np.int64)
        boxes = [each.predicted_bbox.as_ltwh() for each in found]
        ltwh = np.array([(b.left, b.top, b.width, b.height) for b in boxes]).reshape(-1, 4)
        return ids, np.hstack([ltwh[:, :2], ltwh[:, :2] + ltwh[:, 2:]])

    return step


def follower(_name: str) -> Follow:
    """What follows a stream with the one tracker that needs boxes alone."""
    return frame_by_frame(make)


if __name__ == "__main__":
    serve(follower)
