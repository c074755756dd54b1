"""The world: everybody in it, and where they are at any time. Made once, by stepping through it."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.sources.synthetic.crowd import Walking
from camweave.sources.synthetic.junctions import closed_groups
from camweave.sources.synthetic.looks import PERSON, Look, Looks, gather_looks
from camweave.sources.synthetic.paths import Paths
from camweave.sources.synthetic.plan import Plan
from camweave.sources.synthetic.traffic import Traffic
from camweave.sources.synthetic.vehicle_models import MODELS

STEP: Final = 0.1  # s; between two steps everybody moves evenly


@dataclass(frozen=True, slots=True, eq=False)
class Poses:
    """Who is where at some times; row i of every column is the same object at the same time."""

    moment: I64  # (R,) index into the times asked for, never falling
    actor: I64  # (R,) row of the world's looks; the object id is one more
    xy: F64  # (R, 2) m
    heading: F64  # (R, 2) unit vector
    speed: F64  # (R,) m/s
    pull: F64  # (R,) m/s2
    walked: F64  # (R,) m since it entered

    def __len__(self) -> int:
        return len(self.actor)

    def __getitem__(self, rows: slice | np.ndarray) -> "Poses":
        """Only these rows."""
        return Poses(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everybody's life, step by step, flat: `offsets[a]` to `offsets[a + 1]` is actor a's."""

    plan: Plan
    looks: Looks  # (A,) actors in order of entering
    start: float  # s, the time of step 0
    first_step: I64  # (A,)
    offsets: I64  # (A + 1,)
    along: F64  # (Q,) m on its way
    aside: F64  # (Q,) m to the left of its way
    speed: F64  # (Q,) m/s
    path: I64  # (A,) way, counted through drives, then walks
    reach: F64  # (A,) m from the middle to an axle; for a person half a step
    paths: Paths

    def __len__(self) -> int:
        return len(self.path)

    def at(self, times: F64) -> Poses:
        """Everybody who is in the world at each of `times` (T,) s, in order of time and actor."""
        step = (times[:, None] - self.start) / STEP - self.first_step  # (T, A)
        last = np.diff(self.offsets) - 1
        moment, actor = np.nonzero((step >= 0) & (step <= last))
        at = step[moment, actor]
        low = np.minimum(at.astype(np.int64), np.maximum(last[actor] - 1, 0))
        part = at - low
        row = self.offsets[actor] + low
        after = np.minimum(row + 1, self.offsets[actor + 1] - 1)
        along = self.along[row] * (1 - part) + self.along[after] * part
        aside = self.aside[row] * (1 - part) + self.aside[after] * part
        speed = self.speed[row] * (1 - part) + self.speed[after] * part
        way, reach = self.path[actor], self.reach[actor]
        front = self.paths.locate(way, along + reach)
        rear = self.paths.locate(way, along - reach)
        heading = front - rear
        heading /= np.maximum(np.hypot(heading[:, 0], heading[:, 1]), 1e-9)[:, None]
        left = np.stack([-heading[:, 1], heading[:, 0]], axis=1)
        return Poses(
            moment=moment,
            actor=actor,
            xy=(front + rear) / 2 + left * aside[:, None],
            heading=heading,
            speed=speed,
            pull=(self.speed[after] - self.speed[row]) / STEP,
            walked=along,
        )

    @property
    def sizes(self) -> F64:
        """(A, 3) m: length, width and height of everybody."""
        rows = [
            (0.5, 0.5, look) if body == PERSON else _size(body, look)
            for body, look in zip(self.looks.body.tolist(), self.looks.scale.tolist(), strict=True)
        ]
        return np.array(rows, np.float64).reshape(-1, 3)


def make_world(plan: Plan, *, seed: int, seconds: float) -> World:
    """Let the world run from its warm-up until `seconds`; a longer run begins with the same."""
    start = -plan.warm_up
    traffic = Traffic(plan, seed=seed, start=start)
    walking = Walking(plan, seed=seed, start=start)
    diary = _Diary(drives=len(plan.drives))
    for number in range(round((seconds + plan.warm_up) / STEP) + 2):
        now = start + number * STEP
        drivers = traffic.arrivals(now, len(diary.looks))
        diary.enter([driver.look for driver in drivers], number)
        walkers = walking.arrivals(now, len(diary.looks))
        diary.enter([walker.look for walker in walkers], number)
        diary.write(traffic, walking)
        closed = closed_groups(plan.signals, now, traffic.occupied() | walking.occupied())
        traffic.step(STEP, closed)
        walking.step(STEP, closed)
    return diary.close(plan, start, traffic.paths, walking.paths)


class _Diary:
    """Everybody's rows in the order of time, sorted by actor when it is closed."""

    def __init__(self, drives: int) -> None:
        self._drives = drives
        self.looks: list[Look] = []
        self._entered: list[int] = []
        self._number: list[I64] = []
        self._path: list[I64] = []
        self._state: list[F64] = []  # each (3, N): along, aside, speed

    def enter(self, looks: list[Look], step: int) -> None:
        self.looks.extend(looks)
        self._entered.extend([step] * len(looks))

    def write(self, traffic: Traffic, walking: Walking) -> None:
        fleet, crowd = traffic.fleet, walking.crowd
        self._number += [fleet.number, crowd.number]
        self._path += [fleet.path, crowd.path + self._drives]
        self._state.append(np.stack([fleet.along, np.zeros(len(fleet)), fleet.speed]))
        self._state.append(np.stack([crowd.along, crowd.aside, crowd.speed]))

    def close(self, plan: Plan, start: float, drives: Paths, walks: Paths) -> World:
        number = np.concatenate(self._number)
        order = np.argsort(number, kind="stable")
        along, aside, speed = np.concatenate(self._state, axis=1)[:, order]
        count = np.bincount(number, minlength=len(self.looks))
        offsets = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        looks = gather_looks(self.looks)
        return World(
            plan=plan,
            looks=looks,
            start=start,
            first_step=np.array(self._entered, np.int64),
            offsets=offsets,
            along=along,
            aside=aside,
            speed=speed,
            path=np.concatenate(self._path)[order][offsets[:-1]],
            reach=_reaches(looks),
            paths=_joined(drives, walks),
        )


def _joined(one: Paths, other: Paths) -> Paths:
    offsets = np.concatenate([one.offsets, other.offsets[1:] + one.offsets[-1]])
    return Paths(np.concatenate([one.points, other.points]), offsets)


def _reaches(looks: Looks) -> F64:
    wheelbases = np.array([model.wheelbase / 2 for model in MODELS] + [0.35])  # PERSON is the last
    return wheelbases[looks.body]


def _size(body: int, scale: float) -> tuple[float, float, float]:
    model = MODELS[body]
    return model.length * scale, model.width * scale, model.height * scale
