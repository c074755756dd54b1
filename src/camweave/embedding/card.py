"""The card beside a ReID model: how it wants its crops, where the model does not say so itself."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import yaml

from camweave.core.errors import ModelError
from camweave.core.nearest import did_you_mean

Axes: TypeAlias = Literal["NCHW", "NHWC"]
Order: TypeAlias = Literal["RGB", "BGR"]
Triple: TypeAlias = tuple[float, float, float]

ENDING: Final = ".card.yaml"
LARGEST: Final = 100_000  # bytes; a card is a few lines
COLOURS: Final = 3

RAW: Final = ((0.0,) * 3, (1.0,) * 3)
IMAGENET: Final = ((123.675, 116.28, 103.53), (58.395, 57.12, 57.375))  # R, G, B
PIXELS: Final[Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]]] = {
    "raw": RAW,  # 0 to 255
    "unit": ((0.0,) * 3, (255.0,) * 3),  # 0 to 1
    "symmetric": ((127.5,) * 3, (127.5,) * 3),  # -1 to 1
    "imagenet": IMAGENET,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is said of a ReID model; None where nothing is."""

    layout: Axes | None = None
    size: tuple[int, int] | None = None  # height, width, px
    channels: Order | None = None
    mean: Triple | None = None  # of levels 0 to 255, in the order of `channels`
    std: Triple | None = None
    output: str | None = None  # name of the output that holds the vectors


def card_of(model: Path, named: Path | None = None) -> tuple[Card, Path]:
    """The card of a model, and where it is or should be: the one named, else the one beside.

    Raises:
        ModelError: it is no card, or the one that is named is not there.
    """
    folder = next(iter(sorted(model.glob("*" + ENDING))), None) if model.is_dir() else None
    path = named or folder or model.with_name(model.stem + ENDING)
    if not path.is_file():
        if named is not None:
            raise ModelError(f"{path}: no such card")
        return Card(), path
    return read_card(path), path


def read_card(path: Path) -> Card:
    """The card in a YAML file.

    Raises:
        ModelError: not readable, an unknown key, or a value that cannot be.
    """
    try:
        text = path.read_bytes()[:LARGEST].decode("utf-8")
        said = yaml.safe_load(text) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ModelError(f"{path}: not readable as YAML ({_first_line(error)})") from error
    if not isinstance(said, dict):
        raise ModelError(f"{path}: a card is lines of `key: value`, as layout, size, channels")
    known = ("layout", "size", "channels", "pixels", "mean", "std", "output", "note")
    for key in said:
        if key not in known:
            raise ModelError(f"{path}: no key {str(key)!r}{did_you_mean(str(key), known)}")
    return _checked(path, said)


def _checked(path: Path, said: Mapping[str, Any]) -> Card:
    layout = _one_of(path, said, "layout", ("NCHW", "NHWC"))
    channels = _one_of(path, said, "channels", ("RGB", "BGR"))
    pixels = _one_of(path, said, "pixels", tuple(PIXELS))
    if pixels is not None and ("mean" in said or "std" in said):
        raise ModelError(f"{path}: give pixels, or mean and std, not both")
    if ("mean" in said) != ("std" in said):
        raise ModelError(f"{path}: mean and std belong together")
    mean, std = _levels(path, said, "mean"), _levels(path, said, "std")
    if pixels is not None:
        mean, std = levels_of(pixels, rgb=channels != "BGR")
    if std is not None and min(std) <= 0:
        raise ModelError(f"{path}: std must be above 0")
    output = said.get("output")
    return Card(
        layout=layout,
        size=_size(path, said.get("size")),
        channels=channels,
        mean=mean,
        std=std,
        output=None if output is None else str(output),
    )


def levels_of(pixels: str, *, rgb: bool) -> tuple[Triple, Triple]:
    """Mean and standard deviation that a word of `PIXELS` stands for, in the order fed."""
    step = 1 if rgb else -1
    (a, b, c), (d, e, f) = (triple[::step] for triple in PIXELS[pixels])
    return (a, b, c), (d, e, f)


def _one_of(path: Path, said: Mapping[str, Any], key: str, known: tuple[str, ...]) -> Any:  # noqa: ANN401 - one of `known`, whose type only the caller knows
    value = said.get(key)
    if value is not None and value not in known:
        raise ModelError(f"{path}: {key} is one of {', '.join(known)}; got {value!r}")
    return value


def _size(path: Path, value: object) -> tuple[int, int] | None:
    match value:
        case None:
            return None
        case [int(height), int(width)] if min(height, width) > 0:
            return height, width
    raise ModelError(f"{path}: size is [height, width] in px; got {value!r}")


def _levels(path: Path, said: Mapping[str, Any], key: str) -> Triple | None:
    value = said.get(key)
    if value is None:
        return None
    if isinstance(value, list) and len(value) == COLOURS:
        numbers = [float(v) if isinstance(v, int | float) else math.nan for v in value]
        if all(map(math.isfinite, numbers)):
            return numbers[0], numbers[1], numbers[2]
    raise ModelError(f"{path}: {key} is three numbers, in levels 0 to 255; got {value!r}")


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120]
