"""An hour of a site in minutes: memory, threads and file handles while cameras come and go.

`python -m benchmarks.live_soak PORT SECONDS` is the site, in a process of its own; it prints a
line of JSON at every mark.
"""

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Final

import numpy as np

from benchmarks.live_throughput_clips import camera_clips
from benchmarks.live_throughput_marks import ONE_BLAS_THREAD
from benchmarks.live_throughput_ours import free_port
from benchmarks.many_readers import read_all
from benchmarks.table import Table
from camweave.app.jobs.live.serving import served
from camweave.app.jobs.live.start import live_site
from camweave.app.jobs.live.station import LiveStation
from camweave.app.runtime.reader import ReaderParams
from camweave.app.site.load import read_site
from camweave.app.site.sections import Serve
from camweave.core.backoff import Backoff

CAMERAS: Final = 4
SIZE: Final = (320, 180)  # px
FPS: Final = 240.0  # frames/s of each camera
ORDINARY: Final = 8.0  # frames/s of an ordinary site, by which its hours are counted
HOLD: Final = 6.0  # s until a camera hangs up
MARKS: Final = 24
WARM: Final = 1 / 3  # of the time, that caches, galleries and pools take to fill
WATCHING: Final = (2.0, 3.0)  # s with viewers and without, by turns
MIB: Final = 1 << 20
SITE: Final = """
site: soak
live: {{fps: {fps}}}
detector: {{kind: motion}}
embedder: {{kind: histogram}}
linker: {{memory: 20}}
cameras:
{cameras}
"""


@dataclass(frozen=True)
class Held:
    """What the process held at a mark."""

    seconds: float
    frames: int  # that came, of all cameras
    looked: int  # at
    reconnects: int
    resident: float  # MiB
    threads: int
    handles: int


def soak_table(data: Path, minutes: float) -> Table:
    """What it held over time, and how that slopes."""
    with tempfile.TemporaryDirectory() as folder:
        clips = camera_clips(data, Path(folder), SIZE, CAMERAS)
        arguments = [f"{FPS:g}", f"{HOLD:g}", *map(str, clips)]
        with child("live_soak_cameras", arguments, 60 * minutes + 90) as cameras:
            port = int(next(cameras))
            with child("live_soak", [str(port), f"{60 * minutes}"], 60 * minutes + 60) as site:
                marks = [Held(**json.loads(line)) for line in site]
    if len(marks) < MARKS:
        raise RuntimeError(f"the soak ended after {len(marks)} of {MARKS} marks")
    settled = [mark for mark in marks if mark.seconds > WARM * marks[-1].seconds]
    hours = marks[-1].frames / CAMERAS / ORDINARY / 3600
    return Table(
        f"A compressed soak: {hours:.2f} hours of {CAMERAS} cameras in {minutes:g} minutes",
        ("", *(f"{mark.seconds:.0f} s" for mark in settled[:: len(settled) // 4]), "slope"),
        [
            _row("frames that came", "frames", settled),
            _row("looked at", "looked", settled),
            _row("reconnects", "reconnects", settled),
            _row("memory, MiB", "resident", settled, hours),
            _row("threads", "threads", settled, hours),
            _row("file handles", "handles", settled, hours),
        ],
        [
            f"HTTP cameras of {FPS:g} frames/s that hang up every {HOLD:g} s; `motion`, "
            f"`histogram`, linking; viewers come and go. An hour is {ORDINARY:g} frames/s of each "
            "camera. *slope*: per such hour, least squares over the marks after the first third. "
            "Threads and handles go up and down by those of the viewers and of a new connection. "
            "The naive version has no such row: it ends a camera at its first lost connection."
        ],
    )


def _row(title: str, name: str, marks: Sequence[Held], hours: float = 0.0) -> list[str]:
    told = [float(getattr(mark, name)) for mark in marks]
    shown = [f"{each:,.0f}" for each in told[:: len(told) // 4]]
    if not hours:
        return [title, *shown, ""]
    seconds = [mark.seconds for mark in marks]
    slope = float(np.polyfit(seconds, told, 1)[0]) * marks[-1].seconds / hours
    return [title, *shown, f"{slope:+.1f}"]


@contextmanager
def child(module: str, arguments: Sequence[str], longest: float) -> Iterator[Iterator[str]]:
    """The lines that a module says; it ends with the block, or after `longest` seconds."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    with subprocess.Popen(
        command, env=os.environ | ONE_BLAS_THREAD, stdout=subprocess.PIPE, text=True
    ) as process:
        limit = Timer(longest, process.kill)
        limit.start()
        assert process.stdout is not None
        try:
            yield iter(process.stdout)
        finally:
            limit.cancel()
            process.kill()


def main(port: int, seconds: float) -> None:
    """Run the site, with viewers by turns, and say what it holds."""
    cameras = "\n".join(
        f"  - {{name: c{at}, source: 'http://127.0.0.1:{port}/c{at}.mjpg'}}"
        for at in range(CAMERAS)
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "site.yaml")
        file.write_text(SITE.format(fps=f"{FPS:g}", cameras=cameras))
        site = read_site(file)
    watching = ReaderParams(backoff=Backoff(first=0.1, quick=0.2))
    with (
        live_site(site, watching=watching) as station,
        served(station, Serve(port=free_port())) as server,
        viewers(server.port),
    ):
        began = time.monotonic()
        for at in range(1, MARKS + 1):
            time.sleep(max(0.0, began + at * seconds / MARKS - time.monotonic()))
            print(json.dumps(asdict(held(station, time.monotonic() - began))), flush=True)
    os._exit(0)


def held(station: LiveStation, seconds: float) -> Held:
    """What this process holds now."""
    gc.collect()
    conditions = station.running.intake.conditions().values()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Held(
        seconds=seconds,
        frames=sum(each.frames for each in conditions),
        looked=sum(each.looked for each in station.cameras()),
        reconnects=sum(each.reconnects for each in conditions),
        resident=pages * os.sysconf("SC_PAGE_SIZE") / MIB,
        threads=count_of("/proc/self/task"),
        handles=count_of("/proc/self/fd"),
    )


def count_of(folder: str) -> int:
    """Entries of a folder."""
    return sum(1 for _ in Path(folder).iterdir())


@contextmanager
def viewers(port: int) -> Iterator[None]:
    """One viewer of each camera, by turns there and away."""
    stop = Event()
    with_them, without = WATCHING

    def come_and_go() -> None:
        while not stop.wait(without):
            with suppress(OSError):
                paths = [f"/c{at}.mjpg" for at in range(CAMERAS)]
                read_all(("127.0.0.1", port), paths, with_them)

    thread = Thread(target=come_and_go, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
