"""What golden tests share: a stream as a log, who is shown when, and where tracklets end."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F64
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets

Ends = Mapping[int, tuple[int, Sequence[float]]]  # rows of each tracklet, and its last box


def stream(
    frame: Sequence[int],
    xyxy: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    frames: int,
    fps: float,
    width: int = 800,
    embedding: npt.ArrayLike | None = None,
    camera_motion: F64 | None = None,
) -> DetectionLog:
    """A log of one camera's boxes; `frame` counts from 0."""
    return DetectionLog(
        camera=CameraId("golden"),
        fps=fps,
        width=width,
        height=450,
        frame_times=np.arange(frames) / fps,
        frame=np.array(frame),
        xyxy=np.asarray(xyxy, np.float32),
        score=np.asarray(score, np.float32),
        class_id=np.zeros(len(frame), np.int32),
        embedding=None if embedding is None else np.asarray(embedding, np.float32),
        camera_motion=camera_motion,
    )


def shown(tracklets: Tracklets, names: Sequence[str], frames: int) -> str:
    """One line a frame: id and name of everyone shown."""
    lines = [""] * frames
    rows = zip(tracklets.row_ids, tracklets.frame, tracklets.detection, strict=True)
    for track_id, frame, row in rows:
        lines[frame] += f"{track_id}={names[row]} "
    return "".join(f"{line.rstrip()}\n" for line in lines)


def assert_ends(tracklets: Tracklets, ends: Ends) -> None:
    """They are as long as they were, and end in the same boxes."""
    assert {one.tracklet_id: len(one) for one in tracklets} == {i: n for i, (n, _) in ends.items()}
    for one in tracklets:
        np.testing.assert_allclose(one.bboxes[-1], ends[one.tracklet_id][1], atol=2e-3)
