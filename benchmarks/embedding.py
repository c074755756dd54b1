"""Appearance: throughput beside a bare session loop, and how well vectors tell who is who."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.detecting import CLIP
from benchmarks.same_or_different import (
    Pairs,
    Sample,
    auc,
    pets_sample,
    same_camera,
    world_pairs,
    world_samples,
)
from benchmarks.table import Table
from camweave.core.arrays import F32, U8
from camweave.core.stages import Embedder
from camweave.embedding.histogram import Histogram
from camweave.embedding.params import HistogramParams, ReidParams
from camweave.embedding.pixels import Pixels
from camweave.embedding.reid import Reid
from camweave.inference.side_by_side import side_by_side

MODELS = ("osnet_x0_25_msmt17.onnx", "person-reidentification-retail-0248.onnx")
BATCH = 32
CROPS = 256  # in each round
ROUNDS = 7
HISTOGRAM = "histogram (no weights)"


def embedding_table(data: Path) -> Sequence[Table]:
    """Throughput, then the table of same-or-different AUC."""
    sample = pets_sample(data)
    return [speed_table(data, sample.crops), likeness_table(data, sample)]


def speed_table(data: Path, crops: Sequence[U8], rounds: int = ROUNDS) -> Table:
    """Crops/s of `embed` and of the bare session on the same tensors, in turns."""
    some = [crops[k % len(crops)] for k in range(CROPS)]
    rows: list[list[str]] = []
    for model in MODELS:
        reid = Reid(ReidParams(model=data / "weights" / model, batch=BATCH))
        tensors = ready_tensors(reid, some)
        loops: dict[str, Callable[[], object]] = {
            f"{model}: bare session loop": partial(bare, reid, tensors),
            f"{model}: `Reid.embed`": partial(reid.embed, some),
        }
        rows += speed_rows(loops, rounds)
    histogram = Histogram(HistogramParams())
    rows += speed_rows({HISTOGRAM: partial(histogram.embed, some)}, rounds)
    return Table(
        f"Embedding {CROPS} crops of the PETS clip, at most {BATCH} in one run",
        ("loop", "crops/s", "CPU ms a crop", "speed of bare", "CPU of bare"),
        rows,
        [
            f"Median (least to most) of {rounds} rounds that alternate. The bare loop runs the "
            "session on ready tensors, in as many runs side by side and of the same size. The "
            "last columns are medians of the ratio within a round. The aim is 0.90."
        ],
    )


def speed_rows(loops: dict[str, Callable[[], object]], rounds: int) -> list[list[str]]:
    """Each loop in figures, against the first."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in loops}
    for _ in range(rounds):
        for name, loop in loops.items():
            wall, cpu = time.perf_counter(), time.process_time()
            loop()
            times[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    first = next(iter(times.values()))
    rows = []
    for name, of_loop in times.items():
        speeds = [CROPS / wall for wall, _ in of_loop]
        shares = [
            f"{median(b[axis] / t[axis] for t, b in zip(of_loop, first, strict=True)):.2f}"
            for axis in (0, 1)
        ]
        rows.append(
            [
                name,
                f"{median(speeds):.0f} ({min(speeds):.0f}-{max(speeds):.0f})",
                f"{1000 * median(cpu for _, cpu in of_loop) / CROPS:.2f}",
                *(shares if len(loops) > 1 else ("", "")),
            ]
        )
    return rows


def ready_tensors(reid: Reid, crops: Sequence[U8]) -> F32:
    """The crops as the network takes them, one after the other."""
    return np.array(Pixels(reid.wants, len(crops)).paint(crops))


def bare(reid: Reid, tensors: F32) -> None:
    """The session alone: the same runs as `Reid.embed` makes."""
    session, name = reid.session, reid.wants.port.name
    size = reid.wants.port.shape[0] or BATCH

    def run(_seat: int, start: int) -> object:
        return session.run({name: tensors[start : start + size]})

    for _ in side_by_side(run, range(0, len(tensors), size), session.threads):
        pass


def likeness_table(data: Path, pets: Sample) -> Table:
    """Same-or-different AUC of each embedder: people on PETS, vehicles and people of the world."""
    embedders: dict[str, Embedder] = {
        model: Reid(ReidParams(model=data / "weights" / model)) for model in MODELS
    }
    embedders[HISTOGRAM] = Histogram(HistogramParams())
    found = [world_pairs(world, list(embedders.values())) for world in world_samples()]
    rows = []
    for place, (name, embedder) in enumerate(embedders.items()):
        cells = [f"{auc(same_camera(pets, embedder.embed(pets.crops))):.3f}"]
        for kind in (0, 1):
            pairs = Pairs.joined([of_world[kind][place] for of_world in found])
            cells += [f"{auc(pairs):.3f}", f"{auc(pairs.alike()):.3f}"]
        rows.append([name, *cells])
    return Table(
        "Same or different? AUC of the cosine of two vectors",
        ("embedder", "people, PETS", "vehicles", "look-alikes", "people", "look-alikes"),
        rows,
        [
            f"PETS: every tenth frame of {Path(CLIP).name}, all pairs of crops, boxes of the "
            "ground truth. The others: the small world (plaza, four cameras, two seeds), pairs of "
            "tracklets of different cameras, each the mean of at most ten crops; look-alikes are "
            "of one body and nearly one paint, or in nearly the same clothes."
        ],
    )
