"""Cameras kept in step, in a world of camera rates, delays and silences that is played through."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.app.runtime.virtual_clock import ClockParams, Front, Step, VirtualClock, together
from camweave.core.frame import CameraId

A, B, C = CameraId("a"), CameraId("b"), CameraId("c")
STEP = 0.02  # s between two looks of the line


@dataclass(frozen=True)
class Filmed:
    """One camera of the played world: when its pictures are taken, and when they come in."""

    fps: float = 25.0
    latency: float = 0.02  # s
    silent: tuple[float, float] = (inf, inf)  # s from and to which it takes none
    start: float = 0.0

    def arrivals(self, until: float) -> list[tuple[float, float]]:
        times = np.arange(self.start, until, 1 / self.fps).tolist()
        return [
            (time + self.latency, time)
            for time in times
            if not self.silent[0] <= time < self.silent[1]
        ]


@dataclass
class Played:
    """What the line looked at, and what the clock said."""

    taken: dict[CameraId, list[tuple[float, float]]]  # (now, capture time)
    steps: list[tuple[float, Step]]

    def standing(self, camera: CameraId, now: float) -> str:
        return next(step for at, step in self.steps if at >= now).standing[camera]

    def ahead(self) -> list[float]:
        """How far, s, a frame was ahead of the last one of the slowest camera in step."""
        found = []
        for camera, shown in self.taken.items():
            for now, time in shown:
                step = next(step for at, step in self.steps if at == now)
                others = [
                    max((t for n, t in self.taken[c] if n <= now), default=-inf)
                    for c, standing in step.standing.items()
                    if standing == "in step" and c != camera
                ]
                found.append(time - min(others, default=inf))
        return found


def play(
    filmed: dict[CameraId, Filmed],
    until: float = 8.0,
    params: ClockParams | None = None,
    busy: Sequence[tuple[float, float]] = (),
) -> Played:
    """The newest frame that may be looked at, every few ms; not while the line is `busy`."""
    clock = VirtualClock(params)
    coming = {camera: each.arrivals(until) for camera, each in filmed.items()}
    kept: dict[CameraId, list[tuple[float, float]]] = {camera: [] for camera in filmed}
    played = Played({camera: [] for camera in filmed}, [])
    for now in np.arange(0, until, STEP).tolist():
        for camera, queue in coming.items():
            while queue and queue[0][0] <= now:
                kept[camera].append(queue.pop(0))
        if any(begin <= now < end for begin, end in busy):
            continue
        fronts = {
            camera: Front(*_newest(kept[camera]), period=1 / filmed[camera].fps)
            for camera in filmed
        }
        step = clock.step(fronts, now)
        played.steps.append((now, step))
        for camera in filmed:
            last = played.taken[camera][-1][1] if played.taken[camera] else -inf
            free = [t for _, t in kept[camera] if last < t <= step.limit and clock.due(camera, t)]
            if free:
                clock.took(camera, free[-1])
                played.taken[camera].append((now, free[-1]))
    return played


def _newest(kept: list[tuple[float, float]]) -> tuple[float | None, float]:
    return (kept[-1][1], kept[-1][0]) if kept else (None, 0.0)


def rate(shown: list[tuple[float, float]], begin: float, end: float) -> float:
    return sum(begin <= now < end for now, _ in shown) / (end - begin)


def test_nothing_is_looked_at_before_every_source_has_shown_its_first_frame() -> None:
    played = play({A: Filmed(), B: Filmed(start=3.0)})
    assert min(now for now, _ in played.taken[A]) >= 3.0
    assert played.standing(B, 1.0) == "starting"


def test_a_source_that_gives_up_holds_nobody_back() -> None:
    clock = VirtualClock()
    fronts = {A: Front(0.9, 1.0), B: Front(None, 0.0)}
    assert clock.step(fronts, 1.0).limit == -inf
    assert clock.step({**fronts, B: Front(None, 0.0, up=False)}, 1.0).limit > 0.9


def test_ten_seconds_of_waiting_for_a_first_frame_evict_nobody() -> None:
    played = play({A: Filmed(), B: Filmed(start=10.0)}, until=12.0)
    assert {step.standing[A] for _, step in played.steps if step.limit > -inf} == {"in step"}
    assert played.standing(B, 11.0) == "in step"


def test_a_source_that_never_answers_is_waited_for_only_so_long() -> None:
    played = play({A: Filmed(), B: Filmed(start=60.0)}, until=17.0)
    assert 15.0 <= played.taken[A][0][0] < 15.2


def test_cameras_of_any_rate_are_looked_at_at_the_rate_of_ticks_at_most() -> None:
    played = play({A: Filmed(30), B: Filmed(25), C: Filmed(5)})
    for camera, expected in ((A, 8), (B, 8), (C, 5)):
        assert abs(rate(played.taken[camera], 1, 7) - expected) < 0.4, camera


def test_jitter_costs_a_camera_that_films_at_the_rate_of_ticks_no_frame() -> None:
    clock, taken = VirtualClock(), 0
    late = np.random.default_rng(1).uniform(-0.04, 0.04, 400)
    for time in (np.arange(400) / 8 + late).tolist():
        if clock.due(A, time):
            clock.took(A, time)
            taken += 1
    assert taken == 400


def test_a_silent_camera_is_late_then_stalled_and_the_others_go_on() -> None:
    played = play({A: Filmed(), B: Filmed(silent=(3.0, 18.0))}, until=20.0)
    assert played.standing(B, 3.5) == "in step"
    assert played.standing(B, 5.0) == "late"
    assert played.standing(B, 9.0) == "stalled"
    assert rate(played.taken[A], 4.5, 18) > 7.5
    gaps = [later - sooner for (sooner, _), (later, _) in pairwise(played.taken[A])]
    assert max(gaps) < 1.3  # for so long it is waited for


def test_a_camera_that_comes_back_is_in_step_again_within_two_ticks() -> None:
    played = play({A: Filmed(), B: Filmed(silent=(3.0, 18.0))}, until=20.0)
    back = [(now, time) for now, time in played.taken[B] if time >= 18.0]
    assert back[0][0] <= 18.0 + 2 / 8
    assert played.standing(B, back[0][0]) == "in step"
    assert max(played.ahead()) <= 2 / 8 + 1e-9


def test_a_camera_ten_times_slower_than_ticks_costs_the_others_nothing() -> None:
    played = play({A: Filmed(), B: Filmed(fps=0.8)}, until=20.0)
    assert rate(played.taken[A], 2, 20) > 7.8
    assert {played.standing(B, now) for now in np.arange(3, 19, 0.1)} == {"in step"}


def test_frames_wait_for_a_camera_whose_pictures_come_later() -> None:
    played = play({A: Filmed(), B: Filmed(latency=0.6)})
    assert rate(played.taken[A], 2, 8) > 7.5
    assert max(played.ahead()) <= 2 / 8 + 1e-9


def test_a_camera_later_than_can_be_waited_for_is_called_late_and_still_looked_at() -> None:
    played = play({A: Filmed(), B: Filmed(latency=3.0)}, until=12.0)
    assert played.standing(B, 8.0) == "late"
    assert rate(played.taken[B], 4, 12) > 7.5
    ages = [now - time for now, time in played.taken[A] if now > 5]
    assert max(ages) < 0.3


def test_a_line_that_was_busy_goes_on_with_the_present() -> None:
    played = play({A: Filmed(), B: Filmed()}, busy=[(2.0, 6.0)])
    for camera in (A, B):
        first = next((now, time) for now, time in played.taken[camera] if now >= 6.0)
        assert first[0] - first[1] < 0.1
        assert len([1 for now, _ in played.taken[camera] if 6 <= now < 7]) <= 9


def test_with_everybody_gone_who_comes_back_first_goes_first() -> None:
    played = play(
        {A: Filmed(silent=(2.0, 9.0)), B: Filmed(silent=(2.0, 12.0))},
        until=14.0,
    )
    assert next(now for now, time in played.taken[A] if time >= 9) < 9.3
    assert next(now for now, time in played.taken[B] if time >= 12) < 12.3


rates = st.floats(0.7, 60)
worlds = st.lists(
    st.builds(
        Filmed,
        fps=rates,
        latency=st.floats(0.0, 0.7),
        silent=st.tuples(st.floats(2, 4), st.floats(4, 11)),
        start=st.floats(0, 1.5),
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=12, deadline=None)
@given(worlds, st.floats(0.0, 3.0))
def test_nobody_gets_further_ahead_of_who_is_in_step_than_was_said(
    filmed: list[Filmed], skew: float
) -> None:
    params = ClockParams(max_skew=skew)
    cameras = {CameraId(f"c{n}"): each for n, each in enumerate(filmed)}
    played = play(cameras, params=params)
    steps = dict(played.steps)
    came = {camera: each.arrivals(8.0) for camera, each in cameras.items()}
    for camera, shown in played.taken.items():
        for now, time in shown:
            for other, standing in steps[now].standing.items():
                if other != camera and standing == "in step":
                    newest = max(t for arrived, t in came[other] if arrived <= now)
                    assert time <= newest + 1 / cameras[other].fps + skew / 8 + 1e-9


@settings(max_examples=12, deadline=None)
@given(worlds)
def test_time_never_falls_and_no_frame_is_looked_at_twice(filmed: list[Filmed]) -> None:
    played = play({CameraId(f"c{n}"): each for n, each in enumerate(filmed)})
    for shown in played.taken.values():
        times = [time for _, time in shown]
        assert all(one < other for one, other in pairwise(times))


def test_where_every_frame_counts_all_of_one_tick_go_together() -> None:
    assert together({A: 0.0, B: 0.1, C: 0.125}, fps=8) == (A, B)
    assert together({A: 0.25, B: 0.1}, fps=8) == (B,)
    assert together({}, fps=8) == ()


@given(st.dictionaries(st.sampled_from([A, B, C]), st.floats(0, 1e6), min_size=1), rates)
def test_the_earliest_frame_is_always_among_those_that_are_next(
    heads: dict[CameraId, float], fps: float
) -> None:
    first = min(heads, key=lambda camera: heads[camera])
    assert first in together(heads, fps)
