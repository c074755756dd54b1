"""How long linking takes and what memory it needs; each run is a process of its own."""

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from statistics import median
from typing import Literal, get_args

import numpy as np
from tests.made_up import made_up, one_crop_each

from benchmarks.origin_loop import origin_loop
from benchmarks.table import Table
from benchmarks.yardsticks import Tracks
from camweave.core.arrays import F32, F64, I64
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition
from camweave.linking.link import link
from camweave.linking.params import LinkParams

Who = Literal["path", "single", "complete", "average", "mean", "origin"]
World = Literal["journeys", "identical", "identical, one camera", "identical, at once"]
CAMERAS, DIMENSION, LEGS, STAY = 20, 256, 5, 10.0
TIMES = 3  # a run of 20,000 or fewer is repeated so often; the median counts
LONG = 20_000
LIMIT = 300.0  # s that a run may take; what takes longer is told as that
NAMES = {"path": "path (default)", "origin": "the origin's pairwise loop"}


@dataclass(frozen=True)
class Run:
    """What is timed: who links how many tracklets of what world."""

    who: Who
    count: int
    layout: bool = True
    world: World = "journeys"


@dataclass(frozen=True)
class Figures:
    """What it cost."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    identities: int


LATE = Figures(float("inf"), float("nan"), float("nan"), 0)  # did not end within LIMIT
GROWTH = (2_500, 5_000, 10_000, 20_000, 100_000)
SPEED: tuple[Run, ...] = (
    *(Run("path", count, layout) for layout in (True, False) for count in GROWTH),
    *(Run("average", count, layout) for layout in (True, False) for count in (10_000, 100_000)),
    *(Run("single", 10_000), Run("complete", 10_000), Run("mean", 10_000)),
    *(Run("origin", 1_000), Run("origin", 2_000), Run("origin", 10_000)),
)
CROWDS: tuple[Run, ...] = (
    *(Run("path", 100_000, False, world) for world in get_args(World)[1:]),
    *(Run(who, 100_000, True, "identical") for who in ("single", "complete", "average", "mean")),
    Run("average", 100_000, False, "identical, at once"),
)


def linking_speed_tables() -> list[Table]:
    """Ours at up to 100,000 tracklets; the origin's loop where it ends in time; and crowds."""
    found = {run: measured(run) for run in SPEED}
    ratio = found[Run("origin", 10_000)].seconds / found[Run("average", 10_000)].seconds
    growth = found[Run("path", 100_000)].seconds / found[Run("path", 10_000)].seconds
    notes = [
        f"At 10,000 the origin's loop takes {ratio:,.0f} times as long as our clustering and grows "
        f"with the square; ten times 10,000 tracklets take the path linker {growth:.1f} times as "
        "long.",
        f"Median of {TIMES} runs up to {LONG:,}. Without interpreter start-up and the kernels' "
        "compilation; peak of the whole process, with its tracklets.",
    ]
    crowds = {run: measured(run) for run in CROWDS}
    title = f"Linking: {DIMENSION}-d, {CAMERAS} cameras, as many tracklets a minute at any size"
    return [
        _table(title, found, notes),
        _table("Linking: 100,000 tracklets that look alike to the last digit", crowds, []),
    ]


def _table(title: str, found: dict[Run, Figures], notes: list[str]) -> Table:
    rows = [
        [
            NAMES.get(run.who, run.who),
            run.world,
            f"{run.count:,}",
            "yes" if run.layout else "no",
            *_told(cost),
        ]
        for run, cost in found.items()
    ]
    columns = ("linkage", "world", "tracklets", "layout", "seconds", "CPU s", "MiB", "identities")
    return Table(title, columns, rows, notes)


def _told(cost: Figures) -> tuple[str, ...]:
    if cost is LATE:
        return f"> {LIMIT:.0f}", "", "", ""
    seconds, cpu = f"{cost.seconds:.2f}", f"{cost.cpu_seconds:.2f}"
    return seconds, cpu, f"{cost.peak_mib:.0f}", f"{cost.identities:,}"


