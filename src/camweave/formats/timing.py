"""`*_timing.json`: how long a stage took, beside what it wrote."""

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from camweave.formats.atomic import written_whole

SCHEMA = "camweave.timing/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What one stage took: `seconds` in all, `work_seconds` without reading and writing."""

    stage: str
    frames: int
    seconds: float  # s of wall time, with I/O
    work_seconds: float  # s of wall time, without I/O
    counts: Mapping[str, int] = field(default_factory=dict)  # detections, tracklets ...


def timing_path(output: Path) -> Path:
    """Where the timing of a stage's output goes.

    >>> timing_path(Path("out/detections_raw.npz")).name
    'detections_raw_timing.json'
    """
    return output.with_name(f"{output.stem}_timing.json")


def write_timing(path: Path, timing: Timing) -> None:
    """Write it as one JSON object; `null` stands for a rate over no time.

    Raises:
        OutputError: the file could not be written.
    """
    with written_whole(path) as part:
        part.write_text(json.dumps(report(timing), indent=2) + "\n", encoding="utf-8")


def report(timing: Timing) -> dict[str, object]:
    """What the file says, in the order it says it."""
    return {
        "schema": SCHEMA,
        "stage": timing.stage,
        "frames": timing.frames,
        **timing.counts,
        "seconds": round(timing.seconds, 6),
        "seconds_without_io": round(timing.work_seconds, 6),
        "frames_per_second": rate(timing.frames, timing.seconds),
        "frames_per_second_without_io": rate(timing.frames, timing.work_seconds),
        "versions": {
            "camweave": own_version(),
            "python": platform.python_version(),
            "numpy": np.__version__,
        },
    }


def rate(frames: int, seconds: float) -> float | None:
    """Frames per second, where time passed at all."""
    return round(frames / seconds, 1) if seconds > 0 else None


def own_version() -> str:
    """The installed version of camweave."""
    try:
        return version("camweave")
    except PackageNotFoundError:  # run from a folder, not installed
        return "unknown"
