"""Another tracker goes on from what one remembers, as if it were the same."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.tracking.every_tracker import (
    FPS,
    SEEDS,
    TRACKERS,
    Make,
    assert_same_tracks,
    at,
    frame,
    random_log,
)

from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.remembered import Remembered
from camweave.core.stages import Tracker
from camweave.formats.remembered import packed, unpacked
from camweave.tracking.botsort import BotSort, BotSortParams
from camweave.tracking.deepsort import DeepSort, DeepSortParams
from camweave.tracking.ocsort import OcSort
from camweave.tracking.sort import Sort
from camweave.tracking.warm import kernels_of
from camweave.tracking.weave import Weave, WeaveParams

MORE: Final[dict[str, Make]] = {
    "deepsort-forgetful": lambda fps: DeepSort(
        DeepSortParams(budget=3, refresh=0.0, appearance=0.01), fps=fps
    ),
    "botsort-eager": lambda fps: BotSort(BotSortParams(refresh=0.0, proximity=0.99), fps=fps),
}
KINDS: Final = ("sort", "bytetrack", "ocsort", "deepsort", "botsort", "weave")
every_memory = pytest.mark.parametrize(
    "make", [*(TRACKERS[kind] for kind in KINDS), *MORE.values()], ids=[*KINDS, *MORE]
)
each_kind = pytest.mark.parametrize("kind", KINDS)
each_looking = pytest.mark.parametrize("kind", ["deepsort", "botsort"])


def handed_on(tracker: Tracker, fresh: Tracker) -> Tracker:
    """A fresh one that goes on from the bytes and looks of what a tracker remembers."""
    known = tracker.remembered()
    fresh.resume(replace(unpacked(packed({"tracker": known}))["tracker"], looks=known.looks))
    return fresh


def assert_goes_on(make: Make, frames: Iterable[Detections]) -> None:
    """A tracker that is handed on before every frame is as one that is not."""
    undisturbed, line = make(FPS), make(FPS)
    for seen in frames:
        line = handed_on(line, make(FPS))
        np.testing.assert_array_equal(line.wants(seen), undisturbed.wants(seen))
        assert_same_tracks(line.update(seen), undisturbed.update(seen))


def shaken(log: DetectionLog, seed: int) -> DetectionLog:
    """The same, of a camera that moves."""
    rng = np.random.default_rng(seed)
    moved = np.tile(np.eye(2, 3), (log.frame_count, 1, 1)) + rng.normal(0, 1e-3, (2, 3))
    moved[:, :, 2] += rng.normal(0, 5, (log.frame_count, 2))
    return replace(log, camera_motion=moved)


def some(tracker: Tracker, frames: int = 12) -> Tracker:
    """After some frames with two who stand there, and one who is seen now and then."""
    for index in range(frames):
        passing = [at(600.0)] if index % 3 else []
        tracker.update(frame(index, [at(3.0 * index), at(300.0), *passing]))
    return tracker


@every_memory
@settings(max_examples=8)
@given(SEEDS, st.booleans())
def test_handed_on_after_every_frame_all_is_as_it_would_have_been(
    make: Make, seed: int, regular: bool
) -> None:
    log = shaken(random_log(seed, regular=regular), seed)
    assert_goes_on(make, log.frames())


@each_kind
@settings(max_examples=8)
@given(SEEDS, st.floats(0, 1))
def test_one_that_is_handed_on_once_goes_on_for_long(kind: str, seed: int, share: float) -> None:
    make, log = TRACKERS[kind], random_log(seed)
    undisturbed, line = make(log.fps), make(log.fps)
    cut = round(share * log.frame_count)
    for index, seen in enumerate(log.frames()):
        line = handed_on(line, make(log.fps)) if index == cut else line
        assert_same_tracks(line.update(seen), undisturbed.update(seen))


@each_kind
def test_a_crowd_is_handed_on_whole(kind: str) -> None:
    crowd = np.array([at(60.0 * (k % 20), 120.0 * (k // 20)) for k in range(150)])
    undisturbed, line, shown = TRACKERS[kind](FPS), TRACKERS[kind](FPS), 0
    for index in range(8):
        seen = frame(index, crowd[index % 3 :] + [3.0 * index, 0] * 2)
        line = handed_on(line, TRACKERS[kind](FPS))
        tracks = line.update(seen)
        assert_same_tracks(tracks, undisturbed.update(seen))
        shown = len(tracks)
    assert shown > 140


def test_weave_still_knows_whether_the_camera_moves() -> None:
    rng = np.random.default_rng(0)
    crowd = np.array([at(90.0 * k, 60.0 * (k % 3)) for k in range(12)])
    swings = np.tile(rng.normal(0, 4, (40, 2)), 2)
    boxes = crowd + swings[:, None] + rng.normal(0, 1.5, (40, 12, 4))
    assert_goes_on(TRACKERS["weave"], (frame(i, each) for i, each in enumerate(boxes)))


def test_weave_still_knows_that_scores_are_margins() -> None:
    scores = [[3.0, -0.2]] * 2 + [[0.4, 0.3]] * 6
    both = [at(0.0), at(300.0)]
    assert_goes_on(TRACKERS["weave"], (frame(i, both, each) for i, each in enumerate(scores)))


@each_kind
def test_those_who_are_gone_take_no_room(kind: str) -> None:
    tracker, small = TRACKERS[kind](FPS), some(TRACKERS[kind](FPS))
    grid = np.array([at(60.0 * (k % 50), 2000.0 + 120.0 * (k // 50)) for k in range(500)])
    for index in range(8):
        tracker.update(frame(index, grid))
    long_after = 8 + round(10 * FPS)
    for index in range(12):
        passing = [at(600.0)] if index % 3 else []
        seen = frame(long_after + index, [at(3.0 * index), at(300.0), *passing])
        tracker.update(seen)
    sizes = [len(packed({"tracker": one.remembered()})) for one in (tracker, small)]
    assert sizes[0] == sizes[1]


@each_kind
def test_twenty_tracks_by_motion_take_a_few_kilobytes(kind: str) -> None:
    tracker = TRACKERS[kind](FPS)
    for index in range(10):
        tracker.update(frame(index, [at(60.0 * k) for k in range(20)]))
    most = 14_000 if kind == "ocsort" else 7_000  # it remembers eight sights of each
    assert len(packed({"tracker": tracker.remembered()})) < most


@each_kind
def test_what_is_remembered_stays_as_it_was_while_the_tracker_goes_on(kind: str) -> None:
    tracker = some(TRACKERS[kind](FPS))
    remembered = tracker.remembered()
    before, looks = packed({"tracker": remembered}), np.array([*remembered.looks.values()])
    for index in range(12, 30):
        tracker.update(frame(index, [at(3.0 * index), at(900.0)]))
        tracker.remembered()
    assert packed({"tracker": remembered}) == before
    np.testing.assert_array_equal(np.array([*remembered.looks.values()]), looks)


@each_kind
def test_an_old_tracker_forgets_what_it_knew(kind: str) -> None:
    make = TRACKERS[kind]
    undisturbed, line = some(make(FPS)), make(FPS)
    for index in range(50, 60):
        line.update(replace(frame(index, [at(7.0 * index)]), stamp=_of_another_camera(index)))
    line = handed_on(undisturbed, line)
    for index in range(12, 30):
        seen = frame(index, [at(3.0 * index), at(300.0)])
        assert_same_tracks(line.update(seen), undisturbed.update(seen))


def _of_another_camera(index: int) -> Any:
    return replace(frame(index, []).stamp, camera=CameraId("south"))


@pytest.mark.parametrize("other", KINDS)
@each_kind
def test_another_kind_of_tracker_is_refused_by_name(kind: str, other: str) -> None:
    if kind != other:
        remembered = some(TRACKERS[other](FPS)).remembered()
        with pytest.raises(InputError, match=rf"^{kind}: cannot go on from what {other} remembers"):
            TRACKERS[kind](FPS).resume(remembered)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Weave(WeaveParams(patience=3.0), fps=FPS), "'patience=2.0', .* 'patience=3.0'"),
        (lambda: Weave(fps=10.0), r"'fps=25.0', .* 'fps=10.0'"),
        (
            lambda: Weave(WeaveParams(moving_camera=False, match=0.5), fps=FPS),
            "'match=0.84, moving_camera=True', .* 'match=0.5, moving_camera=False'",
        ),
    ],
)
def test_other_parameters_are_refused_by_name(make: Callable[[], Tracker], said: str) -> None:
    remembered = some(Weave(fps=FPS)).remembered()
    with pytest.raises(InputError, match=f"^weave: what is remembered was made with {said}"):
        make().resume(remembered)


@each_kind
def test_another_version_is_refused(kind: str) -> None:
    version = kernels_of(kind).version
    newer = replace(some(TRACKERS[kind](FPS)).remembered(), version=version + 1)
    with pytest.raises(
        InputError,
        match=f"^{kind}: what is remembered is of version {version + 1}; .* reads {version}",
    ):
        TRACKERS[kind](FPS).resume(newer)


def changed(remembered: Remembered, **arrays: Any) -> Remembered:
    return replace(remembered, arrays={**remembered.arrays, **arrays})


def filled(array: np.ndarray, column: int, value: float) -> np.ndarray:
    copy = array.copy()
    copy[..., column] = value
    return copy


def lies(known: Mapping[str, np.ndarray]) -> dict[str, dict[str, Any]]:
    """What could be wrong in any tracker's arrays: the integers of a track end in the same way."""
    counts, own = known["counts"], known["memory_counts"]
    count, leader, track_id, phase, born, seen = range(-6, 0)
    return {
        "no-tracks": {"numbers": known["numbers"][:0]},
        "more-tracks-than-it-says": {"memory_counts": filled(own, 1, 99)},
        "fewer-than-none": {"memory_counts": filled(own, 1, -1)},
        "fewer-names-than-tracks": {"memory_counts": filled(own, 2, 0)},
        "a-negative-frame": {"memory_counts": filled(own, 0, -5)},
        "no-time": {"memory_numbers": filled(known["memory_numbers"], 0, np.nan)},
        "no-end-of-time": {"memory_numbers": filled(known["memory_numbers"], 0, np.inf)},
        "before-it-was-seen": {"memory_numbers": filled(known["memory_numbers"], 0, 0.0)},
        "a-vote-beyond-the-ballot": {"counts": filled(counts, count, 1 << 40)},
        "an-empty-ballot": {"counts": filled(counts, count, 0)},
        "a-leader-beyond-the-ballot": {"counts": filled(counts, leader, 7)},
        "a-negative-leader": {"counts": filled(counts, leader, -1)},
        "one-name-for-all": {"counts": filled(counts, track_id, 1)},
        "a-negative-name": {"counts": filled(counts, track_id, -3)},
        "no-phase": {"counts": filled(counts, phase, 8)},
        "born-later": {"counts": filled(counts, born, 1 << 40)},
        "seen-later": {"counts": filled(counts, seen, 1 << 40)},
        "seen-at-no-time": {"numbers": filled(known["numbers"], -1, np.nan)},
        "seen-before-all-time": {"numbers": filled(known["numbers"], -1, -np.inf)},
        "ballots-without-end": {
            "votes": np.zeros((len(counts), 99)),
            "candidates": np.zeros((len(counts), 99), np.int64),
        },
        "ballots-without-candidates": {"candidates": known["candidates"][:, :0]},
        "another-type": {"numbers": known["numbers"].astype(np.float32)},
        "another-shape": {"counts": counts[:, 1:]},
        "flat": {"votes": known["votes"].ravel()},
        "no-text": {"made_with": np.array([200, 201], np.uint8)},
    }


