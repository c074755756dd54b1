"""Weave's filter: how restless objects are is learned, and half-hidden boxes are trusted less.

It is the shared Kalman filter over x, y, width and height, whose noise is in proportion to the
height. A camera with ten frames a second, or cars near it, shows larger surprises than that noise
explains. All tracks of a camera therefore share one number, its restlessness, by which the noise
of motion is multiplied; it rises while the surprises are larger than expected, and falls again.
"""

from typing import Final

import numpy as np

from camweave.ops.compiled import inner
from camweave.tracking.box_motion import (
    BY_HEIGHT,
    HEIGHT,
    PER_POSITION,
    BoxModel,
    measured,
    place_box,
)
from camweave.tracking.desk import Detection, Memory
from camweave.tracking.kalman import (
    AXES,
    correct_axis,
    predict_axis,
    start_axis,
    surprise_axis,
)
from camweave.tracking.table import Track

CALM: Final = 1.0  # the least restlessness: the noise is as given
WILD: Final = 4.0  # the most
EXPECTED: Final = 0.5  # a squared surprise; its mean is 1 only if no object ever did as foreseen
LARGEST: Final = 9.0  # squared surprise that counts: what is larger may be a wrong match
YOUNG: Final = 5  # sights; before, a track's own velocity is what is learned

FIRST_POSITION: Final = 2.0  # a new track's noise, in steps' worth
FIRST_VELOCITY: Final = 20.0


@inner
def begin_motion(track: Track, one: Detection, memory: Memory) -> None:
    """Begin at rest with a box."""
    height = one.xyxy[3] - one.xyxy[1]
    position = (FIRST_POSITION * PER_POSITION * height) ** 2
    velocity = (FIRST_VELOCITY * memory.velocity_noise * height) ** 2
    seen = measured(one.xyxy, BoxModel(BY_HEIGHT, 0.0))
    for axis in range(AXES):
        start_axis(track.state, axis, seen[axis], (position, velocity))
    place(track)


@inner
def move(track: Track, frames: float, memory: Memory) -> None:
    """Move a track on to now."""
    height = track.state[HEIGHT]
    position = memory.restlessness * (PER_POSITION * height) ** 2
    velocity = memory.restlessness * (memory.velocity_noise * height) ** 2
    for axis in range(AXES):
        predict_axis(track.state, axis, frames, (position, velocity))
    place(track)


@inner
def correct(track: Track, one: Detection, covered: float, memory: Memory) -> None:
    """Take in a box of which this share is covered by a nearer one."""
    seen = measured(one.xyxy, BoxModel(BY_HEIGHT, 0.0))
    noise = (PER_POSITION * track.state[HEIGHT]) ** 2 * (1.0 + memory.crowding * covered)
    for axis in range(AXES):
        correct_axis(track.state, axis, seen[axis], noise)
    place(track)


@inner
def excess_surprise(track: Track, one: Detection) -> float:
    """How much larger one sight's squared surprise is than what is expected of it."""
    x, y, _, _ = measured(one.xyxy, BoxModel(BY_HEIGHT, 0.0))
    noise = (PER_POSITION * track.state[HEIGHT]) ** 2
    across = min(surprise_axis(track.state, 0, x, noise), LARGEST)
    along = min(surprise_axis(track.state, 1, y, noise), LARGEST)
    return (across + along) / 2.0 - EXPECTED


@inner
def learn_restlessness(excess: float, memory: Memory) -> None:
    """Take in the excess surprises of several sights, added up: their order must not matter."""
    grown = memory.restlessness * np.exp(memory.learning * excess)
    memory.restlessness = min(max(grown, CALM), WILD)


@inner
def place(track: Track) -> None:
    """Put the track's box where its state is."""
    place_box(track.state, track.xyxy, BoxModel(BY_HEIGHT, 0.0))
