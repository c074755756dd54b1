"""Whole commands, start-up and all: `track` on the specification's workload, `batch`'s memory."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.processes import Finished, run_command
from benchmarks.table import Table
from benchmarks.workloads import document_4
from camweave.formats.detections import write_detections

RUNS = 5
SHORT, LONG = 20, 80  # s of video


def track_table(runs: int = RUNS) -> Table:
    """Wall time of `camweave track`: the first time on a machine, and every time after."""
    with TemporaryDirectory() as folder:
        detections, cache = Path(folder, "detections_raw.npz"), Path(folder, "cache")
        write_detections(detections, document_4())
        command: list[str | Path] = ["track", detections, "-o", Path(folder, "tracklets_raw.npz")]
        run_command(command)  # so that the ordinary cache is warm
        first = [run_command(command, fresh_cache=cache)]
        warm = [run_command(command) for _ in range(runs)]
    return Table(
        "`camweave track` on document 4's workload, import included",
        ("run", "wall s", "CPU s", "peak MiB"),
        [_cells("first on a machine: kernels compiled", first), _cells("every other", warm)],
        [f"Median (least to most); {runs} warm runs."],
    )


def memory_table() -> Table:
    """Peak memory of `camweave batch` on a short and a long video of the same scene."""
    rows = []
    with TemporaryDirectory() as folder:
        for seconds in (SHORT, LONG):
            site = Path(folder, str(seconds))
            run_command(
                ["simulate", "plaza", "-o", site, "--seconds", str(seconds), "--cameras", "1"]
            )
            done = run_command(["batch", site / "site.yaml", "-o", site / "out", "--video"])
            rows.append(_cells(f"{seconds} s of video", [done]))
    return Table(
        "`camweave batch --video`: memory against the length of the video",
        ("input", "wall s", "CPU s", "peak MiB"),
        rows,
    )


def _cells(name: str, runs: Sequence[Finished]) -> list[str]:
    figures = (
        [run.seconds for run in runs],
        [run.cpu_seconds for run in runs],
        [run.peak_mib for run in runs],
    )
    return [name, *(_spread(values) for values in figures)]


def _spread(values: Sequence[float]) -> str:
    middle = f"{median(values):.2f}" if median(values) < 100 else f"{median(values):.0f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.2f}-{max(values):.2f})"