def measured(run: Run) -> Figures:
    """The median run by seconds, each in a process of its own; `LATE` if one does not end."""
    times = TIMES if run.count <= LONG and run.who != "origin" else 1
    command = [sys.executable, "-m", "benchmarks.linking_speed", json.dumps(asdict(run))]
    done = []
    for _ in range(times):
        try:
            told = subprocess.run(command, capture_output=True, check=True, timeout=LIMIT).stdout
        except subprocess.TimeoutExpired:
            return LATE
        done.append(Figures(**json.loads(told)))
    middle = median(cost.seconds for cost in done)
    return next(cost for cost in done if cost.seconds == middle)


def journeys(count: int, seed: int = 1) -> tuple[Sightings, Topology]:
    """Tracklets of objects that pass `LEGS` cameras of a ring, one after another."""
    rng = np.random.default_rng(seed)
    walkers = max(1, count // LEGS)
    who = np.repeat(np.arange(walkers), LEGS)
    n, leg = len(who), np.arange(len(who)) % LEGS
    start = rng.uniform(0, 0.36 * count, walkers)
    begin = start[who] + leg * 2 * STAY + rng.uniform(0, 3, n)
    camera = (rng.integers(0, CAMERAS, walkers)[who] + leg) % CAMERAS
    look = rng.normal(size=(walkers, DIMENSION))[who] + 0.6 * rng.normal(size=(n, DIMENSION))
    look /= np.linalg.norm(look, axis=1, keepdims=True)
    order = np.lexsort((begin, camera))
    names = tuple(CameraId(f"cam_{c:02}") for c in range(CAMERAS))
    sightings = _sightings(names, camera[order], begin[order], look[order].astype(np.float32))
    ring = zip(names, names[1:] + names[:1], strict=True)
    return sightings, Topology(
        cameras=names,
        transitions=tuple(Transition(source=s, target=t, least=0, most=20) for s, t in ring),
    )


def made(world: World, count: int) -> tuple[Sightings, Topology]:
    """A world of that kind, and its layout."""
    sightings, topology = journeys(count)
    n = len(sightings)
    camera: I64 = sightings.camera
    begin: F64 = sightings.begin
    look = np.ascontiguousarray(np.broadcast_to(_unit(), (n, DIMENSION)))
    match world:
        case "journeys":
            return sightings, topology
        case "identical":
            pass
        case "identical, one camera":
            camera, begin = np.zeros(n, np.int64), np.cumsum(np.full(n, STAY + 2))
        case "identical, at once":
            begin = np.linspace(0.0, 0.1, n)
    return _sightings(sightings.cameras, camera, begin, look), topology


def _unit() -> F32:
    look = np.random.default_rng(0).normal(size=DIMENSION)
    return (look / np.linalg.norm(look)).astype(np.float32)


def _sightings(
    names: tuple[CameraId, ...], camera: np.ndarray, begin: np.ndarray, look: np.ndarray
) -> Sightings:
    crops = one_crop_each(look, begin)
    return made_up(camera, begin, begin + STAY, cameras=names, frames=80, crops=crops)


def run_one(who: Who, sightings: Sightings, layout: Topology | None) -> int:
    """How many identities this contestant finds."""
    if who == "origin":
        look = sightings.crops.embedding.astype(np.float64)
        tracks = Tracks(sightings.camera, sightings.begin, sightings.end, look)
        assert layout is not None
        return len(origin_loop(tracks, layout, sightings.cameras, 0.5))
    linked = link(sightings, layout, LinkParams(linkage=who))
    return len(np.unique(linked.identities.identity))


def main(run: Run) -> None:
    """Run one, and print its figures as JSON."""
    sightings, topology = made(run.world, run.count)
    layout = topology if run.layout else None
    if run.who != "origin":
        run_one(run.who, *journeys(400))  # kernels are compiled, or loaded
    begun, cpu = time.perf_counter(), time.process_time()
    identities = run_one(run.who, sightings, layout)
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(asdict(Figures(seconds, cpu_seconds, peak, identities))))


if __name__ == "__main__":
    main(Run(**json.loads(sys.argv[1])))
