from dataclasses import replace

import numpy as np
import pytest

from camweave.core.arrays import F32, F64
from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Stamp
from camweave.tracking.botsort import BotSort, BotSortParams

FPS = 10.0
LEFT, RIGHT = np.eye(2, 8, dtype=np.float32)  # two looks, as unlike as looks can be


def seen(
    index: int,
    boxes: list[list[float]],
    *,
    score: float = 0.9,
    looks: list[F32] | None = None,
    motion: F64 | None = None,
) -> Detections:
    n = len(boxes)
    return Detections(
        Stamp(index / FPS, CameraId("a"), index),
        np.array(boxes, np.float32).reshape(n, 4),
        np.full(n, score, np.float32),
        np.zeros(n, np.int32),
        None if looks is None else np.array(looks, np.float32).reshape(n, -1),
        motion,
    )


def box(x: float, y: float = 100.0, width: float = 40.0, height: float = 100.0) -> list[float]:
    return [x, y, x + width, y + height]


def shift(x: float, y: float = 0.0, zoom: float = 1.0) -> F64:
    return np.array([[zoom, 0, x], [0, zoom, y]])


def ids_by_place(tracker: BotSort, detections: Detections) -> list[int]:
    """Which id each row has, 0 for none."""
    tracks = tracker.update(detections)
    names = dict(zip(tracks.detection.tolist(), tracks.track_id.tolist(), strict=True))
    return [names.get(i, 0) for i in range(len(detections))]


def test_two_that_pass_through_each_other_are_told_by_their_looks() -> None:
    """Both stop where they meet and turn back, which motion takes for passing by."""
    knows, guesses = BotSort(fps=FPS), BotSort(fps=FPS)
    places = [*range(0, 60, 6), *range(60, 0, -6)]
    told, guessed = [0], [0]
    for i, x in enumerate(places):
        boxes, looks = [box(100 + x), box(232 - x)], [LEFT, RIGHT]
        told = ids_by_place(knows, seen(i, boxes, looks=looks))
        guessed = ids_by_place(guesses, seen(i, boxes))
    assert told == [1, 2]
    assert sorted(guessed) == [1, 2]


def test_looks_outweigh_a_slightly_better_overlap() -> None:
    looks, plain = BotSort(fps=FPS), BotSort(fps=FPS)
    start = [box(100), box(112)]
    for i in range(3):
        looks.update(seen(i, start, looks=[LEFT, RIGHT]))
        plain.update(seen(i, start))
    swapped = [box(107), box(105)]  # the first is now a little nearer to where the second was
    assert ids_by_place(plain, seen(3, swapped)) == [2, 1]
    assert ids_by_place(looks, seen(3, swapped, looks=[LEFT, RIGHT])) == [1, 2]


def test_looks_do_not_count_for_who_is_far() -> None:
    tracker = BotSort(fps=FPS)
    for i in range(3):
        tracker.update(seen(i, [box(100)], looks=[LEFT]))
    far = seen(3, [box(300)], looks=[LEFT], score=0.8)
    assert ids_by_place(tracker, far) == [0]


def test_unlike_looks_change_nothing_where_place_is_clear() -> None:
    tracker = BotSort(fps=FPS)
    for i in range(3):
        tracker.update(seen(i, [box(100)], looks=[LEFT]))
    assert ids_by_place(tracker, seen(3, [box(101)], looks=[RIGHT])) == [1]


@pytest.mark.parametrize("nothing", [np.zeros(8), np.full(8, np.nan), np.full(8, np.inf)])
def test_a_row_that_was_not_embedded_goes_by_place(nothing: F64) -> None:
    tracker, blank = BotSort(fps=FPS), nothing.astype(np.float32)
    for i in range(12):
        looks = [LEFT, RIGHT] if i % 3 == 0 else [blank, blank]
        assert ids_by_place(tracker, seen(i, [box(100), box(120)], looks=looks)) == [1, 2]


def test_the_look_of_a_track_is_a_moving_average_of_unit_length() -> None:
    tracker = BotSort(fps=FPS)
    look = LEFT.astype(np.float64)
    for i, new in enumerate([LEFT, RIGHT, RIGHT]):
        tracker.update(seen(i, [box(100)], looks=[3 * new]))
        look = look if i == 0 else 0.9 * look + 0.1 * new
        look /= np.linalg.norm(look)
    gallery = tracker._line.gallery
    assert gallery is not None
    slot = tracker._line.tracks["slot"][0]
    np.testing.assert_allclose(gallery.block[slot, 0], look, atol=1e-6)


def test_faint_detections_do_not_change_a_look() -> None:
    tracker = BotSort(fps=FPS)
    for i, (score, look) in enumerate([(0.9, LEFT), (0.3, RIGHT), (0.3, RIGHT)]):
        assert ids_by_place(tracker, seen(i, [box(100)], score=score, looks=[look])) == [1]
    gallery = tracker._line.gallery
    assert gallery is not None
    np.testing.assert_allclose(gallery.block[tracker._line.tracks["slot"][0], 0], LEFT)


def test_embeddings_of_another_length_are_refused_and_nothing_has_changed() -> None:
    tracker = BotSort(fps=FPS)
    tracker.update(seen(0, [box(100)], looks=[LEFT]))
    wrong = seen(1, [box(100)], looks=[np.ones(16, np.float32)])
    for call in (tracker.wants, tracker.update):
        with pytest.raises(InputError, match="embeddings of 16 numbers, those before had 8"):
            call(wrong)
    assert ids_by_place(tracker, seen(1, [box(100)], looks=[LEFT])) == [1]


