"""Which crops of growing tracks are looked at, and how often."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.arrays import Bool
from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Stamp
from camweave.core.remembered import Remembered
from camweave.core.tracks import Tracks
from camweave.embedding.glances import GlanceParams, Glances

SIZE = (640, 360)


def seen(
    time: float, boxes: list[list[float]], *, ids: list[int] | None = None, embedded: bool = False
) -> tuple[Detections, Tracks]:
    """One frame in which every box is a track."""
    stamp, n = Stamp(time, CameraId("a"), round(time * 100)), len(boxes)
    xyxy = np.array(boxes, np.float32).reshape(n, 4)
    score, kind = np.full(n, 0.9, np.float32), np.zeros(n, np.int32)
    look = np.eye(n, 8, dtype=np.float32) if embedded else None
    track_id = np.array(ids or range(1, n + 1), np.int64)
    tracks = Tracks(stamp, track_id, xyxy, score, kind, np.arange(n, dtype=np.int64))
    return Detections(stamp, xyxy, score, kind, look), tracks


def chosen(
    glances: Glances, time: float, boxes: list[list[float]], *, embedded: bool = False
) -> Bool:
    detections, tracks = seen(time, boxes, embedded=embedded)
    return glances.choose(detections, tracks, SIZE)


PERSON = [100.0, 100.0, 140.0, 220.0]


def test_a_new_track_is_looked_at_in_its_first_frame() -> None:
    assert chosen(Glances(), 0.0, [PERSON]).tolist() == [True]


def test_a_track_that_stays_as_it_is_is_looked_at_ever_less() -> None:
    glances = Glances()
    ages = [t for t in np.arange(0, 60, 0.05) if chosen(glances, float(t), [PERSON])[0]]
    gaps = np.diff(ages)
    assert (np.diff(gaps) >= -0.06).all()
    assert len([age for age in ages if age <= 20]) == 11
    assert gaps.max() <= 10.05


def test_who_can_be_seen_better_is_looked_at_out_of_turn() -> None:
    glances = Glances()
    for t in np.arange(0, 8, 0.1):
        chosen(glances, float(t), [[100, 100, 110, 130]])
    before = glances.choose(*seen(8.0, [[100, 100, 110, 130]]), SIZE)
    assert not before.any()
    assert chosen(glances, 8.1, [[100, 100, 160, 260]]).all()


def test_a_look_that_the_tracker_asked_for_counts() -> None:
    glances = Glances()
    assert not chosen(glances, 0.0, [PERSON], embedded=True).any()
    assert not chosen(glances, 0.1, [PERSON]).any()


def test_who_hides_behind_others_is_waited_for_but_not_for_ever() -> None:
    glances = Glances()
    two = [PERSON, [98.0, 100.0, 142.0, 230.0]]
    first = chosen(glances, 0.0, two)
    assert first.tolist() == [False, True]
    late = [chosen(glances, float(t), two)[0] for t in np.arange(0.1, 2, 0.1)]
    assert not any(late[:8])
    assert any(late)


@given(st.integers(0, 60), st.integers(1, 20))
def test_a_crowd_costs_no_more_than_was_said_and_everybody_gets_a_turn(
    count: int, at_once: int
) -> None:
    glances = Glances(GlanceParams(at_once=at_once))
    boxes = [[10.0 * n, 100.0, 10.0 * n + 9, 130.0] for n in range(count)]
    total = np.zeros(count, np.int64)
    for t in range(-(-count // at_once)):
        told = chosen(glances, t * 0.001, boxes)
        assert told.sum() <= at_once
        total += told
    assert (total == 1).all()


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_another_one_goes_on_as_if_it_were_the_same(seed: int) -> None:
    rng, glances, line = np.random.default_rng(seed), Glances(), Glances()
    time = 0.0
    for _ in range(30):
        time += rng.choice([0.1, 0.5, 70.0], p=[0.7, 0.25, 0.05])
        ids = sorted(set(rng.integers(1, 30, rng.integers(0, 20)).tolist()))
        boxes = [[100.0, 100.0, 100 + rng.uniform(5, 90), 100 + rng.uniform(5, 200)] for _ in ids]
        fresh = Glances()
        fresh.resume(line.remembered())
        line = fresh
        ours, theirs = (each.choose(*seen(time, boxes, ids=ids), SIZE) for each in (line, glances))
        assert ours.tolist() == theirs.tolist()


def test_columns_of_other_lengths_are_refused_and_nothing_has_changed() -> None:
    glances = Glances()
    chosen(glances, 0.0, [PERSON])
    known = glances.remembered()
    for name in ("looks", "best", "times"):
        wrong = {**known.arrays, name: known.arrays[name][:0]}
        with pytest.raises(InputError, match=f"^glances: .* damaged: {name} is"):
            glances.resume(Remembered("glances", 1, wrong))
    assert not chosen(glances, 0.1, [PERSON]).any()