LIES: Final = list(lies(some(TRACKERS["sort"](FPS)).remembered().arrays))


@each_kind
@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused_in_one_line_and_changes_nothing(kind: str, lie: str) -> None:
    tracker, same = some(TRACKERS[kind](FPS)), some(TRACKERS[kind](FPS))
    remembered = some(TRACKERS[kind](FPS), 20).remembered()
    with pytest.raises(InputError) as refused:
        tracker.resume(changed(remembered, **lies(remembered.arrays)[lie]))
    assert str(refused.value).startswith(kind)
    assert "\n" not in str(refused.value)
    seen = frame(12, [at(36.0), at(300.0)])
    assert_same_tracks(tracker.update(seen), same.update(seen))


@each_looking
def test_looks_of_others_are_refused(kind: str) -> None:
    remembered = some(TRACKERS[kind](FPS)).remembered()
    looks: dict[int, Any] = dict(remembered.looks)
    first = next(iter(looks))
    less = {place: look for place, look in looks.items() if place != first}
    for wrong in (
        {},
        less,
        {**less, 99_999: looks[first]},
        {**looks, first: looks[first][1:]},
        {**looks, first: looks[first].astype(np.float64)},
    ):
        with pytest.raises(InputError, match=f"^{kind}: what is remembered is damaged: .* looks"):
            TRACKERS[kind](FPS).resume(replace(remembered, looks=wrong))


