"""What refinement is worth: identity scores before and after, and how long it takes."""

from collections.abc import Sequence
from pathlib import Path
from time import process_time

import numpy as np

from benchmarks.peers.camweave_trackers import log_of
from benchmarks.peers.exchange import Outcome
from benchmarks.sequences import Workload, combined_workloads, scored
from benchmarks.table import Table
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets
from camweave.evaluation.scores import Scores, combine
from camweave.refinement.changes import Changes
from camweave.refinement.refine import refine
from camweave.tracking.bytetrack import ByteTrack

COLUMNS = ("input", "HOTA", "IDF1", "MOTA", "switches", "tracks", "splits", "joins", "dropped")
SIZES = ((67, 81.0), (10_000, 3600.0))  # tracklets, s: the specification's document 4; an hour
FPS = 25.0
ROUNDS = 3


def refining_table(data: Path) -> list[Table]:
    """Quality on all public data, then speed."""
    return [quality_table(data), speed_table()]


def quality_table(data: Path) -> Table:
    """ByteTrack with our defaults, and the same refined with one set of parameters."""
    rows, before, after = [], [], []
    for workload in combined_workloads(data):
        plain, refined, changes = _both(workload)
        before.append(plain)
        after.append(refined)
        rows.append(_cells(workload.name, plain, refined, changes))
    rows.append(_cells("all together", combine(before), combine(after), []))
    return Table(
        "Refinement of ByteTrack's tracklets: before → after",
        COLUMNS,
        rows,
        ["Motion alone, no looks. DPM's scores are fed as they stand in the files."],
    )


def speed_table(rounds: int = ROUNDS) -> Table:
    """Made-up tracklets of a few seconds each."""
    rows = []
    for count, seconds in SIZES:
        tracklets = page(count, seconds)
        refine(page(20, 10.0))
        best = min(_seconds(tracklets) for _ in range(rounds))
        rows.append([f"{count:,}", f"{len(tracklets.frame):,}", f"{best:.2f}"])
    return Table("Time of refinement", ("tracklets", "rows", "s of CPU time, best of 3"), rows, [])


def page(count: int, seconds: float, seed: int = 0) -> Tracklets:
    """Straight walkers of 2 to 8 s, one row in twenty missing, spread over a recording."""
    rng = np.random.default_rng(seed)
    frames, boxes = [], []
    for _ in range(count):
        length = int(rng.integers(50, 200))
        seen = np.flatnonzero((rng.random(length) > 0.05) | (np.arange(length) == 0))
        x, y, height = rng.uniform((0, 200, 80), (1800, 800, 200))
        vx, vy = rng.normal(0, (60, 20)) / FPS
        centre = np.stack([x + vx * seen, y + vy * seen], axis=1)
        half = np.array([0.2, 0.5]) * height
        edges = np.concatenate([centre - half, centre + half], axis=1)
        boxes.append(edges + rng.normal(0, 2, edges.shape))
        frames.append(seen + int(rng.integers(0, int(seconds * FPS))))
    frame = np.concatenate(frames)
    return Tracklets(
        camera=CameraId("page"),
        fps=FPS,
        width=1920,
        height=1080,
        tracklet_id=np.arange(1, count + 1),
        class_id=np.zeros(count, np.int32),
        offsets=np.concatenate([[0], np.cumsum([len(f) for f in frames])]),
        frame=frame,
        time=frame / FPS,
        xyxy=np.concatenate(boxes).astype(np.float32),
        score=np.full(len(frame), 0.9, np.float32),
        detection=np.arange(len(frame)),
    )


def _seconds(tracklets: Tracklets) -> float:
    begin = process_time()
    refine(tracklets)
    return process_time() - begin


def _both(workload: Workload) -> tuple[Scores, Scores, list[Changes]]:
    """Scores of one workload before and after, and what was changed."""
    plain, refined, changes = [], [], []
    for sequence in workload.sequences:
        tracklets = ByteTrack().track(log_of(sequence.stream))
        done = refine(tracklets)
        plain.append(scored(sequence, _outcome(tracklets)))
        refined.append(scored(sequence, _outcome(done.tracklets)))
        changes.append(done.changes)
    return combine(plain), combine(refined), changes


def _outcome(tracklets: Tracklets) -> Outcome:
    xyxy = tracklets.xyxy.astype(np.float64)
    places = (xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2])
    return Outcome(np.column_stack([tracklets.frame, tracklets.row_ids, *places]), 0.0)


def _cells(name: str, before: Scores, after: Scores, changes: Sequence[Changes]) -> list[str]:
    pairs = ((before.hota, after.hota), (before.idf1, after.idf1), (before.mota, after.mota))
    counts = [
        str(sum(each.summary[kind] for each in changes)) if changes else ""
        for kind in ("splits", "joins", "dropped")
    ]
    return [
        name,
        *(f"{a:.4f} → {b:.4f} ({100 * (b - a):+.2f})" for a, b in pairs),
        f"{before.clear.switches} → {after.clear.switches}",
        f"{before.counts.result_ids} → {after.counts.result_ids}",
        *counts,
    ]
