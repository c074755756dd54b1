"""What a tracker refuses to be told."""

import math
from typing import Any

import pytest

from camweave.core.errors import InputError
from camweave.tracking.params.bytetrack import ByteTrackParams
from camweave.tracking.params.ocsort import OcSortParams
from camweave.tracking.params.sort import SortParams


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("score", math.inf),
        ("score", math.nan),
        ("overlap", 0.0),
        ("overlap", 1.0),
        ("min_hits", -1),
        ("min_hits", 2.5),
        ("min_hits", math.nan),
        ("patience", -0.5),
        ("patience", math.inf),
        ("smoothing", 1.1),
    ],
)
def test_sort_refuses_what_makes_no_sense(name: str, value: object) -> None:
    wrong: dict[str, Any] = {name: value}
    with pytest.raises(InputError, match=f"tracker: {name}: expected .*, got {value}"):
        SortParams(**wrong)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("high", 1.2),
        ("low", 0.7),
        ("low", -0.1),
        ("overlap", 1.0),
        ("min_hits", -1),
        ("patience", math.nan),
        ("look_back", -0.1),
        ("look_back", math.inf),
        ("inertia", 1.5),
        ("inertia", -0.1),
        ("smoothing", -0.1),
    ],
)
def test_ocsort_refuses_what_makes_no_sense(name: str, value: object) -> None:
    wrong: dict[str, Any] = {name: value}
    with pytest.raises(InputError, match=f"tracker: {name}: expected .*, got {value}"):
        OcSortParams(**wrong)


def test_the_values_at_the_ends_are_allowed() -> None:
    ByteTrackParams(high=0.0, low=0.0, birth=0.0, patience=0.0)
    ByteTrackParams(high=1.0, low=1.0, birth=1.0, smoothing=1.0)
    SortParams(score=-math.inf, min_hits=0, patience=0.0)
    OcSortParams(high=0.0, low=0.0, min_hits=0, patience=0.0, look_back=0.0, inertia=0.0)
