"""How long linking takes and what memory it needs; each run is a process of its own."""

import json
import resource
import subprocess
import sys
import time
from typing import Literal

import numpy as np

from benchmarks.origin_loop import origin_loop
from benchmarks.table import Table
from benchmarks.yardsticks import Tracks
from camweave.core.frame import CameraId
from camweave.core.sightings import Crops, Paths, Sightings
from camweave.core.topology import Topology, Transition
from camweave.linking.cluster import cluster
from camweave.linking.link import link
from camweave.linking.params import LinkParams

Who = Literal["path", "average", "origin"]
CAMERAS, DIMENSION, LEGS, STAY = 20, 256, 5, 10.0
RUNS: tuple[tuple[Who, int, bool], ...] = (
    ("average", 2_000, True),
    ("average", 10_000, True),
    ("average", 10_000, False),
    ("average", 100_000, True),
    ("path", 10_000, True),
    ("path", 10_000, False),
    ("path", 100_000, True),
    ("origin", 500, True),
    ("origin", 1_000, True),
    ("origin", 2_000, True),
)
NAMES = {"path": "path (default)", "average": "average", "origin": "the origin's pairwise loop"}


def linking_speed_table() -> Table:
    """Ours at 10,000 and 100,000 tracklets; the origin's loop where it ends in time."""
    rows, seconds = [], {}
    for who, count, layout in RUNS:
        figures = run_apart(who, count, layout=layout)
        seconds[who, count, layout] = figures["seconds"]
        rows.append(
            [
                NAMES[who],
                f"{count:,}",
                "yes" if layout else "no",
                f"{figures['seconds']:.2f}",
                f"{figures['peak_mib']:.0f}",
                f"{figures['identities']:,.0f}",
            ]
        )
    ratio = seconds["origin", 2_000, True] / seconds["average", 2_000, True]
    growth = seconds["average", 100_000, True] / seconds["average", 10_000, True]
    return Table(
        f"Linking: {DIMENSION}-d, {CAMERAS} cameras, as many tracklets a minute at any size",
        ("linkage", "tracklets", "layout", "seconds", "peak MiB", "identities"),
        rows,
        [
            f"At 2,000 the origin's loop takes {ratio:,.0f} times as long as ours, and grows with "
            f"the square; ten times the tracklets take ours {growth:.1f} times as long.",
            "Without interpreter start-up and the kernels' first compilation; peak of the whole "
            "process.",
        ],
    )


def run_apart(who: Who, count: int, *, layout: bool) -> dict[str, float]:
    """Seconds, peak MiB and identities of one run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.linking_speed", who, str(count), str(int(layout))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


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


def _sightings(
    names: tuple[CameraId, ...], camera: np.ndarray, begin: np.ndarray, look: np.ndarray
) -> Sightings:
    n = len(begin)
    box, still = np.zeros((n, 4), np.float32), np.zeros((n, 2), np.float32)
    return Sightings(
        cameras=names,
        size=np.full((len(names), 2), 1000),
        camera=camera.astype(np.int64),
        tracklet_id=np.arange(1, n + 1),
        class_id=np.zeros(n, np.int32),
        begin=begin,
        end=begin + STAY,
        frames=np.full(n, 80),
        entry=box,
        exit=box,
        entry_motion=still,
        exit_motion=still,
        crops=Crops(np.arange(n + 1), begin, np.zeros(n, np.int64), look, np.ones(n, np.float32)),
        paths=Paths(np.zeros(n + 1, np.int64), np.empty(0), np.empty((0, 2)), np.empty(0)),
    )


def run_one(who: Who, sightings: Sightings, layout: Topology | None) -> int:
    """How many identities this contestant finds."""
    match who:
        case "average":
            labels = cluster(sightings, layout, LinkParams(linkage="average")).labels
            return len(np.unique(labels))
        case "path":
            return len(np.unique(link(sightings, layout).identities.identity))
        case "origin":
            look = sightings.crops.embedding.astype(np.float64)
            tracks = Tracks(sightings.camera, sightings.begin, sightings.end, look)
            assert layout is not None
            return len(origin_loop(tracks, layout, sightings.cameras, 0.5))


def main(who: Who, count: int, with_layout: bool) -> None:
    """Run one, and print its figures as JSON."""
    sightings, topology = journeys(count)
    layout = topology if with_layout else None
    if who != "origin":
        run_one(who, *journeys(200))  # kernels are compiled, or loaded
    begun = time.perf_counter()
    identities = run_one(who, sightings, layout)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mib": peak, "identities": identities}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "1")  # type: ignore[arg-type]  # ours
