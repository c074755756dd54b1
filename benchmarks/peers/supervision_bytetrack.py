"""ByteTrack of `supervision`, at its defaults."""

import importlib
import warnings

from benchmarks.peers.exchange import Array, Step, frame_by_frame, serve


def make(fps: float) -> Step:
    """A tracker told the frame rate."""
    sv = importlib.import_module("supervision")  # lives in the peers' environment only
    tracker = sv.ByteTrack(frame_rate=fps)

    def step(xyxy: Array, score: Array) -> tuple[Array, Array]:
        found = tracker.update_with_detections(sv.Detections(xyxy=xyxy, confidence=score))
        return found.tracker_id, found.xyxy

    return step


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # it announces its own removal at every start
    serve(frame_by_frame(make))
