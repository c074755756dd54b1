"""What two tracklets' classes say of their being one object: detectors mistake one for another.

What each camera calls an object of each class is found by expectation maximisation from pairs that
are likely one object, without knowing what any is: A. Dawid and A. Skene, "Maximum likelihood
estimation of observer error-rates using the EM algorithm", Applied Statistics 1979.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I32, I64, Bool

UNKNOWN: Final = -1  # class
WALL: Final = -np.inf  # nats: such two are never held against each other
LEAST: Final = -5.0  # nats, below which they are not worth it
DOUBT: Final = -4.0  # nats of two classes of which nothing is known
ENOUGH: Final = 3.0  # likely pairs of two classes that show them to be mistaken at all
STEADY: Final = 20.0  # objects that "a class is told as it is" is worth,
SLIP: Final = 0.01  # but for this share
LEAN: Final = 20.0  # objects that all cameras together are worth to each
ROUNDS: Final = 12
TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """Evidence of the classes of two tracklets, by camera: T = C (K + 1), the last unknown."""

    cameras: int  # C
    classes: int  # K
    value: F64  # (T, T) nats, 0 at most; WALL: surely two objects

    @property
    def confused(self) -> bool:
        """Whether any two classes may be one object."""
        return bool(np.isfinite(self.value[_walls(self.cameras, self.classes)]).any())

    def told(self, camera: I64, class_id: I64 | I32) -> I64:
        """(Q,) camera and class as one number, by which `value` goes."""
        known = (class_id >= 0) & (class_id < self.classes)
        number: I64 = camera * (self.classes + 1) + np.where(known, class_id, self.classes)
        return number

    def nats(self, one: I64, other: I64) -> F64:
        """(Q,) evidence of what was `told` (Q,) of either of two."""
        return np.asarray(self.value[one, other])


def walled(cameras: int, classes: int) -> Kinds:
    """Every class a wall: as long as nothing is known, or all are told as they are."""
    return Kinds(cameras, classes, np.where(_walls(cameras, classes), WALL, 0.0))


def doubted(cameras: int, classes: int) -> Kinds:
    """What is expected before anything was seen, while it is asked whether any are mistaken."""
    return Kinds(cameras, classes, np.where(_walls(cameras, classes), DOUBT, 0.0))


def learn_kinds(shape: Kinds, one: I64, other: I64, weight: F64, *, walls: bool = True) -> Kinds:
    """From pairs told `one` (Q,) and `other` (Q,), each one object by that `weight` (Q,).

    With `walls`, classes that are hardly ever mistaken for one another are such.
    """
    cameras, classes = shape.cameras, shape.classes
    t = cameras * (classes + 1)
    cell, place = np.unique(one * t + other, return_inverse=True)
    seen = np.bincount(place, weight, len(cell)).astype(np.float64)
    camera, kind = np.divmod(np.stack(np.divmod(cell, t)), classes + 1)
    known = (kind < classes).all(axis=0)
    camera, kind, seen = camera[:, known], kind[:, known], seen[known]
    value = _evidence(*_observed((cameras, classes), camera, kind, seen))
    if walls:
        value[_walls(cameras, classes) & ~_mistaken(cameras, classes, kind, seen)] = WALL
        value[value < LEAST] = WALL
    found = Kinds(cameras, classes, value)
    return found if found.confused else walled(cameras, classes)


def _walls(cameras: int, classes: int) -> Bool:
    """(T, T) who differ in class, and both are known."""
    kind = np.tile(np.arange(classes + 1), cameras)
    some = kind < classes
    return np.asarray((kind[:, None] != kind) & some[:, None] & some)


def _mistaken(cameras: int, classes: int, kind: I64, seen: F64) -> Bool:
    """(T, T) whose classes (2, Q) were told of one object often enough, by any cameras."""
    count = np.zeros((classes + 1, classes + 1))
    np.add.at(count, (kind[0], kind[1]), seen)
    return np.tile(count + count.T >= ENOUGH, (cameras, cameras))


def _observed(shape: tuple[int, int], camera: I64, kind: I64, seen: F64) -> tuple[F64, F64]:
    """Share (K,) of each class, and (C, K, K) what each camera calls those of each class.

    `seen` (Q,) of the pairs that two cameras (2, Q) told these classes (2, Q) of.
    """
    classes = shape[1]
    usual = (1 - SLIP) * np.eye(classes) + SLIP / max(classes, 1)
    share, called = np.full(classes, 1 / max(classes, 1)), np.tile(usual, (shape[0], 1, 1))
    for _ in range(ROUNDS):
        likely = share * called[camera[0], :, kind[0]] * called[camera[1], :, kind[1]]
        likely *= (seen / np.maximum(likely.sum(axis=1), TINY))[:, None]
        count = np.zeros((shape[0], classes, classes))  # camera, what it told, what it is
        np.add.at(count, (camera, kind), likely)
        count = count.transpose(0, 2, 1)
        share = count.sum(axis=(0, 2)) + 1.0
        share /= share.sum()
        pooled = count.sum(axis=0) + STEADY * usual
        called = count + LEAN * pooled / pooled.sum(axis=1, keepdims=True)
        called /= called.sum(axis=2, keepdims=True)
    return share, called


def _evidence(share: F64, called: F64) -> F64:
    """(T, T) nats: how much oftener one object is told so twice than two objects are.

    Less what the same class says twice: how often a class comes is counted in its arrivals.
    """
    cameras, classes = called.shape[:2]
    told = np.sqrt(share)[:, None] * called  # (C, K, K)
    beliefs = told.transpose(0, 2, 1).reshape(cameras * classes, classes)
    size = np.maximum(np.linalg.norm(beliefs, axis=1), TINY)
    both = (beliefs @ beliefs.T) / size[:, None] / size
    value = np.zeros((cameras, classes + 1, cameras, classes + 1))
    value[:, :classes, :, :classes] = np.log(np.maximum(both, TINY)).reshape(
        cameras, classes, cameras, classes
    )
    t = cameras * (classes + 1)
    return np.minimum(value, 0.0).reshape(t, t)
