"""Colours and shape tell things apart, and the light, the size and the background matter little."""

import numpy as np
import pytest

from camweave.core.arrays import F32, U8
from camweave.core.errors import InputError
from camweave.embedding.histogram import Histogram
from camweave.embedding.params import HistogramParams

RED, BLUE, GREEN, GREY = (40, 40, 180), (170, 80, 40), (60, 140, 60), (110, 110, 110)
ROAD, GRASS = (96, 98, 100), (70, 120, 90)


def car(
    paint: tuple[int, int, int],
    *,
    background: tuple[int, int, int] = ROAD,
    stripe: tuple[int, int, int] | None = None,
    scale: int = 1,
) -> U8:
    """A body with windows and tyres, in front of something."""
    image = np.full((30, 60, 3), background, np.uint8)
    image[6:24, 6:54] = paint
    image[8:13, 14:46] = (70, 60, 50)
    image[22:27, 10:18] = image[22:27, 42:50] = (35, 35, 35)
    image[18:20, 6:54] = stripe or paint
    return np.repeat(np.repeat(image, scale, axis=0), scale, axis=1)


def look(*crops: U8, bands: int = 3) -> F32:
    return Histogram(HistogramParams(bands=bands)).embed(crops)


def alike(one: U8, other: U8) -> float:
    a, b = look(one, other)
    return float(a @ b)


def test_vectors_are_of_unit_length_and_equal_crops_have_equal_ones() -> None:
    found = look(car(RED), car(BLUE), car(RED))
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert np.array_equal(found[0], found[2])


def test_paint_tells_cars_apart() -> None:
    assert alike(car(RED), car(RED, stripe=GREEN)) > alike(car(RED), car(BLUE)) + 0.2


def test_a_stripe_tells_cars_of_one_paint_apart() -> None:
    one, again, other = (
        car(GREY, stripe=RED),
        car(GREY, stripe=RED, scale=2),
        car(GREY, stripe=BLUE),
    )
    assert alike(one, again) > alike(one, other) + 0.1


def test_the_background_matters_less_than_the_paint() -> None:
    assert alike(car(RED), car(RED, background=GRASS)) > alike(car(RED), car(GREEN)) + 0.1


@pytest.mark.parametrize("light", [(1.0, 1.0, 1.0), (0.92, 1.0, 1.06), (1.08, 1.0, 0.93)])
@pytest.mark.parametrize("gain", [0.75, 1.0, 1.2])
def test_light_matters_less_than_paint(light: tuple[float, float, float], gain: float) -> None:
    under = np.clip(car(RED) * (np.array(light) * gain), 0, 255).astype(np.uint8)
    assert alike(car(RED), under) > alike(car(RED), car(BLUE)) + 0.2


def test_the_size_of_the_crop_does_not_matter() -> None:
    assert alike(car(BLUE), car(BLUE, scale=4)) > 0.97


def test_bands_tell_a_red_shirt_from_red_trousers() -> None:
    person = np.full((60, 30, 3), BLUE, np.uint8)
    person[30:] = RED
    other = np.ascontiguousarray(person[::-1])
    assert alike(person, other) < 0.8
    whole = look(person, other, bands=1)
    assert whole[0] @ whole[1] > 0.97


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 3), (700, 900)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_every_crop_has_a_vector(shape: tuple[int, int], level: int) -> None:
    found = look(np.full((*shape, 3), level, np.uint8))
    assert np.isfinite(found).all()
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)


def test_crops_are_not_changed_and_none_give_none() -> None:
    crop = car(RED)
    before = crop.copy()
    crop.setflags(write=False)
    histogram = Histogram(HistogramParams())
    assert histogram.embed([crop]).shape == (1, histogram.dimension)
    assert np.array_equal(crop, before)
    assert histogram.embed([]).shape == (0, histogram.dimension)
    assert str(histogram.dimension) in histogram.name


def test_knobs_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="bands"):
        HistogramParams(bands=0)
