from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.sinks.colours import BLACK, WHITE, Colour, contrast, id_colour, ink_on, shade_of

channel = st.integers(0, 255)


def oklab(colour: Colour) -> np.ndarray:
    """Ottosson's perceptual space, written down independently of the code under test."""
    rgb = np.array(colour[::-1]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lms = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ linear
    )
    lab: np.ndarray = (
        np.array(
            [
                [0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ]
        )
        @ lms
    )
    return lab


@given(st.integers(-1, 10**9))
def test_an_id_always_has_the_same_colour_and_it_is_one(number: int) -> None:
    colour = id_colour(number)
    assert colour == id_colour.__wrapped__(number)
    assert all(0 <= value <= 255 for value in colour)


@given(st.integers(0, 10_000))
def test_ids_that_live_together_do_not_look_alike(first: int) -> None:
    colours = [oklab(id_colour(number)) for number in range(first, first + 8)]
    nearest = min(float(np.linalg.norm(a - b)) for a, b in combinations(colours, 2))
    assert nearest > 0.045  # 0.02 is just noticeable


@given(st.integers(0, 10_000))
def test_no_id_is_gray_black_or_white(number: int) -> None:
    lightness, a, b = oklab(id_colour(number))
    assert 0.6 < lightness < 0.9
    assert np.hypot(a, b) > 0.07


@given(st.tuples(channel, channel, channel))
def test_lettering_can_be_read_on_any_colour(paper: Colour) -> None:
    assert contrast(ink_on(paper), paper) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(BLACK, WHITE) == contrast(WHITE, BLACK) == 21
    assert contrast(WHITE, WHITE) == 1


def test_a_shade_is_dark() -> None:
    assert shade_of((200, 100, 4)) == (50, 25, 1)
