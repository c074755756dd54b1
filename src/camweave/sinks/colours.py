"""A colour for every id: the same in every frame and run, neighbours far apart."""

from functools import lru_cache
from math import cos, pi, sin
from typing import Final, TypeAlias

Colour: TypeAlias = tuple[int, int, int]  # blue, green, red; 0 to 255

BLACK: Final[Colour] = (0, 0, 0)
WHITE: Final[Colour] = (255, 255, 255)

GOLDEN_TURN = (3 - 5**0.5) / 2  # of a full turn: no two of a run of ids come close
LIGHTNESS = (0.74, 0.84, 0.65)  # by turns, so that near hues differ in light
CHROMA = 0.19  # as strong as the screen allows, up to this


@lru_cache(maxsize=4096)
def id_colour(number: int) -> Colour:
    """The colour of an id, spread by the golden angle over OKLCH (Ottosson 2020)."""
    angle = 2 * pi * ((number * GOLDEN_TURN + 0.08) % 1)
    lightness = LIGHTNESS[number % len(LIGHTNESS)]
    chroma = CHROMA
    while not all(0 <= light <= 1 for light in linear_rgb(lightness, chroma, angle)):
        chroma -= 0.005  # towards gray until the screen can show it
    red, green, blue = (screen(light) for light in linear_rgb(lightness, chroma, angle))
    return blue, green, red


def shade_of(colour: Colour) -> Colour:
    """The same hue, dark."""
    blue, green, red = colour
    return blue // 4, green // 4, red // 4


def linear_rgb(lightness: float, chroma: float, angle: float) -> tuple[float, float, float]:
    """OKLCH to linear light in sRGB's primaries; outside 0 to 1 where no screen can show it."""
    a, b = chroma * cos(angle), chroma * sin(angle)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def screen(light: float) -> int:
    """Linear light to the 0 to 255 of sRGB."""
    light = min(1.0, max(0.0, light))
    value = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055  # noqa: PLR2004 - IEC 61966-2-1
    return round(255 * value)


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 to 1 (WCAG 2)."""
    blue, green, red = (
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - IEC 61966-2-1
        for v in (channel / 255 for channel in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2); from 4.5 on, text is easy to read."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@lru_cache(maxsize=4096)
def ink_on(paper: Colour) -> Colour:
    """Black or white, whichever is easier to read on this colour: at least 4.5 on any."""
    return max((BLACK, WHITE), key=lambda ink: contrast(ink, paper))
