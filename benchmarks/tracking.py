"""Speed of tracking alone, side by side: a fresh process for every run, the runs interleaved."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.peers.contestants import Contestant, contestants, run
from benchmarks.peers.exchange import Stream
from benchmarks.sequences import stream_of
from benchmarks.table import Table
from benchmarks.workloads import crowd, document_4

ROUNDS = 5


@dataclass(frozen=True)
class SpeedRow:
    """One tracker on one workload."""

    workload: str
    tracker: str
    frames_per_second: tuple[float, ...]  # of CPU time of one core, one value for each round


def speed_table(*, peers: bool = True, rounds: int = ROUNDS) -> tuple[list[SpeedRow], Table]:
    """Time every tracker on the specification's workload and on a crowd."""
    entrants, notes = contestants(peers=peers)
    workloads = [
        stream_of(document_4(), "document 4 (2025 frames, 8832 boxes)"),
        stream_of(crowd(), "crowd (300 frames, 200 objects)"),
    ]
    taken: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for entrant in list(entrants):
            try:
                _one_round(entrant, workloads, taken)
            except RuntimeError as error:
                notes.append(f"Left out: {error}.")
                entrants.remove(entrant)
    rows = [SpeedRow(workload, tracker, tuple(f)) for (workload, tracker), f in taken.items()]
    return rows, Table(
        "Tracking alone, frames/s of CPU time of one core",
        ("tracker", *(stream.name for stream in workloads)),
        [_cells(entrant, workloads, taken) for entrant in entrants],
        [f"Median (least to most) of {rounds} rounds, each a fresh, warmed-up process.", *notes],
    )


def _one_round(
    entrant: Contestant,
    workloads: Sequence[Stream],
    taken: dict[tuple[str, str], list[float]],
) -> None:
    found = run(entrant, workloads)
    for stream in workloads:
        speed = stream.frames / found[stream.name].seconds
        taken.setdefault((stream.name, entrant.name), []).append(speed)


def _cells(
    entrant: Contestant,
    workloads: Sequence[Stream],
    taken: dict[tuple[str, str], list[float]],
) -> list[str]:
    speeds = [taken[stream.name, entrant.name] for stream in workloads]
    return [entrant.name, *(f"{median(s):,.0f} ({min(s):,.0f}-{max(s):,.0f})" for s in speeds)]