@each_looking
@pytest.mark.parametrize("slots", [[0, 0, 1], [-1, 0, 1], [0, 1, 1 << 40], [0, 1]])
def test_slots_that_cannot_be_are_refused(kind: str, slots: list[int]) -> None:
    remembered = some(TRACKERS[kind](FPS)).remembered()
    with pytest.raises(InputError, match=f"^{kind}: what is remembered is damaged: .*slots"):
        TRACKERS[kind](FPS).resume(changed(remembered, slots=np.array(slots)))


@each_looking
@settings(max_examples=8)
@given(SEEDS, st.floats(0, 1))
def test_of_looks_only_those_are_new_that_the_frame_has_brought(
    kind: str, seed: int, share: float
) -> None:
    """Who knows those before and hears of the new ones, and of which are left, knows them all."""
    log = random_log(seed)
    tracker, known = TRACKERS[kind](log.fps), dict[int, Any]()
    cut = round(share * log.frame_count)
    for index, seen in enumerate(log.frames()):
        if index == cut:
            tracker = handed_on(tracker, TRACKERS[kind](log.fps))
        tracker.update(seen)
        looks = tracker.remembered().looks
        fresh = {place for place, look in looks.items() if known.get(place) is not look}
        assert len(fresh) <= len(seen)
        for place in set(looks) - fresh:
            np.testing.assert_array_equal(looks[place], known[place])
        known = dict(looks)


