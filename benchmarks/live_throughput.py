"""How many frames/s the live line looks at, beside the limit of its parts and the naive way."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.live_throughput_clips import camera_clips
from benchmarks.live_throughput_marks import Asked, Span, asked
from benchmarks.live_throughput_ours import site_text
from benchmarks.live_throughput_parts import Parts
from benchmarks.many_readers import read_all
from benchmarks.table import Table

MODEL: Final = "weights/yolox_nano_416x416.onnx"
CAMERAS: Final = (2, 4)
SIZES: Final = ((640, 360), (1280, 720))  # px
ROUNDS: Final = 3
SECONDS: Final = 1.5  # of each measurement
WARM: Final = 0.7  # s before the first
FPS: Final = 25.0  # ticks/s of media time; every tick has a frame of every camera
PARTS_WITHIN: Final = 120.0  # s
AIMS: Final = {"no": 2.8, "yes": 2.3}  # times the naive version, by whether it is watched


@dataclass
class Course:
    """One setting, round by round."""

    cameras: int
    size: tuple[int, int]
    limits: list[Parts] = field(default_factory=list)
    ours: dict[str, list[Span]] = field(default_factory=lambda: {"no": [], "yes": []})
    naive: dict[str, list[Span]] = field(default_factory=lambda: {"no": [], "yes": []})


def throughput_table(data: Path, rounds: int = ROUNDS, seconds: float = SECONDS) -> Table:
    """Frames/s of all cameras together; ours, the parts and the naive version in turn."""
    courses = [Course(cameras, size) for size in SIZES for cameras in CAMERAS]
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for course in courses:
                _run(course, data, Path(folder), seconds)
    return Table(
        "The live line with YOLOX-nano, frames/s of all cameras together",
        (
            "cameras",
            "watched",
            "limit",
            "camweave",
            "of the limit",
            "CPU of limit",
            "naive",
            "times naive",
            "CPU ms a frame, ours / naive",
            "JPEGs a frame, ours / naive",
        ),
        [_cells(course, watched) for course in courses for watched in ("no", "yes")],
        [
            f"Median (least to most) of {rounds} rounds that alternate, {seconds:g} s each; the "
            "ratios are medians of the ratio within a round. Every frame of the files is looked "
            "at. *limit*: decoding, bare inference side by side, and drawing and encoding of the "
            "JPEGs that were made, each measured alone on all cores, one after the other. *CPU of "
            "limit*: the same by CPU time, which other users of the machine disturb less. "
            "*watched*: one MJPEG viewer of each camera, on the same cores. *naive*: documents 2 "
            "and 3, a thread, a session with default threads and an encoder for each camera. Aims: "
            f"0.90 of the limit, {AIMS['no']} times naive unwatched and {AIMS['yes']} watched."
        ],
    )


def _run(course: Course, data: Path, folder: Path, seconds: float) -> None:
    """One round of one setting."""
    clips = camera_clips(data, folder, course.size, course.cameras)
    model = data / MODEL
    site = folder / "site.yaml"
    site.write_text(site_text(clips, f"{{kind: yolo, model: {model}}}", FPS))
    course.limits.append(parts_of(model, clips))
    with asked("live_throughput_ours", [str(site), "lossless"]) as line:
        _measure(line, course, course.ours, seconds)
    with asked("naive_live", ["yolo", "0", str(model), *map(str, clips)]) as line:
        _measure(line, course, course.naive, seconds)


def parts_of(model: Path, clips: Sequence[Path]) -> Parts:
    """The bare costs, measured now in a process of their own."""
    command = [sys.executable, "-m", "benchmarks.live_throughput_parts", str(model)]
    done = subprocess.run(
        [*command, *map(str, clips)],
        check=True,
        capture_output=True,
        text=True,
        timeout=PARTS_WITHIN,
    )
    return Parts.read(done.stdout)


def _measure(line: Asked, course: Course, told: dict[str, list[Span]], seconds: float) -> None:
    """Without viewers, then with one of each camera."""
    line.over(WARM)
    told["no"].append(line.over(seconds))
    paths = [f"/c{at}.mjpg" for at in range(course.cameras)]
    with line.span(told["yes"]):
        read_all(("127.0.0.1", line.port), paths, seconds)


def _cells(course: Course, watched: str) -> list[str]:
    ours, naive = course.ours[watched], course.naive[watched]
    limits = [parts.limit(span.watched) for parts, span in zip(course.limits, ours, strict=True)]
    pairs = list(zip(ours, limits, naive, strict=True))
    width, height = course.size
    return [
        f"{course.cameras} of {width}x{height}",
        watched,
        _spread([1 / limit.wall for limit in limits]),
        _spread([span.rate for span in ours]),
        f"{median(span.rate * limit.wall for span, limit, _ in pairs):.2f}",
        f"{median(limit.cpu / span.cost for span, limit, _ in pairs):.2f}",
        _spread([span.rate for span in naive]),
        f"{median(span.rate / other.rate for span, _, other in pairs):.2f}",
        f"{1000 * median(s.cost for s in ours):.1f} / {1000 * median(s.cost for s in naive):.1f}",
        f"{median(s.watched for s in ours):.2f} / {median(s.watched for s in naive):.2f}",
    ]


def _spread(values: Sequence[float]) -> str:
    return f"{median(values):.0f} ({min(values):.0f}-{max(values):.0f})"
