"""SORT of `trackers`, at its defaults."""

from benchmarks.peers.exchange import frame_by_frame, serve
from benchmarks.peers.trackers_library import maker

if __name__ == "__main__":
    serve(frame_by_frame(maker("SORTTracker")))
