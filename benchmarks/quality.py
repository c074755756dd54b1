"""Identity quality, side by side: same frames, detections and scoring, default parameters."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.contestants import Contestant, contestants, run
from benchmarks.sequences import Workload, quality_workloads, table_of
from benchmarks.table import Table
from camweave.evaluation.evaluate import evaluate
from camweave.evaluation.scores import Scores, combine

COLUMNS = ("input", "tracker", "HOTA", "DetA", "AssA", "IDF1", "MOTA", "switches")


@dataclass(frozen=True)
class QualityRow:
    """One tracker on one workload."""

    workload: str
    tracker: str
    scores: Scores


def quality_table(
    data: Path, *, peers: bool = True, pets_detections: Path | None = None
) -> tuple[list[QualityRow], Table]:
    """Score every tracker on every workload; `pets_detections` adds YOLOX-nano on the PETS clip."""
    entrants, notes = contestants(peers=peers)
    rows = []
    for workload in quality_workloads(data, pets_detections):
        for entrant in entrants:
            try:
                rows.append(QualityRow(workload.name, entrant.name, _scored(entrant, workload)))
            except RuntimeError as error:
                notes.append(f"Left out: {error}.")
    return rows, Table("Identity quality", COLUMNS, [_cells(row) for row in rows], notes)


def _scored(entrant: Contestant, workload: Workload) -> Scores:
    found = run(entrant, [sequence.stream for sequence in workload.sequences])
    return combine(
        [
            evaluate(sequence.truth, table_of(found[sequence.stream.name]))
            for sequence in workload.sequences
        ]
    )


def _cells(row: QualityRow) -> list[str]:
    scores = row.scores
    shares = (
        scores.hota,
        float(scores.by_alpha.det_a.mean()),
        float(scores.by_alpha.ass_a.mean()),
        scores.idf1,
        scores.mota,
    )
    switches = str(scores.clear.switches)
    return [row.workload, row.tracker, *(f"{share:.4f}" for share in shares), switches]
