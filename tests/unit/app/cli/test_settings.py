"""NAME=VALUE texts become parameters, or one line that says why not."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from camweave.app.cli.settings import with_settings
from camweave.core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    kind: Literal["thing"] = "thing"
    patience: float = 1.0
    most: int | None = 5
    fuse: bool = True
    model: Path | None = None
    shape: Literal["flat", "round"] = "flat"
    channels: tuple[float, ...] = ()


def test_texts_become_values_of_their_types() -> None:
    pairs = ["most=7", "fuse=false", "model=a/b.onnx", "shape=round", "channels=0.5,1"]
    made = with_settings(Knobs, {"patience": 2.0}, pairs)
    assert made == Knobs(
        patience=2.0,
        most=7,
        fuse=False,
        model=Path("a/b.onnx"),
        shape="round",
        channels=(0.5, 1.0),
    )
    assert with_settings(Knobs, {}, ["most=none"]).most is None


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        (
            "patiense=1",
            r"--set patiense: thing has no such parameter \(did you mean 'patience'\?\)",
        ),
        ("kind=other", "--set kind: thing has no such parameter"),
        ("patience", "--set: expected NAME=VALUE, got 'patience'"),
        ("patience=long", "--set patience: expected a number, got 'long'"),
        ("most=1.5", "--set most: expected a whole number, got '1.5'"),
        ("fuse=maybe", "--set fuse: expected true or false, got 'maybe'"),
        ("shape=rund", r"--set shape: expected one of flat, round, got 'rund' \(did you mean"),
    ],
)
def test_a_wrong_setting_is_one_line(pair: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        with_settings(Knobs, {}, [pair])


def test_an_option_that_the_kind_does_not_have_is_named() -> None:
    with pytest.raises(InputError, match="--low-score: thing has no such parameter"):
        with_settings(Knobs, {"low_score": 1.0}, [])
