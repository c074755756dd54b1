"""How old a picture is when it reaches its viewer: at ease, and under twice what can be done."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Final

from benchmarks.live_throughput import MODEL, parts_of
from benchmarks.live_throughput_clips import FPS as CLIP_FPS
from benchmarks.live_throughput_clips import camera_clips
from benchmarks.live_throughput_marks import Asked, Span, asked
from benchmarks.live_throughput_ours import site_text
from benchmarks.live_throughput_parts import Parts
from benchmarks.many_readers import Heard, read_all
from benchmarks.table import Table
from camweave.inference.cores import usable_cores

CAMERAS: Final = 2
SIZE: Final = (640, 360)  # px
FPS: Final = 10.0  # ticks/s at ease
EASE: Final = 15.0  # s
NAIVE: Final = 20.0  # s at most: its age grows from the first second
OVERLOAD: Final = 2.0  # times what the line can do
MOST_FPS: Final = 240.0  # ticks/s
WARM: Final = 3.0  # s


@dataclass(frozen=True)
class Watched:
    """A run, and what its viewers got."""

    span: Span
    heard: Heard


def age_tables(data: Path, minutes: float) -> list[Table]:
    """Ages at ease, and at twice the load; ours beside the naive version."""
    with tempfile.TemporaryDirectory() as folder:
        clips = camera_clips(data, Path(folder), SIZE, CAMERAS)
        model, site = data / MODEL, Path(folder, "site.yaml")
        parts = parts_of(model, clips)
        able = _able(site, model, clips)
        heavy = min(MOST_FPS, OVERLOAD * able / CAMERAS)

        def both(fps: float, seconds: float) -> dict[str, Watched]:
            site.write_text(site_text(clips, f"{{kind: yolo, model: {model}}}", fps))
            naive = ["yolo", f"{fps}", str(model), *map(str, clips)]
            return {
                "camweave": _watched("live_throughput_ours", [str(site)], seconds),
                "naive": _watched("naive_live", naive, min(seconds, NAIVE)),
            }

        return [
            _at_ease(both(FPS, EASE), parts),
            _overloaded(both(heavy, 60 * minutes), heavy, able),
        ]


def _able(site: Path, model: Path, clips: Sequence[Path]) -> float:
    """Frames/s that our line can do, all cameras together, watched."""
    site.write_text(site_text(clips, f"{{kind: yolo, model: {model}}}", CLIP_FPS))
    return _watched("live_throughput_ours", [str(site), "lossless"], WARM).span.rate


def _watched(module: str, arguments: Sequence[str], seconds: float) -> Watched:
    told: list[Span] = []
    with asked(module, arguments, longest=seconds + 90) as line:
        line.over(WARM)
        with line.span(told):
            heard = _read(line, seconds)
    return Watched(told[0], heard)


def _read(line: Asked, seconds: float) -> Heard:
    paths = [f"/c{at}.mjpg" for at in range(CAMERAS)]
    return read_all(("127.0.0.1", line.port), paths, seconds)


def _at_ease(runs: dict[str, Watched], parts: Parts) -> Table:
    inference = parts.infer.wall * usable_cores()
    bound = 1 / FPS + inference
    return Table(
        f"Age of a picture at its viewer, {CAMERAS} cameras at {FPS:g} frames/s",
        ("line", "shown/s of a camera", "age ms, p50", "p95", "p99", "p95 by the bound"),
        [
            [
                name,
                f"{sum(run.heard.parts) / run.heard.seconds / CAMERAS:.1f}",
                *(f"{1000 * each:.0f}" for each in _cuts(run.heard.ages)),
                f"{_cuts(run.heard.ages)[1] / bound:.2f}",
            ]
            for name, run in runs.items()
        ],
        [
            "From capture (files as if live: when a frame is due) to its bytes at the client, over "
            f"loopback. *the bound*: one tick and one inference, {1000 / FPS:.0f} + "
            f"{1000 * inference:.0f} ms, the inference measured in the same run with the other "
            "core busy too. The aim is p95 by the bound below 1. The naive server sends each "
            "picture several times: its ages are of all that it sends."
        ],
    )


def _overloaded(runs: dict[str, Watched], fps: float, able: float) -> Table:
    rows = []
    for name, run in runs.items():
        third = len(run.heard.ages) // 3
        first, last = _cuts(run.heard.ages[:third]), _cuts(run.heard.ages[-third:])
        due = fps * CAMERAS * run.span.seconds
        rows.append(
            [
                name,
                f"{run.span.rate:.0f}",
                f"{1 - run.span.frames / due:.2f}",
                f"{1000 * first[0]:.0f} / {1000 * first[1]:.0f}",
                f"{1000 * last[0]:.0f} / {1000 * last[1]:.0f}",
                f"{last[0] / first[0]:.2f} / {last[1] / first[1]:.2f}",
            ]
        )
    seconds = runs["camweave"].span.seconds
    return Table(
        f"The same at {OVERLOAD:g} times what our line can do, {seconds / 60:.1f} minutes",
        (
            "line",
            "looked at/s",
            "passed over",
            "age ms in the first third, p50 / p95",
            "in the last third",
            "last by first",
        ),
        rows,
        [
            f"{CAMERAS} cameras of {fps:.0f} frames/s; our line can do {able:.0f} frames/s of both "
            f"together. The naive version has {NAIVE:.0f} s at most. *passed over*: share of the "
            "frames due that nobody looked at. Flat means *last by first* about 1. "
            "`--minutes 60` is the hour itself."
        ],
    )


def _cuts(ages: Sequence[float]) -> tuple[float, float, float]:
    """Percentiles 50, 95 and 99, s."""
    cuts = quantiles(ages, n=100)
    return cuts[49], cuts[94], cuts[98]
