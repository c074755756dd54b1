"""What weave does that ByteTrack does not: who keeps an id because of it."""

from collections.abc import Sequence

import numpy as np
import pytest

from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Tracks
from camweave.tracking.weave import Weave, WeaveParams
from camweave.tracking.weave_motion import CALM, WILD

CAMERA = CameraId("north")
FPS = 25.0

Box = tuple[float, float, float, float]
Seen = tuple[Box, float]  # a box and its score


def frame(index: int, *seen: Seen, time: float | None = None) -> Detections:
    """One frame, at its regular time unless told otherwise."""
    return Detections(
        Stamp(index / FPS if time is None else time, CAMERA, index),
        np.array([box for box, _ in seen], np.float32).reshape(-1, 4),
        np.array([score for _, score in seen], np.float32),
        np.zeros(len(seen), np.int32),
    )


def at(x: float, y: float = 100.0, width: float = 40.0, height: float = 100.0) -> Box:
    """A box with this top left corner."""
    return x, y, x + width, y + height


def ids(tracks: Tracks) -> list[int]:
    """The ids of a frame, as plain numbers."""
    result: list[int] = tracks.track_id.tolist()
    return result


def run(tracker: Weave, frames: Sequence[Detections]) -> list[list[int]]:
    """The ids of each frame."""
    return [ids(tracker.update(detections)) for detections in frames]


def tracker(**changes: float) -> Weave:
    return Weave(WeaveParams(**changes), fps=FPS)  # type: ignore[arg-type]  # of a bool, too


def test_who_is_seen_in_the_first_frame_is_shown_at_once_and_others_at_their_second_sight() -> None:
    one, both = (at(0), 0.9), ((at(0), 0.9), (at(300), 0.9))
    frames = [frame(0, one), frame(1, *both), frame(2, *both)]
    assert run(tracker(), frames) == [[1], [1], [1, 2]]


# Heights


def met_by_a_child(heights: float) -> list[list[int]]:
    """A man stands; then he is hidden, and a child of half his height stands before him."""
    man, child = (at(100), 0.9), (at(110, 150, 20, 50), 0.9)
    return run(tracker(heights=heights), [frame(0, man), frame(1, man), frame(2, child)])


def test_a_box_half_as_high_is_not_taken_for_the_same_object() -> None:
    assert met_by_a_child(heights=0.7) == [[1], [1], []]
    assert met_by_a_child(heights=0.0) == [[1], [1], [1]]


def test_a_box_that_only_grows_wider_is() -> None:
    lean, wide = (at(100), 0.9), (at(80, width=80), 0.9)
    assert run(tracker(heights=1.0), [frame(0, lean), frame(1, wide)]) == [[1], [1]]


# The picture moves

CROWD = [(at(x, 50 + 40 * (x % 3)), 0.9) for x in range(0, 1400, 200)]
HIDDEN = CROWD[-1]
SHOVE = 10.0  # px a frame
SHAKEN = 11  # frames


def shoved(seen: Sequence[Seen], frames: float) -> list[Seen]:
    """The same, after the camera has moved for so many frames."""
    by = SHOVE * frames
    return [((b[0] + by, b[1], b[2] + by, b[3]), score) for b, score in seen]


def pan(moving_camera: bool, witnesses: int) -> list[int]:
    """Who is shown at the end: the camera shakes, then pans while one is hidden for a second."""
    there, hidden = CROWD[:witnesses], int(FPS)
    frames = [frame(i, *shoved([*there, HIDDEN], i % 2)) for i in range(SHAKEN)]
    frames += [frame(SHAKEN + i, *shoved(there, i + 1)) for i in range(hidden)]
    frames += [frame(SHAKEN + hidden, *shoved([*there, HIDDEN], hidden + 1))]
    return run(tracker(moving_camera=moving_camera), frames)[-1]


def test_a_lost_track_moves_with_the_picture() -> None:
    assert pan(moving_camera=True, witnesses=6) == [1, 2, 3, 4, 5, 6, 7]


def test_it_stays_behind_where_the_camera_is_said_to_stand_still() -> None:
    assert pan(moving_camera=False, witnesses=6) == [1, 2, 3, 4, 5, 6]


def test_a_few_who_walk_together_do_not_move_the_picture() -> None:
    assert 6 not in pan(moving_camera=True, witnesses=5)


def test_a_camera_that_jumps_far_moves_nothing_and_all_begin_anew() -> None:
    jumped = [((b[0], b[1] + 5000, b[2], b[3] + 5000), score) for b, score in CROWD]
    line = tracker()
    shown = run(line, [*(frame(i, *CROWD) for i in range(4)), frame(4, *jumped), frame(5, *jumped)])
    assert shown[-1] == [8, 9, 10, 11, 12, 13, 14]
    assert run(line, [frame(6, *CROWD)]) == [[1, 2, 3, 4, 5, 6, 7]]


def street(seed: int, walk: float, shake: float = 0.0) -> list[Detections]:
    """Ten people who all walk one way for ten seconds, seen with some noise, misses and turns."""
    rng = np.random.default_rng(seed)
    x, camera, frames = rng.uniform(0, 1500, 10), 0.0, []
    speed = walk + rng.normal(0, 0.3, 10)
    for index in range(int(10 * FPS)):
        speed += rng.normal(0, 0.1, 10)  # they slow down and hurry on
        x += speed
        camera += rng.normal(0, shake)
        left = x + camera + rng.normal(0, 1, 10)
        seen = np.flatnonzero(rng.random(10) < 0.95).tolist()
        frames.append(frame(index, *[(at(left[who], 60.0 * who), 0.9) for who in seen]))
    return frames


