"""`motpy`, as its README begins: told the time between frames, defaults for the rest."""

import importlib

import numpy as np

from benchmarks.peers.exchange import Array, Follow, Seen, Step, Stream, frame_by_frame, serve


def make(stream: Stream) -> Step:
    """A tracker told the frame rate."""
    motpy = importlib.import_module("motpy")  # lives in the peers' environment only
    tracker = motpy.MultiObjectTracker(dt=1 / stream.fps)
    numbers: dict[str, int] = {}  # its ids are random words

    def step(seen: Seen) -> tuple[Array, Array]:
        detections = [
            motpy.Detection(box=box, score=score)
            for box, score in zip(seen.xyxy, seen.score.tolist(), strict=True)
        ]
        found = tracker.step(detections=detections)
        ids = np.array([numbers.setdefault(each.id, len(numbers)) for each in found], np.int64)
        return ids, np.array([each.box for each in found]).reshape(-1, 4)

    return step


def follower(_name: str) -> Follow:
    """What follows a stream with the one tracker there is."""
    return frame_by_frame(make)


if __name__ == "__main__":
    serve(follower)