@each_kind
@pytest.mark.parametrize("name", ["made_with", "memory_numbers", "counts", "candidates"])
def test_what_is_missing_is_named(kind: str, name: str) -> None:
    remembered = some(TRACKERS[kind](FPS)).remembered()
    less = {key: each for key, each in remembered.arrays.items() if key != name}
    with pytest.raises(InputError, match=f"^{kind}: what is remembered is damaged: {name} is"):
        TRACKERS[kind](FPS).resume(replace(remembered, arrays=less))


def test_looks_of_another_length_are_still_refused_after_it_was_handed_on() -> None:
    line = handed_on(some(BotSort(fps=FPS)), BotSort(fps=FPS))
    seen = frame(12, [at(36.0)])
    with pytest.raises(InputError, match="embeddings of 2 numbers, those before had 4"):
        line.update(replace(seen, embedding=np.ones((1, 2), np.float32)))


def test_time_that_falls_is_still_refused_after_it_was_handed_on() -> None:
    line = handed_on(some(OcSort(fps=FPS)), OcSort(fps=FPS))
    with pytest.raises(InputError, match="frame 3 is of"):
        line.update(frame(3, [at(36.0)]))


def test_one_that_has_seen_nothing_can_be_handed_on() -> None:
    line = handed_on(Sort(fps=FPS), Sort(fps=FPS))
    assert [line.update(frame(i, [at(0)])).track_id.tolist() for i in range(3)] == [[1]] * 3


LAYOUTS: Final = {
    "sort": "cb615abbf981",
    "bytetrack": "c622df23be44",
    "ocsort": "9f970376fe39",
    "deepsort": "f3644c7a1c28",
    "botsort": "e2f1a9136a9d",
    "weave": "fdf87b942517",
}


@each_kind
def test_records_that_change_have_another_version(kind: str) -> None:
    """If this fails: raise `version` in its `Kernels`, then note the new digest here."""
    kernels = kernels_of(kind)
    told = f"{kernels.version} {kernels.track.descr} {kernels.memory.descr}".encode()
    assert blake2b(told, digest_size=6).hexdigest() == LAYOUTS[kind]
