"""Detection on the PETS clip, beside a bare loop that only runs the session on ready tensors."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.table import Table
from camweave.app.jobs.detect import detect
from camweave.app.runtime.ahead import ahead, batches
from camweave.core.arrays import F32
from camweave.core.frame import Frame
from camweave.detection.yolo import Yolo, YoloParams
from camweave.inference.session import Session
from camweave.inference.side_by_side import side_by_side
from camweave.ops.images import Canvas, levels
from camweave.sources.video import VideoSource

CLIP = "video/PETS09-S2L1_View001_480x360.mp4"
MODEL = "weights/yolox_nano_416x416.onnx"
TRUE_FPS = 7.0  # frames/s; the file declares 10
FRAMES = 480  # of the clip, in each round
READY = 120  # tensors of the bare loop, used in turn: more than any cache holds
ROUNDS = 7
BATCH = 8


@dataclass(frozen=True)
class Pace:
    """What a loop over the frames took, per frame."""

    wall: float  # s
    cpu: float  # s, of all threads


def detecting_table(data: Path, rounds: int = ROUNDS) -> Table:
    """Frames/s of the ways to detect, alternating, and each as a share of the bare loop."""
    yolo = Yolo(pets_params(data))
    session = yolo.network.session
    tensors = ready_tensors(data)
    loops: dict[str, Callable[[], Iterable[object]]] = {
        "bare session, ready tensors, one after the other": lambda: bare(session, tensors, 1),
        "bare session, ready tensors, side by side": lambda: bare(session, tensors, 0),
        "`Yolo.detect_each(source)`, decoding included": lambda: streamed(yolo, data),
        "`Yolo.detect(batch)`, decoding ahead in a thread": lambda: batched(yolo, data),
    }
    paces: dict[str, list[Pace]] = {name: [] for name in loops}
    for _ in range(rounds):
        for name, loop in loops.items():
            paces[name].append(paced(loop))
    yardstick = paces["bare session, ready tensors, side by side"]
    return Table(
        f"YOLOX-nano on the PETS clip (480x360, {FRAMES} frames), {session.backend}",
        ("loop", "frames/s", "CPU ms a frame", "speed of bare", "CPU of bare"),
        [row(name, of_loop, yardstick) for name, of_loop in paces.items()],
        [
            f"Median (least to most) of {rounds} rounds that alternate, {session.threads} runs "
            "side by side. The last two columns are medians of the ratio within a round; the CPU "
            "one is the bare loop's CPU time over the row's, which other users of the machine "
            "disturb less. The aim is 0.90 of the bare loop's speed."
        ],
    )


def row(name: str, paces: list[Pace], yardstick: list[Pace]) -> list[str]:
    """One loop in figures."""
    speeds = [1 / pace.wall for pace in paces]
    pairs = list(zip(paces, yardstick, strict=True))
    return [
        name,
        f"{median(speeds):.0f} ({min(speeds):.0f}-{max(speeds):.0f})",
        f"{1000 * median(pace.cpu for pace in paces):.1f}",
        f"{median(bare.wall / pace.wall for pace, bare in pairs):.2f}",
        f"{median(bare.cpu / pace.cpu for pace, bare in pairs):.2f}",
    ]


def paced(loop: Callable[[], Iterable[object]]) -> Pace:
    """How long each item of a loop took."""
    wall, cpu = time.perf_counter(), time.process_time()
    count = sum(1 for _ in loop())
    return Pace((time.perf_counter() - wall) / count, (time.process_time() - cpu) / count)


def bare(session: Session, tensors: F32, seats: int) -> Iterable[object]:
    """The session alone, `seats` runs side by side; 0: as many as it has threads."""
    name = session.inputs[0].name

    def run(_seat: int, row: int) -> object:
        return session.run({name: tensors[row % READY : row % READY + 1]})

    return side_by_side(run, range(FRAMES), seats or session.threads)


def streamed(yolo: Yolo, data: Path) -> Iterable[object]:
    """Frames decoded by whichever thread is free."""
    with VideoSource(data / CLIP, camera="pets", fps=TRUE_FPS) as source:
        yield from yolo.detect_each(islice(source, FRAMES))


def batched(yolo: Yolo, data: Path) -> Iterable[object]:
    """Frames decoded ahead by a thread of their own, found in batches."""
    with (
        VideoSource(data / CLIP, camera="pets", fps=TRUE_FPS) as source,
        ahead(islice(source, FRAMES), BATCH) as frames,
    ):
        for batch in batches(frames, BATCH):
            yield from yolo.detect(batch)


def ready_tensors(data: Path) -> F32:
    """The frames as the network takes them: (F, 3, 416, 416)."""
    with VideoSource(data / CLIP, camera="pets", fps=TRUE_FPS) as source:
        images: list[Frame] = list(islice(source, READY))
    tensors = np.empty((len(images), 3, 416, 416), np.float32)
    for tensor, frame in zip(tensors, images, strict=True):
        Canvas(tensor, levels((0, 0, 0), (1, 1, 1))).paint(frame.image, "top_left")
    return tensors


def pets_params(data: Path) -> YoloParams:
    """People on the PETS clip, the faint ones too."""
    return YoloParams(model=str(data / MODEL), classes=("person",), score=0.1)


def record_pets(data: Path, out: Path) -> None:
    """Detections of the whole clip, as the tracking benchmarks want them."""
    detect(data / CLIP, out, detector=pets_params(data), camera="pets", fps=TRUE_FPS)
