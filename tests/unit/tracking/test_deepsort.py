"""Who keeps an id by its looks, who does not, and whose looks are asked for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from camweave.core.arrays import F32
from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Tracks
from camweave.tracking.box_motion import BoxModel, predict_box, start_box
from camweave.tracking.deepsort import DeepSort, DeepSortParams
from camweave.tracking.deepsort_looks import strangeness
from camweave.tracking.deepsort_steps import TRACK
from camweave.tracking.desk import DETECTION

CAMERA = CameraId("north")
FPS = 10.0
D = 8

Box = tuple[float, float, float, float]
Seen = tuple[Box, F32]  # a box and what it looks like


def person(name: int, *, size: int = D) -> F32:
    """Somebody's look: people look nothing like each other."""
    look = np.zeros(size, np.float32)
    look[name] = 1.0
    return look


def between(a: F32, b: F32, cosine: float) -> F32:
    """A look that is so like `a`, and for the rest like `b`."""
    look: F32 = (cosine * a + np.sqrt(1 - cosine**2) * b).astype(np.float32)
    return look


ANN, BEN, CEM = person(0), person(1), person(2)
UNKNOWN = np.zeros(D, np.float32)  # not embedded


def frame(index: int, *seen: Seen, time: float | None = None) -> Detections:
    """One frame, at its regular time unless told otherwise."""
    looks = [look for _, look in seen]
    return Detections(
        Stamp(index / FPS if time is None else time, CAMERA, index),
        np.array([box for box, _ in seen], np.float32).reshape(-1, 4),
        np.full(len(seen), 0.9, np.float32),
        np.zeros(len(seen), np.int32),
        np.array(looks, np.float32) if looks else None,
    )


def at(x: float, y: float = 100.0, width: float = 40.0, height: float = 100.0) -> Box:
    """A box with this top left corner."""
    return x, y, x + width, y + height


def ids(tracks: Tracks) -> list[int]:
    """The ids of a frame in order of its detections."""
    order = np.argsort(tracks.detection)
    result: list[int] = tracks.track_id[order].tolist()
    return result


def run(tracker: DeepSort, frames: Sequence[Detections]) -> list[list[int]]:
    """The ids of each frame."""
    return [ids(tracker.update(detections)) for detections in frames]


def tracker(**changes: Any) -> DeepSort:
    return DeepSort(replace(DeepSortParams.published(), **changes), fps=FPS)


def known(*people: Seen, frames: int = 5, **changes: Any) -> DeepSort:
    """A tracker that has seen these people standing still, for so many frames."""
    line = tracker(**changes)
    for index in range(frames):
        line.update(frame(index, *people))
    return line


def looks_of(line: DeepSort) -> int:
    """How many looks its first track has been given."""
    return int(line._line.tracks["looks"][0])


def test_who_comes_is_shown_from_the_third_sight_on() -> None:
    assert run(tracker(), [frame(i, (at(0), ANN)) for i in range(4)]) == [[], [], [1], [1]]


def test_who_is_missed_before_the_third_sight_begins_anew() -> None:
    seen = [frame(i, *([] if i == 2 else [(at(0), ANN)])) for i in range(6)]
    assert run(tracker(), seen) == [[], [], [], [], [], [1]]


def test_two_who_change_places_at_once_are_told_apart_by_their_looks() -> None:
    line = known((at(0), ANN), (at(12), BEN))
    assert ids(line.update(frame(5, (at(0), BEN), (at(12), ANN)))) == [2, 1]


def test_who_comes_back_where_it_is_expected_keeps_its_id() -> None:
    line = known((at(0), ANN))
    assert run(line, [*(frame(i) for i in range(5, 10)), frame(10, (at(0), ANN))])[-1] == [1]


def test_somebody_else_who_stands_there_instead_gets_an_id_of_their_own() -> None:
    line = known((at(0), ANN), patience=2.0)
    for index in range(5, 10):
        line.update(frame(index))
    assert run(line, [frame(i, (at(0), BEN)) for i in range(10, 14)]) == [[], [], [2], [2]]


def test_whoever_looks_the_same_but_stands_far_off_is_somebody_else() -> None:
    line = known((at(0), ANN), patience=2.0)
    assert run(line, [frame(i, (at(400), ANN)) for i in range(5, 9)]) == [[], [], [2], [2]]


def test_who_is_turned_round_at_once_is_kept_by_overlap() -> None:
    assert ids(known((at(0), ANN)).update(frame(5, (at(0), BEN)))) == [1]


def test_of_two_who_look_like_a_detection_the_one_seen_last_has_it() -> None:
    line = known((at(0), ANN), (at(8), between(ANN, BEN, 0.9)))
    line.update(frame(5, (at(8), between(ANN, BEN, 0.9))))
    assert ids(line.update(frame(6, (at(0), ANN)))) == [2]