def follow(frames: Sequence[Detections], **changes: float) -> tuple[list[Tracks], list[bool]]:
    """What is shown, and in which frames the camera was thought to move."""
    line, shown, moved = tracker(**changes), [], []
    for detections in frames:
        shown.append(line.update(detections))
        moved.append(bool(line._line.memory["moving"][0] > 0.0))
    return shown, moved


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("walk", [0.0, 4.0])
def test_a_fixed_camera_is_left_alone(seed: int, walk: float) -> None:
    frames = street(seed, walk)
    shown, moved = follow(frames)
    still, _ = follow(frames, moving_camera=False)
    assert not any(moved)
    for one, other in zip(shown, still, strict=True):
        np.testing.assert_array_equal(one.xyxy, other.xyxy)


@pytest.mark.parametrize("seed", range(5))
def test_a_shaking_camera_is_found_out_within_a_second(seed: int) -> None:
    _, moved = follow(street(seed, walk=4.0, shake=6.0))
    assert all(moved[int(FPS) :])


def test_a_camera_that_has_stood_still_is_followed_when_it_pans() -> None:
    standing = int(20 * FPS)
    frames = [frame(i, *CROWD) for i in range(standing)]
    frames += [frame(standing + i, *shoved(CROWD, i + 1)) for i in range(10)]
    _, moved = follow(frames)
    assert not any(moved[:standing])
    assert moved[-1]


# Crowding


def pushed(crowding: float, neighbour: Box) -> float:
    """How far a track goes with a box that is 10 px off, beside this other box."""
    line = tracker(crowding=crowding, smoothing=1.0, learning=0.0)
    seen = [(at(100), 0.9), (neighbour, 0.9)]
    run(line, [frame(i, *seen) for i in range(5)])
    shown = line.update(frame(5, (at(110), 0.9), (neighbour, 0.9)))
    return float(shown.xyxy[0, 0]) - 100.0


def test_a_box_behind_another_moves_its_track_less() -> None:
    in_front, apart = at(120, 110), at(400, 110)
    assert pushed(5.0, in_front) < 0.9 * pushed(5.0, apart)


def test_who_stands_in_front_hides_nobody_from_itself() -> None:
    behind, apart = at(120, 90), at(400, 90)
    assert pushed(5.0, behind) == pytest.approx(pushed(5.0, apart))
    assert pushed(0.0, at(120, 110)) == pytest.approx(pushed(0.0, apart))


# Restlessness


def restlessness(line: Weave) -> float:
    return float(line._line.memory["restlessness"][0])


def leap(line: Weave, frames: int, px: float) -> None:
    """An object that leaps back and forth by so much."""
    run(line, [frame(i, (at(100 + px * (i % 2)), 0.9)) for i in range(frames)])


def test_calm_objects_leave_the_noise_as_it_is() -> None:
    line = tracker()
    leap(line, 50, px=0.0)
    assert restlessness(line) == CALM


def test_restless_ones_raise_it_up_to_a_bound() -> None:
    line = tracker()
    leap(line, 40, px=16.0)
    some = restlessness(line)
    leap(line := tracker(), 2000, px=16.0)
    assert CALM < some <= restlessness(line) <= WILD


def test_who_does_not_learn_stays_calm() -> None:
    line = tracker(learning=0.0)
    leap(line, 50, px=16.0)
    assert restlessness(line) == CALM


# Margins


def test_scores_beyond_0_and_1_are_read_as_margins() -> None:
    line = tracker()
    shown = line.update(frame(0, (at(0), 2.0), (at(300), 0.0), (at(600), -0.3)))
    assert ids(shown) == [1]  # 2 is a strong one; 0, a coin's toss, and -0.3 are weak
    assert shown.score.tolist() == pytest.approx([1 / (1 + np.exp(-4.0))])


def test_once_read_as_margins_they_stay_margins() -> None:
    line = tracker()
    line.update(frame(0, (at(0), 2.0)))
    assert ids(line.update(frame(1, (at(0), 0.7)))) == [1]
    again = line.update(frame(2, (at(0), 0.7)))
    assert again.score.tolist() == pytest.approx([1 / (1 + np.exp(-1.4))])


def test_scores_of_0_and_1_are_no_margins() -> None:
    shown = tracker().update(frame(0, (at(0), 1.0), (at(300), 0.0)))
    assert shown.score.tolist() == [1.0]


@pytest.mark.parametrize("score", [np.nan, np.inf, -np.inf])
def test_a_score_that_is_no_number_is_ignored_among_margins_too(score: float) -> None:
    line = tracker()
    shown = run(line, [frame(0, (at(0), 3.0), (at(300), score)), frame(1, (at(300), score))])
    assert shown == [[1], []]


# Misuse


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("high", 1.1),
        ("low", 0.6),
        ("birth", -0.1),
        ("match", 1.0),
        ("heights", 1.5),
        ("crowding", -1.0),
        ("learning", 2.0),
        ("patience", -1.0),
        ("velocity_noise", 0.0),
        ("smoothing", np.nan),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(InputError, match=f"tracker: {name}: expected"):
        WeaveParams(**{name: value})  # type: ignore[arg-type]  # whichever it is


def test_a_frame_older_than_the_last_is_refused_and_changes_nothing() -> None:
    line = tracker()
    line.update(frame(1, (at(0), 0.9)))
    with pytest.raises(InputError, match="never fall"):
        line.update(frame(0, (at(300), 0.9)))
    assert ids(line.update(frame(2, (at(0), 0.9)))) == [1]
