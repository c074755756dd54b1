"""ByteTrack of `supervision`, at its defaults."""

import importlib
import warnings

from benchmarks.peers.exchange import Array, Follow, Seen, Step, Stream, frame_by_frame, serve


def make(stream: Stream) -> Step:
    """A tracker told the frame rate."""
    sv = importlib.import_module("supervision")  # lives in the peers' environment only
    tracker = sv.ByteTrack(frame_rate=stream.fps)

    def step(seen: Seen) -> tuple[Array, Array]:
        found = tracker.update_with_detections(sv.Detections(xyxy=seen.xyxy, confidence=seen.score))
        return found.tracker_id, found.xyxy

    return step


def follower(_name: str) -> Follow:
    """What follows a stream with the one tracker there is."""
    warnings.simplefilter("ignore")  # it announces its own removal at every start
    return frame_by_frame(make)


if __name__ == "__main__":
    serve(follower)
