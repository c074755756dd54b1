"""What the linker is told, and when, of frames that come in any order of cameras."""

from collections.abc import Iterable, Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.app.jobs.live.gathering import Gathering, Instant
from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Tracks
from camweave.linking.live.feed import Feed

A, B = CameraId("a"), CameraId("b")


def frame(camera: CameraId, time: float, ids: Sequence[int] = (1,)) -> tuple[Detections, Tracks]:
    """One frame in which some tracks are seen."""
    n, stamp = len(ids), Stamp(time, camera, round(time * 1000))
    xyxy = np.tile(np.array([10, 10, 30, 60], np.float32), (n, 1)) + np.float32(time)
    score, kind = np.full(n, 0.9, np.float32), np.zeros(n, np.int32)
    track_id = np.array(ids, np.int64)
    return (
        Detections(stamp, xyxy, score, kind),
        Tracks(stamp, track_id, xyxy, score, kind, np.arange(n, dtype=np.int64)),
    )


def gathering(*cameras: CameraId, interval: float = 0.5) -> Gathering:
    gathering = Gathering(interval)
    for camera in cameras:
        gathering.meet(camera)
    return gathering


def times(instants: Iterable[Instant]) -> list[float]:
    return [each.time for each in instants]


def test_nothing_is_told_before_somebody_was_seen() -> None:
    told = gathering(A, B)
    told.add(*frame(A, 0.2, ids=()))
    assert times(told.told(5.0)) == []
    told.add(*frame(A, 7.3))
    assert times(told.told(8.0)) == [7.5, 8.0]


def test_an_instant_holds_what_came_before_it_and_nothing_that_came_at_it() -> None:
    told = gathering(A, B)
    for time in (0.1, 0.4, 0.5, 0.9):
        told.add(*frame(A, time))
    told.add(*frame(B, 0.2))
    (first,) = told.told(0.5)
    ends = {each.camera: each.sightings.end.tolist() for each in first.snapshots}
    assert ends == {A: [0.4], B: [0.2]}


def test_a_camera_without_frames_is_told_as_it_is() -> None:
    told = gathering(A, B)
    told.add(*frame(A, 0.1))
    (first,) = told.told(0.9)
    assert [(each.camera, len(each.sightings)) for each in first.snapshots] == [(A, 1), (B, 0)]


def test_a_camera_that_goes_takes_its_tracks_to_their_end() -> None:
    told = gathering(A, B)
    told.add(*frame(A, 0.1))
    told.add(*frame(B, 0.7))
    told.lose(B)
    told.add(*frame(A, 2.2))
    ended = [
        (instant.time, each.sightings.tracklet_id.tolist())
        for instant in told.told(2.0)
        for each in instant.snapshots
        if each.camera == B and each.ended.any()
    ]
    assert ended == [(1.0, [1])]


def test_with_pictures_of_another_size_and_no_others_a_cameras_tracks_begin_anew() -> None:
    told = gathering()
    told.meet(A, (64, 48))
    told.add(*frame(A, 0.1))
    told.meet(A, (64, 48))
    told.add(*frame(A, 0.2, ids=(2,)))
    told.meet(A, (32, 24))
    told.add(*frame(A, 0.6, ids=(3,)))
    ended = [each.snapshots[0].ended.tolist() for each in told.told(1.0)]
    assert ended == [[True, True], [False]]
    assert A in told
    told.lose(A)
    assert A not in told


seen = st.lists(
    st.tuples(st.sampled_from([A, B]), st.floats(0, 20), st.lists(st.integers(1, 4), unique=True)),
    max_size=30,
    unique_by=lambda each: each[:2],
)


@given(seen, st.randoms(use_true_random=False))
def test_the_linker_is_told_the_same_however_the_cameras_frames_interleave(
    rows: list[tuple[CameraId, float, list[int]]], luck: object
) -> None:
    frames = {c: sorted(r for r in rows if r[0] == c) for c in (A, B)}
    shuffle = getattr(luck, "shuffle")  # noqa: B009 - hypothesis tells no type for it
    order = [c for c in (A, B) for _ in frames[c]]
    shuffle(order)
    told = gathering(A, B)
    first = min((r[1] for r in rows if r[2]), default=None)
    if first is not None:  # nobody can know of a later camera's earlier track
        c = next(r[0] for r in rows if r[2] and r[1] == first)
        order.remove(c)
        order.insert(0, c)
    queues = {c: [r for r in frames[c] if first is not None and r[1] >= first] for c in (A, B)}
    for camera in order:
        if queues[camera]:
            told.add(*frame(*queues[camera].pop(0)))
    here = [_plain(each) for each in told.over()]
    assert here == _replayed(frames)


def _replayed(frames: dict[CameraId, list[tuple[CameraId, float, list[int]]]]) -> list[object]:
    """The same, as a replay of the recording tells it; to the last frame, seen in it or not."""
    feeds = [Feed.of_frames(c, [frame(*row) for row in frames[c]]) for c in (A, B)]
    begin = min(feed.next_time for feed in feeds)
    if not np.isfinite(begin):
        return []
    end = max(row[1] for rows in frames.values() for row in rows)
    growing, step, told = [feed.growing() for feed in feeds], int(begin // 0.5) + 1, []
    over = False
    while not over:
        for feed, each in zip(feeds, growing, strict=True):
            each.gather(feed.until(step * 0.5))
        over = step * 0.5 > end
        shots = tuple(each.snapshot(step * 0.5, over=over) for each in growing)
        told.append(_plain(Instant(step * 0.5, shots)))
        step += 1
    return told


def _plain(instant: Instant) -> object:
    return instant.time, [
        (s.camera, s.ended.tolist(), s.sightings.tracklet_id.tolist(), s.sightings.end.tolist())
        for s in instant.snapshots
    ]
