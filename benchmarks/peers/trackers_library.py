"""The way into the `trackers` library, which all its trackers share."""

import importlib
from collections.abc import Callable

from benchmarks.peers.exchange import Array, Step


def maker(kind: str) -> Callable[[float], Step]:
    """What makes the tracker of this class name, told the frame rate."""

    def make(fps: float) -> Step:
        sv = importlib.import_module("supervision")  # both live in the peers' environment only
        tracker = getattr(importlib.import_module("trackers"), kind)(frame_rate=fps)

        def step(xyxy: Array, score: Array) -> tuple[Array, Array]:
            found = tracker.update(sv.Detections(xyxy=xyxy, confidence=score))
            sure = found.tracker_id >= 0  # -1 marks what is not tracked yet
            return found.tracker_id[sure], found.xyxy[sure]

        return step

    return make
