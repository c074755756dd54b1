"""Detections of the supervision library come and go without it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from camweave.app.jobs.supervision import from_supervision, to_supervision
from camweave.app.jobs.track import track
from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Tracks


@dataclass
class Foreign:
    """As supervision's own, in what is looked at."""

    xyxy: npt.NDArray[Any]
    confidence: npt.NDArray[Any] | None = None
    class_id: npt.NDArray[Any] | None = None
    data: dict[str, Any] = field(default_factory=dict)


def one(left: float, **more: Any) -> Foreign:
    return Foreign(np.array([[left, 10.0, left + 20, 60.0]]), **more)


NOTHING = Foreign(np.empty((0, 4)))


def test_frames_become_a_log_with_empty_ones_between() -> None:
    frames = [
        one(1, confidence=np.array([0.5]), class_id=np.array([2]), data={"class_name": ["car"]}),
        NOTHING,
        one(3),
    ]
    log = from_supervision(frames, fps=10.0, camera="gate")
    assert log.frame.tolist() == [0, 2]
    assert log.frame_count == 3
    assert log.score.tolist() == [0.5, 1]
    assert log.class_id.tolist() == [2, 0]
    assert log.class_names == ("class_0", "class_1", "car")
    assert log.xyxy[0].tolist() == [1, 10, 21, 60]
    np.testing.assert_allclose(log.frame_times, [0, 0.1, 0.2])


def test_they_can_be_tracked_as_they_come() -> None:
    tracklets = track((one(float(at)) for at in range(10)), fps=25.0, camera="gate")
    assert tracklets.camera == "gate"
    assert len(tracklets) == 1
    assert len(tracklets[0]) == 10
    with pytest.raises(InputError, match="say no frame rate; give fps="):
        track([one(0)])


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ("boxes", "frame 1: expected detections with xyxy, confidence and class_id, got str"),
        (Foreign(np.ones((2, 3))), r"frame 1: expected xyxy \(N, 4\)"),
        (one(0, confidence=np.ones(3)), r"frame 1: expected xyxy \(N, 4\)"),
        (one(np.nan), "frame 1: expected finite numbers"),
        (one(0, confidence=np.array([np.nan])), "frame 1: expected finite numbers"),
        (Foreign(np.array([[9.0, 0, 1, 5]])), "frame 1: a box whose right or bottom"),
    ],
)
def test_what_is_no_detections_is_named_with_its_frame(found: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        from_supervision([one(0), found], fps=10.0)


def test_ours_go_out_as_its_arguments() -> None:
    stamp, columns = Stamp(0.0, CameraId("a"), 0), (np.ones((1, 4), np.float32),)
    score, class_id = np.ones(1, np.float32), np.zeros(1, np.int32)
    found = to_supervision(Detections(stamp, *columns, score, class_id))
    assert set(found) == {"xyxy", "confidence", "class_id"}
    assert all(column.flags.writeable for column in found.values()), "it changes them in place"
    tracks = Tracks(stamp, np.array([7]), *columns, score, class_id, np.array([0]))
    assert to_supervision(tracks)["tracker_id"].tolist() == [7]
