"""What a tracker refuses to be told."""

import math
from typing import Any

import pytest

from camweave.core.errors import InputError
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("high", 1.2),
        ("high", -0.1),
        ("low", 0.7),
        ("low", -0.1),
        ("birth", 1.5),
        ("match", 0.0),
        ("match", 1.0),
        ("second", 1.0),
        ("unconfirmed", -1.0),
        ("duplicate", 1.0),
        ("smoothing", 1.1),
        ("velocity_noise", 0.0),
        ("filter", "xysr"),
        ("patience", -0.5),
        ("patience", math.inf),
        *((name, math.nan) for name in ("high", "low", "birth", "match", "patience")),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(name: str, value: object) -> None:
    wrong: dict[str, Any] = {name: value}
    with pytest.raises(InputError, match=f"tracker: {name}: expected .*, got {value}"):
        ByteTrackParams(**wrong)


@pytest.mark.parametrize("fps", [0.0, -25.0, math.nan, math.inf])
def test_a_rate_must_be_a_rate(fps: float) -> None:
    with pytest.raises(InputError, match="tracker: fps: expected more than 0 frames/s"):
        ByteTrack(fps=fps)


def test_the_values_at_the_ends_are_allowed() -> None:
    ByteTrackParams(high=0.0, low=0.0, birth=0.0, patience=0.0)
    ByteTrackParams(high=1.0, low=1.0, birth=1.0, smoothing=1.0)
