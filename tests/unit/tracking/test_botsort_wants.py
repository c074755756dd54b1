import numpy as np

from camweave.core.arrays import Bool
from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Stamp
from camweave.tracking.botsort import BotSort, BotSortParams

FPS = 10.0


def seen(
    index: int, boxes: list[float], *, score: float = 0.9, looks: Bool | None = None
) -> Detections:
    """People as high as 100 px, 40 px wide, at these places of the left side."""
    n = len(boxes)
    left = np.array(boxes, np.float32)
    xyxy = np.stack([left, np.full(n, 50), left + 40, np.full(n, 150)], axis=1)
    embedding = np.full((n, 4), 0.5, np.float32)
    return Detections(
        Stamp(index / FPS, CameraId("a"), index),
        xyxy.astype(np.float32),
        np.full(n, score, np.float32),
        np.zeros(n, np.int32),
        None if looks is None else np.where(looks[:, None], embedding, np.float32(0)),
    )


def wanted(tracker: BotSort, index: int, boxes: list[float], *, score: float = 0.9) -> list[bool]:
    """What it wants of a frame, which it then gets embedded as it wanted."""
    rows = tracker.wants(seen(index, boxes, score=score))
    assert rows.dtype == np.bool_
    assert rows.shape == (len(boxes),)
    tracker.update(seen(index, boxes, score=score, looks=rows))
    return [bool(row) for row in rows]


def test_who_walks_alone_is_looked_at_once_in_a_while() -> None:
    tracker = BotSort(BotSortParams(refresh=0.5), fps=FPS)
    asked = [wanted(tracker, i, [100.0 + i])[0] for i in range(17)]
    assert asked[0] is False  # nobody yet whom it could be
    assert [i for i, yes in enumerate(asked) if yes] == [1, 6, 11, 16]


def test_who_stands_close_together_is_looked_at_in_every_frame() -> None:
    tracker = BotSort(fps=FPS)
    for i in range(3):
        tracker.update(seen(i, [100.0, 112.0, 400.0]))
    tracker.update(seen(3, [100.0, 112.0, 400.0], looks=np.ones(3, np.bool_)))
    assert wanted(tracker, 4, [100.0, 112.0, 400.0]) == [True, True, False]


def test_two_detections_of_one_track_are_both_looked_at() -> None:
    tracker = BotSort(fps=FPS)
    for i in range(3):
        tracker.update(seen(i, [100.0], looks=np.ones(1, np.bool_)))
    assert wanted(tracker, 3, [101.0, 108.0, 300.0]) == [True, True, False]


def test_faint_ones_and_newcomers_are_not_looked_at() -> None:
    tracker = BotSort(fps=FPS)
    for i in range(3):
        tracker.update(seen(i, [100.0]))
    assert wanted(tracker, 3, [100.0], score=0.4) == [False]
    assert wanted(tracker, 4, [700.0]) == [False]


def test_the_paper_looks_at_every_strong_one() -> None:
    tracker = BotSort(BotSortParams.published(), fps=FPS)
    assert wanted(tracker, 0, [100.0, 500.0]) == [True, True]
    assert wanted(tracker, 1, [100.0, 900.0]) == [True, True]
    assert wanted(tracker, 2, [100.0, 900.0], score=0.3) == [False, False]


def test_to_be_asked_changes_nothing() -> None:
    asked, silent = BotSort(fps=FPS), BotSort(fps=FPS)
    rng = np.random.default_rng(2)
    for i in range(40):
        frame = seen(i, list(rng.uniform(0, 300, rng.integers(0, 6))))
        for _ in range(3):
            asked.wants(frame)
        ours, theirs = asked.update(frame), silent.update(frame)
        np.testing.assert_array_equal(ours.track_id, theirs.track_id)
        np.testing.assert_array_equal(ours.xyxy, theirs.xyxy)


def test_a_frame_out_of_time_is_not_looked_at() -> None:
    tracker = BotSort(fps=FPS)
    for i in range(3):
        tracker.update(seen(i, [100.0]))
    assert not tracker.wants(seen(0, [100.0])).any()


def test_it_looks_where_the_camera_has_moved_the_tracks_to() -> None:
    tracker = BotSort(fps=FPS)
    for i in range(3):
        tracker.update(seen(i, [100.0]))
    here = seen(3, [300.0])
    motion = np.array([[1.0, 0, 200], [0, 1, 0]])
    moved = Detections(here.stamp, here.xyxy, here.score, here.class_id, None, motion)
    assert not tracker.wants(here).any()
    assert tracker.wants(moved).all()
