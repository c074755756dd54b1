"""Frames and their tracks as columns."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.stored import tracks

from camweave.core.errors import ShapeError
from camweave.core.tracks import Tracklets, Tracks
from camweave.store.rows import NO_ROWS, Rows

FRAMES = st.builds(
    lambda camera, index, epoch, ids: tracks(camera, index, *ids, epoch=epoch),
    st.sampled_from("abc"),
    st.integers(0, 5),
    st.integers(0, 1),
    st.lists(st.integers(1, 9), unique=True, max_size=4),
)


def told(rows: Rows) -> list[tuple[object, ...]]:
    """Every row as one would say it."""
    of = rows.frame_of_row
    return [
        (rows.cameras[rows.camera[f]], rows.epoch[f], rows.frame[f], rows.time[f], *rest)
        for f, *rest in zip(
            of, rows.track_id, map(tuple, rows.xyxy), rows.score, rows.class_id, strict=True
        )
    ]


def said(given: Sequence[Tracks]) -> list[tuple[object, ...]]:
    return sorted(
        (t.stamp.camera, t.stamp.epoch, t.stamp.index, t.stamp.time, *row)
        for t in given
        for row in zip(t.track_id, map(tuple, t.xyxy), t.score, t.class_id, strict=True)
    )


@given(st.lists(FRAMES, unique_by=lambda t: (t.stamp.camera, t.stamp.epoch, t.stamp.index)))
def test_rows_tell_what_the_frames_did_whatever_their_order(frames: list[Tracks]) -> None:
    rows = Rows.of(frames)
    assert told(rows) == said(frames)
    assert len(rows.frame) == len(frames)


@given(st.lists(FRAMES, max_size=6), st.data())
def test_some_frames_of_rows_are_the_rows_of_some_frames(
    frames: list[Tracks], data: st.DataObject
) -> None:
    rows = Rows.of(frames)
    kept = [place for place in range(len(rows.frame)) if data.draw(st.booleans())]
    part = rows.only(np.array(kept, np.int64))
    of = rows.frame_of_row
    assert told(part) == [row for row, f in zip(told(rows), of, strict=True) if f in kept]


def test_a_frame_that_is_told_twice_is_what_was_told_first() -> None:
    rows = Rows.of([tracks("a", 0, 1), tracks("a", 0, 2)])
    assert rows.track_id.tolist() == [1]


def test_of_no_frames_there_are_no_rows() -> None:
    assert Rows.of([]) is NO_ROWS


@pytest.mark.parametrize("ids", [(1, 1), (2, 1, 2)])
def test_a_track_is_not_twice_in_a_frame(ids: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="each track, once"):
        Rows.of([tracks("a", 0, *ids)])


def test_a_box_that_is_no_number_is_refused_before_it_meets_a_database() -> None:
    bad = tracks("a", 0, 1)
    xyxy = bad.xyxy.copy()
    xyxy[0, 2] = np.nan
    with pytest.raises(ShapeError, match="finite"):
        Rows.of([Tracks(bad.stamp, bad.track_id, xyxy, bad.score, bad.class_id, bad.detection)])


def a_recording() -> Tracklets:
    """Track 3 in frames 0 and 2, track 1 in frame 2 only."""
    return Tracklets(
        camera="a",  # type: ignore[arg-type]  # a name
        fps=10.0,
        width=0,
        height=0,
        tracklet_id=np.array([1, 3]),
        class_id=np.array([5, 7], np.int32),
        offsets=np.array([0, 1, 3]),
        frame=np.array([2, 0, 2]),
        time=np.array([0.2, 0.0, 0.2]),
        xyxy=np.arange(12, dtype=np.float32).reshape(3, 4),
        score=np.array([0.1, 0.2, 0.3], np.float32),
        detection=np.zeros(3, np.int64),
    )


def test_a_recording_is_told_frame_by_frame() -> None:
    rows = Rows.recorded(a_recording())
    assert rows.frame.tolist() == [0, 2]
    assert rows.offsets.tolist() == [0, 1, 3]
    assert rows.track_id.tolist() == [3, 1, 3]
    assert rows.class_id.tolist() == [7, 5, 7]
    np.testing.assert_array_equal(rows.score, np.array([0.2, 0.1, 0.3], np.float32))


def test_with_its_times_a_recording_tells_of_empty_frames_too() -> None:
    rows = Rows.recorded(a_recording(), np.array([0.0, 0.1, 0.2, 0.3]))
    assert rows.frame.tolist() == [0, 1, 2, 3]
    assert rows.offsets.tolist() == [0, 1, 1, 3, 3]
