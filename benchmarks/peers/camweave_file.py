"""Our ByteTrack, a whole recording at once, at its defaults."""

from time import process_time

import numpy as np

from benchmarks.peers.exchange import Outcome, Stream, serve
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.tracking.bytetrack import ByteTrack


def follow(stream: Stream) -> Outcome:
    """Track a stream; the clock runs from ready arrays to ready tracklets."""
    log = DetectionLog(
        camera=CameraId(stream.name),
        fps=stream.fps,
        width=0,
        height=0,
        frame_times=np.arange(stream.frames) / stream.fps,
        frame=np.repeat(np.arange(stream.frames), np.diff(stream.offsets)),
        xyxy=stream.xyxy,
        score=stream.score,
        class_id=np.zeros(len(stream.score), np.int32),
    )
    tracker = ByteTrack(fps=stream.fps)
    started = process_time()
    found = tracker.track(log)
    seconds = process_time() - started
    size = found.xyxy[:, 2:] - found.xyxy[:, :2]
    rows = np.column_stack([found.frame, found.row_ids, found.xyxy[:, :2], size])
    return Outcome(rows, seconds)


if __name__ == "__main__":
    serve(follow)