def test_a_swinging_camera_loses_nobody_whose_motion_is_given() -> None:
    told, untold = BotSort(fps=FPS), BotSort(fps=FPS)
    with_motion, without = [0], [0]
    for i in range(12):
        x = -60 * i if i % 2 else -60 * i + 25  # it jerks: no velocity fits
        before = 0 if i == 0 else (-60 * (i - 1) if (i - 1) % 2 else -60 * (i - 1) + 25)
        boxes = [box(900 + x), box(1100 + x)]
        with_motion = ids_by_place(told, seen(i, boxes, motion=shift(x - before)))
        without = ids_by_place(untold, seen(i, boxes))
    assert with_motion == [1, 2]
    assert without != [1, 2]


@pytest.mark.parametrize(
    "jump",
    [shift(0, zoom=3.0), shift(0, zoom=0.1), shift(np.nan), shift(np.inf), np.zeros((2, 3))],
)
def test_a_motion_that_no_camera_makes_is_not_followed(jump: F64) -> None:
    tracker = BotSort(fps=FPS)
    for i in range(4):
        motion = jump if i == 2 else None
        assert ids_by_place(tracker, seen(i, [box(100)], motion=motion)) == [1]
    assert np.isfinite(tracker._line.tracks["state"][0]).all()


def test_a_jump_of_the_camera_moves_the_tracks_and_explodes_nothing() -> None:
    tracker = BotSort(fps=FPS)
    for i in range(30):
        tracker.update(seen(i, [box(100)], motion=shift((-1) ** i * 1e5)))
    for i in range(30, 33):
        tracker.update(seen(i, [box(100)]))
    assert ids_by_place(tracker, seen(33, [box(100)])) != [0]


def test_a_sure_detection_is_shown_at_once_and_an_unsure_one_when_it_is_seen_again() -> None:
    tracker = BotSort(BotSortParams(sure=0.95), fps=FPS)
    tracker.update(seen(0, []))
    assert ids_by_place(tracker, seen(1, [box(100)], score=0.96)) == [1]
    tracker = BotSort(BotSortParams(sure=0.95), fps=FPS)
    tracker.update(seen(0, []))
    assert ids_by_place(tracker, seen(1, [box(100)], score=0.8)) == [0]
    assert ids_by_place(tracker, seen(2, [box(100)], score=0.8)) == [1]


def recording(*, looks: bool, motion: bool) -> DetectionLog:
    rng = np.random.default_rng(5)
    frames, people = 80, 6
    path = np.cumsum(rng.normal(0, 4, (frames, people, 2)), axis=0) + rng.uniform(
        50, 400, (people, 2)
    )
    drift = np.cumsum(rng.normal(0, 6, (frames, 2)), axis=0) if motion else np.zeros((frames, 2))
    corner = path + drift[:, None]
    there = rng.random((frames, people)) > 0.1
    frame, who = np.nonzero(there)
    xyxy = np.concatenate([corner, corner + np.array([40, 100])], axis=2)[there].astype(np.float32)
    faces = rng.normal(size=(people, 16))
    embedding = faces[who] + rng.normal(0, 0.2, (len(who), 16))
    embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
    affine = np.tile(np.eye(2, 3), (frames, 1, 1))
    affine[1:, :, 2] = np.diff(drift, axis=0)
    return DetectionLog(
        CameraId("a"),
        FPS,
        640,
        480,
        np.arange(frames) / FPS,
        frame.astype(np.int64),
        xyxy,
        rng.uniform(0.3, 1, len(who)).astype(np.float32),
        np.zeros(len(who), np.int32),
        (),
        embedding.astype(np.float32) if looks else None,
        affine if motion else None,
    )


@pytest.mark.parametrize("looks", [False, True])
@pytest.mark.parametrize("motion", [False, True])
def test_a_recording_gives_what_its_frames_give(looks: bool, motion: bool) -> None:
    log = recording(looks=looks, motion=motion)
    whole, live, offsets = BotSort().track(log), BotSort(fps=FPS), log.frame_offsets
    rows = set()
    for i, frame in enumerate(log.frames()):
        tracks = live.update(frame)
        rows |= set(zip(tracks.track_id, tracks.detection + offsets[i], strict=True))
    assert rows == set(zip(whole.row_ids, whole.detection, strict=True))
    assert len(whole) >= 6


def test_looks_and_motion_make_a_difference_to_a_recording() -> None:
    full = recording(looks=True, motion=True)
    bare = replace(full, embedding=None, camera_motion=None)
    assert len(BotSort().track(full)) < len(BotSort().track(bare))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"proximity": 1.0}, "proximity: expected more than 0 and less than 1, got 1.0"),
        ({"appearance": 0.0}, "appearance"),
        ({"keep": 1.5}, "keep: expected 0 to 1"),
        ({"refresh": -1.0}, "refresh: expected 0 s or more"),
        ({"filter": "xyah"}, "filter: expected bytetrack or botsort, got xyah"),
        ({"low": 0.7}, "low"),
        ({"sure": float("nan")}, "sure"),
        ({"velocity_noise": 0.0}, "velocity_noise"),
    ],
)
def test_a_parameter_that_cannot_be_is_named(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        BotSortParams(**wrong)  # type: ignore[arg-type]  # the point of the test


def test_the_published_values_are_the_papers() -> None:
    p = BotSortParams.published()
    assert (p.high, p.low, p.high + p.birth, p.match) == (0.6, 0.1, 0.7, 0.8)
    assert (p.second, p.unconfirmed, p.patience) == (0.5, 0.7, 1.0)
    assert (p.proximity, p.appearance, p.keep, p.refresh) == (0.5, 0.25, 0.9, 0.0)
