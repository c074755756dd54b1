"""Speed of tracking alone, side by side: a fresh process for every run, the runs interleaved."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.peers.contestants import NAMES, Contestant, contestants, run
from benchmarks.peers.exchange import Stream
from benchmarks.sequences import stream_of
from benchmarks.table import Table
from benchmarks.workloads import crowd, document_4

ROUNDS = 5
ENOUGH = 8.0  # s; a tracker that has taken so long is not run again
VECTORS = 128  # numbers in an embedding
COMPARED = ("sort", "bytetrack", "weave", "ocsort", "deepsort", "botsort", "own")

Speeds = dict[Contestant, dict[str, list[float]]]
"""Of each tracker on each workload: frames/s of CPU time of one core, one value a round."""


@dataclass(frozen=True)
class SpeedRow:
    """One tracker: the median speed on each workload, and how often the best peer's that is."""

    tracker: Contestant
    speeds: Mapping[str, Sequence[float]]
    ratios: Mapping[str, float | None]


def speed_table(*, peers: bool = True, rounds: int = ROUNDS) -> tuple[list[SpeedRow], Table]:
    """Time every tracker on the specification's workload and on a crowd."""
    entrants, notes = contestants(peers=peers)
    plain, looking = made_up(0), made_up(VECTORS)
    speeds: Speeds = {each: {} for each in entrants if each.algorithm in COMPARED}
    spent = dict.fromkeys(speeds, 0.0)
    for _ in range(rounds):
        for entrant in [each for each in speeds if spent[each] < ENOUGH]:
            begun = time.perf_counter()
            try:
                _one_round(entrant, looking if entrant.looks else plain, speeds[entrant])
            except RuntimeError as error:
                notes.append(f"Left out: {error}.")
                del speeds[entrant]
            spent[entrant] += time.perf_counter() - begun
    names = [stream.name for stream in plain]
    rows = [SpeedRow(each, of, _ratios(each, speeds, names)) for each, of in speeds.items()]
    columns = [column for name in names for column in (name, "times")]
    return rows, Table(
        "Tracking alone, frames/s of CPU time of one core",
        ("tracker", *columns),
        [_cells(row, names) for row in rows],
        [_explained(rounds), *notes],
    )


def made_up(vectors: int) -> list[Stream]:
    """The two workloads, with embeddings of so many numbers if any."""
    return [
        stream_of(document_4(vectors=vectors), "document 4 (2025 frames, 8832 boxes)"),
        stream_of(crowd(vectors=vectors), "crowd (300 frames, 200 objects)"),
    ]


def _explained(rounds: int) -> str:
    return (
        f"Median (least to most) of up to {rounds} rounds, each a fresh, warmed-up process; a "
        f"tracker that has taken {ENOUGH:.0f} s is not run again. *times*: the speed over that of "
        "the fastest Python peer of the same algorithm. *with appearance*: an embedding of "
        f"{VECTORS} numbers is given with every box; otherwise none is. {NAMES['botsort']} is "
        "given no pictures."
    )


def _one_round(
    entrant: Contestant, workloads: Sequence[Stream], taken: dict[str, list[float]]
) -> None:
    found = run(entrant, workloads)
    for stream in workloads:
        speed = stream.frames / found[stream.name].seconds
        taken.setdefault(stream.name, []).append(speed)


def _ratios(entrant: Contestant, speeds: Speeds, names: Iterable[str]) -> dict[str, float | None]:
    """How often the speed of the fastest Python peer of the same algorithm this one's is."""
    peers = [each for each in speeds if _is_python_peer(each) and _alike(each) == _alike(entrant)]
    ratios: dict[str, float | None] = {}
    for name in names:
        best = max((median(speeds[peer][name]) for peer in peers), default=None)
        ratios[name] = median(speeds[entrant][name]) / best if best else None
    return ratios


def _is_python_peer(entrant: Contestant) -> bool:
    return not entrant.ours and not entrant.compiled and entrant.algorithm != "own"


def _alike(entrant: Contestant) -> tuple[str, bool]:
    return entrant.algorithm, entrant.looks


def _cells(row: SpeedRow, names: Iterable[str]) -> list[str]:
    cells = [row.tracker.name]
    for name in names:
        speeds, ratio = row.speeds[name], row.ratios[name]
        cells += [_spread(speeds), "" if ratio is None else f"{ratio:.1f}"]
    return cells


def _spread(speeds: Sequence[float]) -> str:
    middle = f"{median(speeds):,.0f}"
    return middle if len(speeds) == 1 else f"{middle} ({min(speeds):,.0f}-{max(speeds):,.0f})"
