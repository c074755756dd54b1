"""200 viewers of one camera: what each gets and costs, beside a bare loop and the naive way."""

import json
import subprocess
import sys
from statistics import mean, quantiles
from typing import Final

from benchmarks.many_readers import Heard, read_all
from benchmarks.mjpeg_servers import FPS, PATH, Spent
from benchmarks.table import Table

VIEWERS: Final = 200
SECONDS: Final = 8.0
WAYS: Final = {
    "bare": "a bare loop that writes the same bytes",
    "ours": "camweave",
    "naive": "naive: a thread and an encoder per viewer",
}


def mjpeg_table(viewers: int = VIEWERS, seconds: float = SECONDS) -> Table:
    """Pictures/s that viewers get, their age, and the CPU that each costs."""
    runs = {way: _run(way, viewers, seconds) for way in WAYS}
    base = _cost(*runs["bare"])
    heard = runs["bare"][1]
    kilobytes = heard.bytes / sum(heard.parts) / 1000
    return Table(
        f"{viewers} viewers of one camera at {FPS:.0f} frames/s, {kilobytes:.0f} kB each",
        (
            "server",
            "frames/s, worst viewer",
            "mean",
            "age ms, p50 / p95",
            "encodings/s",
            "CPU us per viewer and frame",
            "times bare",
            "peak MiB",
        ),
        [_cells(WAYS[way], *run, base) for way, run in runs.items()],
        [
            "All viewers in one process on the same two cores. CPU of the thread that writes, "
            "drawing and encoding not counted; of the whole process for the naive server, whose "
            "threads do both."
        ],
    )


def _run(way: str, viewers: int, seconds: float) -> tuple[Spent, Heard]:
    command = [sys.executable, "-m", "benchmarks.mjpeg_servers", way]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        port = int(child.stdout.readline())
        heard = read_all(("127.0.0.1", port), [PATH] * viewers, seconds)
        child.stdin.close()
        return Spent(**json.loads(child.stdout.readline())), heard


def _cost(spent: Spent, heard: Heard) -> float:
    """CPU s for one frame to one viewer."""
    return spent.cpu / spent.seconds / (sum(heard.parts) / heard.seconds)


def _cells(name: str, spent: Spent, heard: Heard, base: float) -> list[str]:
    cuts = quantiles(heard.ages, n=20)
    return [
        name,
        f"{min(heard.parts) / heard.seconds:.1f}",
        f"{mean(heard.parts) / heard.seconds:.1f}",
        f"{1000 * cuts[9]:.0f} / {1000 * cuts[18]:.0f}",
        f"{spent.encoded / spent.seconds:.1f}",
        f"{1e6 * _cost(spent, heard):.0f}",
        f"{_cost(spent, heard) / base:.1f}",
        f"{spent.peak_mib:.0f}",
    ]


if __name__ == "__main__":
    print(mjpeg_table().markdown())
