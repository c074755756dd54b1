"""What becomes of an old key."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from camweave.app.build.sources import camera_name

Change: TypeAlias = Callable[[Any, "Rates"], Any]


class Unfit(Exception):  # noqa: N818 - it is a reason, not a failure
    """A value that cannot be taken over, with the reason."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The old file's own clocks, to turn its frames into seconds."""

    frames: float = 25.0  # per second: stage2_track.*.frame_rate and its default


@dataclass(frozen=True, slots=True)
class Moved:
    """Written to the site file under `to`.

    `cameras[]` is the camera at the same position, `cameras[*]` each that says nothing itself.
    """

    to: str
    change: Change


@dataclass(frozen=True, slots=True)
class Used:
    """Not written, but other keys are understood with it."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not taken over."""

    why: str


Fate: TypeAlias = Moved | Used | Refused


def text(value: Any, rates: Rates) -> str:  # noqa: ANN401, ARG001 - a change takes any value
    """A name or an address."""
    if not isinstance(value, str) or not value:
        raise Unfit(f"expected text, got {value!r}")
    return value


def name_of_camera(value: Any, rates: Rates) -> str:  # noqa: ANN401 - a change takes any value
    """A name that can be a folder: other characters become `_`."""
    return camera_name(text(value, rates))


def number(value: Any, rates: Rates) -> float:  # noqa: ANN401, ARG001 - a change takes any value
    """A number that stays what it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(f"expected a number, got {value!r}")
    return value


def whole(value: Any, rates: Rates) -> int:  # noqa: ANN401 - a change takes any value
    """A count."""
    return int(number(value, rates))


def flag(value: Any, rates: Rates) -> bool:  # noqa: ANN401, ARG001 - a change takes any value
    """True or false."""
    if not isinstance(value, bool):
        raise Unfit(f"expected true or false, got {value!r}")
    return value


def opposite(value: Any, rates: Rates) -> bool:  # noqa: ANN401 - a change takes any value
    """A switch that now works the other way round."""
    return not flag(value, rates)


def frames_to_seconds(value: Any, rates: Rates) -> float:  # noqa: ANN401 - a change takes any value
    """A number of frames, in seconds."""
    return round(number(value, rates) / rates.frames, 6)


def model_file(value: Any, rates: Rates) -> str:  # noqa: ANN401 - a change takes any value
    """A model; PyTorch's own files and bare names become the ONNX file to export them to."""
    name = Path(text(value, rates))
    if name.suffix in {".onnx", ".xml"} or "openvino" in name.name:
        return str(name)
    if name.suffix in {".pt", ".pth", ".engine"}:
        return str(name.with_suffix(".onnx"))
    if not name.suffix:
        return f"{name}.onnx"
    raise Unfit(f"not a model that can be exported to ONNX: {value!r}")


LINKAGES: Final = {
    "single": "single",
    "complete": "complete",
    "average": "average",
    "mean": "mean",
    "mean_feature": "mean",
}


def linkage(value: Any, rates: Rates) -> str:  # noqa: ANN401 - a change takes any value
    """A linkage under today's name."""
    if text(value, rates) not in LINKAGES:
        raise Unfit(f"unknown linkage {value!r}; there are {', '.join(LINKAGES)}")
    return LINKAGES[value]


TRACKERS: Final = {
    "bytetrack": "bytetrack",
    "bytetrack_iou": "bytetrack",
    "deepsort": "deepsort",
    "sort": "sort",
    "ocsort": "ocsort",
    "botsort": "botsort",
}


def tracker(value: Any, rates: Rates) -> str:  # noqa: ANN401 - a change takes any value
    """A tracker under today's name."""
    if text(value, rates).lower() not in TRACKERS:
        raise Unfit(f"unknown tracker {value!r}; there are {', '.join(dict.fromkeys(TRACKERS))}")
    return TRACKERS[value.lower()]


def refining(value: Any, rates: Rates) -> dict[str, Any] | None:  # noqa: ANN401 - a change takes any value
    """A switch; off is null, on is a section with nothing changed."""
    return {} if flag(value, rates) else None


def store(value: Any, rates: Rates) -> str:  # noqa: ANN401 - a change takes any value
    """A database file."""
    return f"sqlite:///{text(value, rates)}"