def test_a_look_of_long_ago_is_forgotten_when_the_gallery_is_full() -> None:
    new = between(ANN, BEN, 0.1)
    for budget, expected in ((4, []), (40, [1])):
        line = known((at(0), ANN), budget=budget, patience=2.0)
        for index in range(5, 12):
            line.update(frame(index, (at(0), new)))
        line.update(frame(12))
        assert ids(line.update(frame(13, (at(0), ANN)))) == expected


def test_a_track_waits_its_patience_and_no_frame_longer() -> None:
    for unseen, expected in ((9, [1]), (10, [])):
        line = known((at(0), ANN), patience=1.0)
        back = frame(5 + unseen, (at(0), ANN))
        assert run(line, [*(frame(i) for i in range(5, 5 + unseen)), back])[-1] == expected


def test_time_counts_for_patience_where_frames_are_missing() -> None:
    line = known((at(0), ANN), patience=1.0)
    assert ids(line.update(frame(5, (at(0), ANN), time=5.0))) == []


def test_a_look_that_is_unlike_by_the_limit_or_less_is_taken() -> None:
    for cosine, expected in ((0.81, [1]), (0.79, [])):
        line = known((at(0), ANN))
        line.update(frame(5))
        assert ids(line.update(frame(6, (at(0), between(ANN, BEN, cosine))))) == expected


@pytest.mark.parametrize("scale", [1e-3, 7.0])
def test_looks_count_by_their_direction_alone(scale: float) -> None:
    line = known((at(0), ANN * np.float32(scale)))
    line.update(frame(5))
    assert ids(line.update(frame(6, (at(0), ANN)))) == [1]
    gallery = line._line.gallery
    assert gallery is not None
    np.testing.assert_allclose(gallery.block[0, 0], ANN)


@pytest.mark.parametrize("missing", [0.0, np.nan, np.inf])
def test_a_row_without_a_look_is_matched_by_overlap_and_never_remembered(missing: float) -> None:
    blank = np.full(D, missing, np.float32)
    line = known((at(0), blank), frames=4)
    assert ids(line.update(frame(4, (at(0), blank)))) == [1]
    assert looks_of(line) == 0
    line.update(frame(5, (at(0), ANN)))
    assert looks_of(line) == 1
    line.update(frame(6))
    assert ids(line.update(frame(7, (at(0), blank)))) == []


def test_without_any_look_it_says_what_to_do_and_nothing_has_changed() -> None:
    line, other = known((at(0), ANN)), known((at(0), ANN))
    bare = replace(frame(5, (at(0), ANN)), embedding=None)
    with pytest.raises(InputError, match=r"camera 'north': deepsort needs .* Embed them first, or"):
        line.update(bare)
    assert ids(line.update(frame(5, (at(0), ANN)))) == ids(other.update(frame(5, (at(0), ANN))))


def test_a_log_without_looks_is_refused() -> None:
    log = DetectionLog(
        camera=CAMERA,
        fps=FPS,
        width=0,
        height=0,
        frame_times=np.zeros(1),
        frame=np.zeros(1, np.int64),
        xyxy=np.array([at(0)], np.float32),
        score=np.ones(1, np.float32),
        class_id=np.zeros(1, np.int32),
    )
    with pytest.raises(InputError, match="deepsort needs embeddings"):
        DeepSort().track(log)


def test_looks_of_another_length_are_refused_and_nothing_has_changed() -> None:
    line = known((at(0), ANN))
    with pytest.raises(InputError, match="embeddings of 9 numbers, those before had 8"):
        line.update(frame(5, (at(0), person(0, size=9))))
    line.update(frame(5))
    assert ids(line.update(frame(6, (at(0), ANN)))) == [1]


def test_time_that_falls_is_refused_and_nothing_has_changed() -> None:
    line = known((at(0), ANN))
    with pytest.raises(InputError, match="Times must be finite and never fall"):
        line.update(frame(5, (at(0), BEN), time=0.1))
    assert looks_of(line) == 5


def test_looks_are_kept_once_in_so_many_seconds() -> None:
    for refresh, kept in ((0.0, 30), (0.2, 14), (1.0, 3)):
        assert looks_of(known((at(0), ANN), frames=30, refresh=refresh)) == kept


def test_as_published_every_row_that_counts_is_wanted() -> None:
    seen = frame(0, (at(0), ANN), (at(300), BEN))
    faint = replace(seen, score=np.array([0.9, 0.2], np.float32))
    assert tracker().wants(faint).tolist() == [True, False]


def test_who_stands_alone_is_looked_at_when_its_last_look_is_old() -> None:
    line, asked = tracker(refresh=0.4), []
    for index in range(12):
        seen = frame(index, (at(0), ANN))
        asked += line.wants(seen).tolist()
        line.update(seen)
    assert np.flatnonzero(asked).tolist() == [2, 6, 10]  # shown at the third sight, then each 0.4 s


