"""A camera that never ends: memory of each of our trackers over a million frames.

`python -m benchmarks.soak TRACKER VECTORS FRAMES` is one run, in a process of its own; it prints a
line of JSON at every mark.
"""

import gc
import json
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

import numpy as np

from benchmarks.peers.camweave_trackers import make_tracker
from benchmarks.peers.contestants import Contestant, contestants
from benchmarks.peers.environment import run_module
from benchmarks.table import Table
from benchmarks.tracking import VECTORS
from benchmarks.workloads import FPS, document_4
from camweave.core.detections import DetectionLog, Detections
from camweave.core.frame import CameraId, Stamp

FRAMES = 1_000_000
MARKS = (0.1, 0.5, 1.0)  # of the frames
SIDE_BY_SIDE = 2  # processes at once; nothing is timed here
CAMERA = CameraId("gate")
MIB = 1 << 20
OWN = "camweave"


@dataclass(frozen=True)
class Mark:
    """What a tracker held after so many frames."""

    frames: int
    resident: int  # bytes of the process
    state: int  # bytes of the tracker's own arrays


def soak_table(frames: int = FRAMES) -> Table:
    """Resident memory and live state at three marks, tracker by tracker."""
    entrants = [each for each in contestants(peers=False)[0] if each.ours and not each.whole]
    rows, notes = [], []
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for entrant, job in [(each, pool.submit(_soaked, each, frames)) for each in entrants]:
            try:
                rows.append(_cells(entrant.name, job.result()))
            except RuntimeError as error:
                notes.append(f"Left out: {entrant.name}: {error}.")
    titles = [f"{int(frames * mark):,} frames" for mark in MARKS]
    return Table(
        "A camera that never ends: MiB of the process, and KiB of the tracker's own state",
        ("tracker", *titles, "growth, MiB"),
        rows,
        [
            "Document 4's workload again and again, its clock going on: "
            f"{frames / FPS / 3600:.0f} hours of one camera. The growth is that of the process "
            "between the first mark and the last.",
            *notes,
        ],
    )


def _soaked(entrant: Contestant, frames: int) -> list[Mark]:
    vectors = str(VECTORS if entrant.looks else 0)
    said = run_module("ours", "benchmarks.soak", entrant.algorithm, vectors, str(frames))
    return [Mark(**json.loads(line)) for line in said.splitlines()]


def _cells(name: str, marks: Sequence[Mark]) -> list[str]:
    held = [f"{mark.resident / MIB:.1f}, {mark.state / 1024:.0f}" for mark in marks]
    return [name, *held, f"{(marks[-1].resident - marks[0].resident) / MIB:+.1f}"]


def soak(tracker_name: str, vectors: int, frames: int) -> Iterator[Mark]:
    """Run a tracker over so many frames, and say at every mark what it holds."""
    log = document_4(vectors=vectors)
    tracker = make_tracker(tracker_name, log.fps)
    marks = {int(frames * mark) for mark in MARKS}
    for done, detections in enumerate(_endless(log), 1):
        tracker.update(detections)
        if done in marks:
            gc.collect()
            yield Mark(done, _resident(), held_bytes(tracker))
        if done == frames:
            return


def _endless(log: DetectionLog) -> Iterator[Detections]:
    """The recording again and again, its clock and its count of frames going on."""
    frames = list(log.frames())
    for index in count():
        of = frames[index % len(frames)]
        stamp = Stamp(index / log.fps, CAMERA, index)
        yield Detections.trusted(stamp, of.xyxy, of.score, of.class_id, of.embedding)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def held_bytes(thing: object, seen: set[int] | None = None) -> int:
    """Bytes of the arrays that one of our own objects holds, however deep; each counted once."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    if isinstance(thing, dict):
        return sum(held_bytes(each, seen) for each in thing.values())
    if isinstance(thing, list | tuple | set):
        return sum(held_bytes(each, seen) for each in thing)
    if not type(thing).__module__.startswith(OWN):
        return 0
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    members = [*vars(thing).values()] if hasattr(thing, "__dict__") else []
    members += [getattr(thing, name) for name in slots if hasattr(thing, name)]
    return sum(held_bytes(each, seen) for each in members)


if __name__ == "__main__":
    name, vectors, frames = sys.argv[1:]
    for mark in soak(name, int(vectors), int(frames)):
        print(json.dumps(asdict(mark)), flush=True)
