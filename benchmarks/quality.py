"""Identity quality, side by side: same frames, detections and scoring, default parameters."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import mean

from benchmarks.peers.contestants import AUTHORS, NAMES, Contestant, contestants, run
from benchmarks.sequences import (
    Workload,
    combined_workloads,
    looks_workload,
    pets_workload,
    scored,
)
from benchmarks.table import Table
from camweave.evaluation.scores import Scores, combine

SIDE_BY_SIDE = 2  # processes at once; nothing is timed here
COLUMNS = ("tracker", "HOTA", "DetA", "AssA", "IDF1", "MOTA", "switches")
ALL = "all data sets together"


@dataclass(frozen=True)
class Row:
    """One tracker on one workload."""

    workload: str
    tracker: Contestant
    scores: Scores


@dataclass(frozen=True)
class Quality:
    """What all trackers reached."""

    rows: list[Row]
    notes: list[str]

    def of(self, workload: str) -> list[Row]:
        """All trackers on one workload."""
        return [row for row in self.rows if row.workload == workload]

    def by_tracker(self, workloads: Sequence[str]) -> dict[Contestant, list[Scores]]:
        """What each tracker reached on these workloads."""
        by_tracker: dict[Contestant, list[Scores]] = {}
        for row in self.rows:
            if row.workload in workloads:
                by_tracker.setdefault(row.tracker, []).append(row.scores)
        return by_tracker


def quality_tables(
    data: Path, *, peers: bool = True, pets_detections: Path | None = None
) -> list[Table]:
    """Every tracker on every data set, and on all of them together; then those with appearance.

    `pets_detections` adds YOLOX-nano on the PETS clip, which is not counted into the rest.
    """
    counted = combined_workloads(data)
    extra = [pets_workload(data, pets_detections)] if pets_detections else []
    found = measured([*counted, *extra], looks=False, peers=peers)
    with_looks = looks_workload(data)
    looking = measured([with_looks], looks=True, peers=peers)
    names = [workload.name for workload in counted]
    return [
        combined_table(found, names),
        algorithm_table(found, names),
        *(_one_table(found, workload.name) for workload in (*extra, *counted)),
        _one_table(looking, with_looks.name),
    ]


def measured(workloads: Sequence[Workload], *, looks: bool, peers: bool) -> Quality:
    """All who can run here, on all of these."""
    entrants, notes = contestants(peers=peers)
    taking_part = [each for each in entrants if each.looks is looks and not each.whole]
    rows: list[Row] = []
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        jobs = [pool.submit(_all_scores, entrant, workloads) for entrant in taking_part]
        for job in jobs:
            try:
                rows += job.result()
            except RuntimeError as error:
                notes.append(f"Left out: {error}.")
    return Quality(rows, notes)


def _all_scores(entrant: Contestant, workloads: Sequence[Workload]) -> list[Row]:
    every = list(chain.from_iterable(workload.sequences for workload in workloads))
    found = run(entrant, [sequence.stream for sequence in every])
    return [
        Row(
            workload.name,
            entrant,
            combine([scored(each, found[each.stream.name]) for each in workload.sequences]),
        )
        for workload in workloads
    ]


def combined_table(quality: Quality, workloads: Sequence[str]) -> Table:
    """All data sets together, best first: counts added, and the plain mean over the data sets."""
    by_tracker = quality.by_tracker(workloads)
    together = {tracker: combine(scores) for tracker, scores in by_tracker.items()}
    rows = [
        [
            *_cells(tracker, together[tracker]),
            f"{mean(each.hota for each in by_tracker[tracker]):.4f}",
            f"{mean(each.idf1 for each in by_tracker[tracker]):.4f}",
        ]
        for tracker in sorted(together, key=lambda each: -together[each].hota)
    ]
    return Table(
        f"Identity quality: {ALL}",
        (*COLUMNS, "mean HOTA", "mean IDF1"),
        rows,
        [
            f"{'; '.join(workloads)}. Combined: the counts of all sequences are added, then the "
            "scores taken; the last two columns are plain means over the data sets.",
            *quality.notes,
        ],
    )


def algorithm_table(quality: Quality, workloads: Sequence[str]) -> Table:
    """Algorithm by algorithm on all data sets together: ours, the authors', the best peer's."""
    together = {who: combine(of) for who, of in quality.by_tracker(workloads).items()}
    algorithms = [who.algorithm for who in together if who.ours]
    rows = []
    for algorithm in algorithms:
        alike = {who: scores for who, scores in together.items() if who.algorithm == algorithm}
        ours = [scores for who, scores in alike.items() if who.ours]
        authors = [scores for who, scores in alike.items() if who.maker == AUTHORS]
        others = [scores for who, scores in alike.items() if not who.ours]
        hota = [_most(each.hota for each in group) for group in (ours, authors, others)]
        idf1 = [_most(each.idf1 for each in group) for group in (ours, authors, others)]
        rows.append([NAMES[algorithm], *hota, *idf1])
    whose = ("camweave", "authors'", "best peer's")
    columns = [f"{who} {score}" for score in ("HOTA", "IDF1") for who in whose]
    return Table(f"Identity quality, algorithm by algorithm: {ALL}", ("algorithm", *columns), rows)


def _most(scores: Iterable[float]) -> str:
    best = max(scores, default=None)
    return "" if best is None else f"{best:.4f}"


def _one_table(quality: Quality, workload: str) -> Table:
    rows = sorted(quality.of(workload), key=lambda row: -row.scores.hota)
    return Table(
        f"Identity quality: {workload}",
        COLUMNS,
        [_cells(row.tracker, row.scores) for row in rows],
    )


def _cells(tracker: Contestant, scores: Scores) -> list[str]:
    shares = (
        scores.hota,
        float(scores.by_alpha.det_a.mean()),
        float(scores.by_alpha.ass_a.mean()),
        scores.idf1,
        scores.mota,
    )
    return [tracker.name, *(f"{share:.4f}" for share in shares), str(scores.clear.switches)]