def test_who_could_be_two_is_looked_at() -> None:
    line = known((at(0), ANN), (at(300), BEN), refresh=10.0)
    assert line.wants(frame(5, (at(0), ANN), (at(300), BEN))).tolist() == [False, False]
    two = line.wants(frame(5, (at(0), ANN), (at(4), CEM), (at(300), BEN)))
    assert two.tolist() == [True, True, False]


def test_who_may_have_come_back_is_looked_at() -> None:
    line = known((at(0), ANN), refresh=10.0)
    line.update(frame(5))
    assert line.wants(frame(6, (at(0), ANN), (at(400), BEN))).tolist() == [True, False]


def test_to_be_asked_changes_nothing() -> None:
    line = known((at(0), ANN), (at(8), BEN))
    before, memory = line._line.tracks.copy(), line._line.memory.copy()
    line.wants(frame(5, (at(0), ANN)))
    line.wants(frame(5, (at(0), ANN), time=-1.0))
    assert before.tobytes() == line._line.tracks.tobytes()
    assert memory.tobytes() == line._line.memory.tobytes()


def test_a_frame_without_looks_is_taken_where_none_was_wanted() -> None:
    line = known((at(0), ANN), refresh=10.0)
    assert ids(line.update(replace(frame(5, (at(0), ANN)), embedding=None))) == [1]


def test_a_crowd_at_once_and_the_empty_street_after_it() -> None:
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 4000, (2000, 2))
    looks = rng.normal(size=(2000, D)).astype(np.float32)
    crowd = [(at(float(x), float(y)), look) for (x, y), look in zip(corners, looks, strict=True)]
    line = tracker(budget=5)
    shown = [len(line.update(frame(i, *crowd))) for i in range(4)]
    assert shown[:2] == [0, 0]
    assert shown[3] > 1900
    for index in range(4, 20):
        line.update(frame(index))
    assert int(line._line.memory["live"][0]) == 0


def test_the_gate_is_the_mahalanobis_distance_of_the_8x8_filter() -> None:
    rng = np.random.default_rng(3)
    for by_aspect in (0, 1):
        first, then = at(100, 50, 42, 97), at(109, 58, 47, 102)
        track = np.zeros(1, TRACK).view(np.recarray)[0]
        one = np.zeros(1, DETECTION).view(np.recarray)[0]
        one.xyxy[:] = np.array(then) + rng.normal(0, 1, 4)
        model = BoxModel(by_aspect, 1 / 160)
        start_box(track.state, np.array(first), model)
        predict_box(track.state, 3.0, model)
        found = strangeness(np.inf, by_aspect, track, one)
        assert found == pytest.approx(_by_matrices(first, one.xyxy, 3, by_aspect), rel=1e-9)


def _by_matrices(first: Box, then: Sequence[float], steps: int, by_aspect: int) -> float:
    """The squared distance in the paper's own form: 8x8 matrices, whole frames."""

    def measure(box: Sequence[float]) -> np.ndarray:
        width, height = box[2] - box[0], box[3] - box[1]
        size = width / height if by_aspect else width
        return np.array([box[0] + width / 2, box[1] + height / 2, size, height])

    def spread(
        height: float, place: float, speed: float, aspect: tuple[float, float]
    ) -> np.ndarray:
        std = np.array([place * height / 20] * 4 + [speed * height / 160] * 4)
        if by_aspect:
            std[[2, 6]] = aspect
        return np.diag(std**2)

    mean = np.concatenate([measure(first), np.zeros(4)])
    covariance = spread(mean[3], 2, 10, (1e-2, 1e-5))
    move, see = np.eye(8) + np.eye(8, k=4), np.eye(4, 8)
    for _ in range(steps):
        noise = spread(mean[3], 1, 1, (1e-2, 1e-5))
        mean, covariance = move @ mean, move @ covariance @ move.T + noise
    noise = spread(mean[3], 1, 0, (1e-1, 0))[:4, :4]
    away = measure(then) - see @ mean
    return float(away @ np.linalg.solve(see @ covariance @ see.T + noise, away))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"score": np.nan}, "score: expected a number"),
        ({"appearance": -0.1}, "appearance: expected 0 to 2"),
        ({"gate": 0.0}, "gate: expected more than 0"),
        ({"overlap": 1.0}, "overlap: expected more than 0 and less than 1"),
        ({"min_hits": 1}, "min_hits: expected a whole number, 2 or more"),
        ({"budget": 0}, "budget: expected a whole number, 1 or more"),
        ({"patience": -1.0}, "patience: expected 0 s or more"),
        ({"refresh": np.inf}, "refresh: expected 0 s or more"),
        ({"velocity_noise": 0.0}, "velocity_noise: expected more than 0"),
        ({"filter": "xysr"}, "filter: expected xywh or xyah"),
        ({"smoothing": 1.5}, "smoothing: expected 0 to 1"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        DeepSortParams(**changes)
