"""What is kept of one growing tracklet: a bounded summary, however long it lives."""

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np

from camweave.core.arrays import F32, F64, I64
from camweave.linking.live.snapshot import Rows
from camweave.linking.sightings import NEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingParams:
    """How much of a growing tracklet is kept. Times are seconds."""

    patience: float = 3.0  # s without a sight after which it has ended; the tracker's, or more
    crops: int = 10  # the best of them
    apart: float = 0.2  # s: of crops, and of places on the ground, one in so much time
    places: int = 64  # on the ground, or in the image, the last of them


class LifeCrop(NamedTuple):
    """One embedded crop."""

    time: float  # s
    frame: int
    quality: float
    embedding: F32  # (D,)


class Place(NamedTuple):
    """A place on the ground."""

    time: float  # s
    x: float  # m
    y: float  # m
    sigma: float  # m


class Foot(NamedTuple):
    """A foot point in the image."""

    time: float  # s
    x: float  # px
    y: float  # px
    height: float  # px, of its box


Stood = TypeVar("Stood", Place, Foot)


class Life:
    """One growing tracklet: its two ends, its motion there, its best crops."""

    __slots__ = (
        "begin",
        "crops",
        "end",
        "entry",
        "exit",
        "feet",
        "frames",
        "head",
        "places",
        "tail",
        "track_id",
        "votes",
    )

    def __init__(self, track_id: int, time: float, box: F32) -> None:
        self.track_id = track_id
        self.begin = self.end = time
        self.entry = self.exit = box
        self.frames = 0
        self.head = (time, box)  # the last row within its first second
        self.tail: list[tuple[float, F32]] = []  # the rows of its last second
        self.votes: dict[int, float] = {}  # class to confidence given to it
        self.crops: list[LifeCrop] = []  # in order of time
        self.places: list[Place] = []  # in order of time
        self.feet: list[Foot] = []  # in order of time

    def grow(self, rows: Rows, own: I64) -> None:
        """Take its `own` rows (R,), in order of time."""
        times, boxes = rows.time[own].tolist(), rows.xyxy[own]
        self.frames += len(own)
        self.end, self.exit = times[-1], boxes[-1].copy()
        for at, time in enumerate(times):
            if time <= self.begin + NEAR:
                self.head = (time, boxes[at].copy())
            if time >= self.end - NEAR:
                self.tail.append((time, boxes[at].copy()))
        self.tail = [each for each in self.tail if each[0] >= self.end - NEAR]
        for kind, score in zip(rows.class_id[own].tolist(), rows.score[own].tolist(), strict=True):
            self.votes[kind] = self.votes.get(kind, 0.0) + score

    def look(self, rows: Rows, crop: int, params: GrowingParams) -> None:
        """Take crop number `crop`, if it is among its best."""
        row = rows.crop[crop]
        seen = LifeCrop(
            float(rows.time[row]),
            int(rows.frame[row]),
            float(rows.quality[crop]),
            rows.embedding[crop].copy(),
        )
        last = self.crops[-1] if self.crops else None
        if last is not None and _bin(last.time, params.apart) == _bin(seen.time, params.apart):
            if seen.quality > last.quality:
                self.crops[-1] = seen
            return
        self.crops.append(seen)
        if len(self.crops) > params.crops:
            qualities = [each.quality for each in self.crops]
            del self.crops[qualities.index(min(qualities))]

    def stand(self, place: Place, params: GrowingParams) -> None:
        """Take where it stood, once in a while."""
        _once_in_a_while(self.places, place, params)

    def step(self, foot: Foot, params: GrowingParams) -> None:
        """Take where it stood in the image, once in a while."""
        _once_in_a_while(self.feet, foot, params)

    @property
    def class_id(self) -> int:
        """The class that most of its confidence was given to; of equal ones the first."""
        return max(sorted(self.votes), key=lambda kind: self.votes[kind], default=-1)

    @property
    def entry_motion(self) -> F64:
        """(2,) px/s of the foot point over its first second."""
        return _pace((self.begin, self.entry), self.head)

    @property
    def exit_motion(self) -> F64:
        """(2,) px/s over its last second."""
        return _pace(self.tail[0], (self.end, self.exit))


def _once_in_a_while(rows: list[Stood], row: Stood, params: GrowingParams) -> None:
    if rows and _bin(rows[-1].time, params.apart) == _bin(row.time, params.apart):
        return
    rows.append(row)
    del rows[: -params.places]


def _bin(time: float, apart: float) -> int:
    return int(time // apart)


def _pace(one: tuple[float, F32], other: tuple[float, F32]) -> F64:
    span = other[0] - one[0]
    step: F64 = (_foot(other[1]) - _foot(one[1])) / span if span > 0 else np.zeros(2)
    return step


def _foot(box: F32) -> F64:
    return np.array([(box[0] + box[2]) / 2, box[3]], np.float64)
