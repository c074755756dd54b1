"""A tracker gets the looks that it asks for, and no others."""

from collections.abc import Sequence

import numpy as np

from camweave.app.jobs.looking import Follower, all_embedded, embedded
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.core.arrays import F32, U8, Bool
from camweave.core.detections import DetectionLog, Detections
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.remembered import Remembered
from camweave.core.tracks import Tracklets, Tracks
from camweave.tracking.bytetrack import ByteTrack


class Brightness:
    """An embedder of two numbers: how bright a crop is, as an angle. It notes its runs."""

    name = "brightness"
    dimension = 2

    def __init__(self) -> None:
        self.runs: list[int] = []

    def embed(self, crops: Sequence[U8]) -> F32:
        self.runs.append(len(crops))
        angle = np.array([crop.mean() / 255 for crop in crops])
        return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


class Picky:
    """A tracker that wants to see the wide ones, and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[Detections] = []

    def wants(self, detections: Detections) -> Bool:
        wide: Bool = detections.xyxy[:, 2] - detections.xyxy[:, 0] > 10
        return wide

    def update(self, detections: Detections) -> Tracks:
        self.told.append(detections)
        n = len(detections)
        ids = np.arange(n)
        return Tracks(
            detections.stamp, ids, detections.xyxy, detections.score, detections.class_id, ids
        )

    def track(self, log: DetectionLog) -> Tracklets:
        raise NotImplementedError

    def remembered(self) -> Remembered:
        raise NotImplementedError

    def resume(self, remembered: Remembered) -> None:
        raise NotImplementedError


class Shaken:
    """A camera that is shifted by one px in every frame."""

    def see(self, frame: Frame, detections: Detections) -> Detections:  # noqa: ARG002 - the protocol's
        moved = np.array([[1.0, 0, 1], [0, 1, 0]])
        return Detections(
            detections.stamp,
            detections.xyxy,
            detections.score,
            detections.class_id,
            detections.embedding,
            moved,
        )


def seen(index: int, *widths: float) -> tuple[Frame, Detections]:
    """A picture that is dark on the left and bright on the right, with boxes side by side."""
    stamp = Stamp(index / 10, CameraId("a"), index)
    image = np.repeat(np.arange(0, 240, 2, dtype=np.uint8)[None, :, None], 3, axis=2)
    left = np.arange(len(widths)) * 40.0
    box = np.stack([left, left * 0, left + widths, left * 0 + 30], axis=1).astype(np.float32)
    found = Detections(stamp, box, np.ones(len(box), np.float32), np.zeros(len(box), np.int32))
    return Frame(stamp, np.repeat(image, 48, axis=0)), found


def test_only_the_rows_that_are_wanted_are_embedded() -> None:
    tracker, embedder, watch = Picky(), Brightness(), Stopwatch()
    follower = Follower(tracker, embedder=embedder, watch=watch)
    told, tracks = follower.follow(*seen(0, 20, 5, 30))
    assert told.embedding is not None
    assert told.embedding.any(axis=1).tolist() == [True, False, True]
    assert told.embedding[0, 1] < told.embedding[2, 1], "the right one is brighter"
    assert embedder.runs == [2]
    assert watch.counts["embedded"] == 2
    assert tracker.told == [told], "the tracker decides on what is handed on"
    assert len(tracks) == 3


def test_a_frame_in_which_nobody_is_of_interest_runs_no_network() -> None:
    embedder = Brightness()
    told, _ = Follower(Picky(), embedder=embedder).follow(*seen(0, 5, 6))
    assert embedder.runs == []
    assert told.embedding is not None
    assert not told.embedding.any()


def test_without_an_embedder_nothing_is_added() -> None:
    frame, found = seen(0, 20)
    told, _ = Follower(ByteTrack(fps=10)).follow(frame, found)
    assert told is found


def test_a_tracker_is_told_how_its_camera_moved() -> None:
    tracker = Picky()
    told, _ = Follower(tracker, embedder=Brightness(), motion=Shaken()).follow(*seen(0, 20))
    assert told.camera_motion is not None
    assert told.camera_motion[0, 2] == 1
    assert tracker.told == [told]


def test_all_crops_of_some_frames_go_through_in_one_run() -> None:
    embedder, watch = Brightness(), Stopwatch()
    line = [seen(0, 20), seen(1), seen(2, 20, 5), seen(3, 9)]
    told = list(all_embedded(line, embedder, watch, 3))
    assert [frame.stamp.index for frame, _ in told] == [0, 1, 2, 3]
    assert embedder.runs == [3, 1]
    assert watch.counts["embedded"] == 4
    alone = [embedded([each], Brightness())[0] for each in line]
    for (_, together), one in zip(told, alone, strict=True):
        np.testing.assert_array_equal(together.embedding, one.embedding)
