"""Our ByteTrack, frame by frame through the public class, at its defaults."""

from itertools import count

import numpy as np

from benchmarks.peers.exchange import Array, Step, frame_by_frame, serve
from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Stamp
from camweave.tracking.bytetrack import ByteTrack

CAMERA = CameraId("bench")
PERSON = np.zeros(10_000, np.int32)


def make(fps: float) -> Step:
    """A tracker told the frame rate."""
    tracker = ByteTrack(fps=fps)
    index = count()

    def step(xyxy: Array, score: Array) -> tuple[Array, Array]:
        number = next(index)
        stamp = Stamp(number / fps, CAMERA, number)
        found = tracker.update(Detections(stamp, xyxy, score, PERSON[: len(score)]))
        return found.track_id, found.xyxy

    return step


if __name__ == "__main__":
    serve(frame_by_frame(make))
