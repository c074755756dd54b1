"""How fast the small world is rendered, with and without writing it to video."""

import time
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.table import Table
from camweave.sinks.video_file import VideoFile
from camweave.sources.synthetic.scenarios import make_scenario
from camweave.sources.synthetic.source import SyntheticSource

ROUNDS = 3
SECONDS = 20.0


def rendering_table(rounds: int = ROUNDS) -> Table:
    """Frames/s in all of 4 cameras of 640x360, set-up (the world, the backdrops) included."""
    seeds = count(1)  # each run makes a world of its own
    runs = {
        encode: [_frames_per_second(next(seeds), encode=encode) for _ in range(rounds)]
        for encode in (0, 1)
    }
    rows = [
        [
            name,
            *(
                f"{median(part):.0f} ({min(part):.0f}-{max(part):.0f})"
                for part in zip(*runs[key], strict=True)
            ),
        ]
        for key, name in ((0, "rendered"), (1, "rendered and written as H.264"))
    ]
    return Table(
        "The small world: `plaza`, 4 cameras of 640x360, 20 s, frames/s in all",
        ("what", "set-up included", "once set up"),
        rows,
        [f"Median (least to most) of {rounds} rounds. The aim is 60."],
    )


def _frames_per_second(seed: int, *, encode: int) -> tuple[float, float]:
    """With and without the time that setting up takes."""
    begun, rendering, frames = time.perf_counter(), 0.0, 0
    scenario = make_scenario("plaza", cameras=4, seconds=SECONDS, seed=seed)
    with TemporaryDirectory() as folder:
        for spec in scenario.cameras:
            with SyntheticSource(scenario, spec.name) as source:
                ready = time.perf_counter()
                frames += (
                    _write(source, Path(folder, f"{spec.name}.mp4")) if encode else _run(source)
                )
                rendering += time.perf_counter() - ready
    return frames / (time.perf_counter() - begun), frames / rendering


def _run(source: SyntheticSource) -> int:
    return sum(1 for _ in source)


def _write(source: SyntheticSource, path: Path) -> int:
    written = 0
    with VideoFile(path, fps=source.info.fps) as video:
        for frame in source:
            video.add(frame.image, frame.stamp.time)
            written += 1
    return written
