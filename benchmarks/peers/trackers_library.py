"""The `trackers` library, each of its trackers at its defaults."""

import importlib

from benchmarks.peers.exchange import Array, Follow, Seen, Step, Stream, frame_by_frame, serve

CLASSES = {
    "sort": "SORTTracker",
    "bytetrack": "ByteTrackTracker",
    "ocsort": "OCSORTTracker",
    "botsort": "BoTSORTTracker",  # without pictures: no camera motion; it has no appearance
    "cbiou": "CBIoUTracker",
    "mcbyte": "McByteTracker",  # without masks, which is its default
}


def follower(name: str) -> Follow:
    """What follows a stream with this tracker."""
    sv = importlib.import_module("supervision")  # both live in the peers' environment only
    kind = getattr(importlib.import_module("trackers"), CLASSES[name])

    def make(stream: Stream) -> Step:
        tracker = kind(frame_rate=stream.fps)

        def step(seen: Seen) -> tuple[Array, Array]:
            found = tracker.update(sv.Detections(xyxy=seen.xyxy, confidence=seen.score))
            sure = found.tracker_id >= 0  # -1 marks what is not tracked yet
            return found.tracker_id[sure], found.xyxy[sure]

        return step

    return frame_by_frame(make)


if __name__ == "__main__":
    serve(follower)
