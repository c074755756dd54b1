"""What two classes say of one object, learned from who is likely one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.arrays import F64, I64
from camweave.linking.kinds import WALL, Kinds, doubted, learn_kinds, walled

CAMERAS, CLASSES = 3, 3
CAR, TRUCK, PERSON = range(CLASSES)


def seen_twice(
    count: int, wrong: float, *, seed: int = 0, called: int | None = None
) -> tuple[I64, I64, I64, I64]:
    """Cameras and classes of as many objects as two cameras saw.

    A share of the cars and trucks is told `wrong`; the camera `called` calls every car a truck.
    """
    rng = np.random.default_rng(seed)
    kind = rng.choice(CLASSES, count, p=[0.5, 0.2, 0.3])
    camera = rng.integers(0, CAMERAS, (2, count))
    told = np.stack([kind, kind])
    slips = (rng.random(told.shape) < wrong) & (told != PERSON)
    told[slips] = CAR + TRUCK - told[slips]
    told[(camera == (CAMERAS if called is None else called)) & (kind == CAR)] = TRUCK
    return camera[0], told[0], camera[1], told[1]


def learned(count: int, wrong: float, **how: int) -> Kinds:
    shape = walled(CAMERAS, CLASSES)
    here, one, there, other = seen_twice(count, wrong, **how)
    return learn_kinds(shape, shape.told(here, one), shape.told(there, other), np.ones(count))


def says(kinds: Kinds, one: int, other: int, *, at: tuple[int, int] = (0, 1)) -> float:
    told = [kinds.told(np.array([c]), np.array([k])) for c, k in zip(at, (one, other), strict=True)]
    said: F64 = kinds.nats(told[0], told[1])
    return float(said[0])


def test_while_nothing_is_known_every_class_is_a_wall() -> None:
    kinds = walled(CAMERAS, CLASSES)
    assert says(kinds, CAR, CAR) == 0.0
    assert says(kinds, CAR, TRUCK) == WALL
    assert not kinds.confused


@pytest.mark.parametrize("kinds", [walled(CAMERAS, CLASSES), doubted(CAMERAS, CLASSES)])
def test_an_unknown_class_says_nothing(kinds: Kinds) -> None:
    assert says(kinds, -1, TRUCK) == says(kinds, CAR, -1) == says(kinds, -1, -1) == 0.0
    assert says(kinds, CAR, CLASSES + 4) == 0.0  # of a class that came later


def test_classes_that_are_always_told_as_they_are_stay_walls() -> None:
    found = learned(2000, 0.0)
    assert not found.confused
    assert np.array_equal(found.value, walled(CAMERAS, CLASSES).value)


def test_one_or_two_mistakes_open_no_wall() -> None:
    found = learned(2000, 0.0)
    shape = walled(CAMERAS, CLASSES)
    here, one, there, other = seen_twice(2000, 0.0)
    one[np.flatnonzero(one == CAR)[:2]] = TRUCK
    found = learn_kinds(shape, shape.told(here, one), shape.told(there, other), np.ones(2000))
    assert not found.confused


def test_the_more_often_classes_are_mistaken_the_less_they_say() -> None:
    said = [says(learned(2000, wrong), CAR, TRUCK) for wrong in (0.05, 0.15, 0.3)]
    assert said == sorted(said)
    assert -4.0 < said[0] < -1.0
    assert said[-1] > -1.0


def test_what_is_never_mistaken_stays_a_wall_beside_what_is() -> None:
    found = learned(2000, 0.15)
    assert says(found, CAR, PERSON) == says(found, PERSON, TRUCK) == WALL


def test_a_camera_that_calls_every_car_a_truck_is_found_out() -> None:
    found = learned(2000, 0.0, called=2)
    assert says(found, CAR, TRUCK, at=(0, 2)) > -0.3
    assert says(found, TRUCK, CAR, at=(2, 1)) > -0.3
    assert says(found, CAR, TRUCK, at=(0, 1)) < -2.0  # of the others, little is doubted


@given(st.integers(0, 50), st.floats(0, 0.4), st.integers(0, 99))
def test_no_classes_speak_for_one_object(count: int, wrong: float, seed: int) -> None:
    found = learned(count, wrong, seed=seed)
    assert (found.value <= 0).all()
    assert (found.value[CLASSES :: CLASSES + 1] == 0).all()
