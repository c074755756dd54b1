"""What the parts of the live line cost by themselves, each on all cores and nothing else beside it.

`python -m benchmarks.live_throughput_parts MODEL CLIP ...` prints them as a line of JSON.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from camweave.app.runtime.drawing import Drawing, Seen, ShowingParams
from camweave.core.frame import CameraId, Frame
from camweave.core.tracks import View
from camweave.detection.yolo import Yolo, YoloParams
from camweave.inference.cores import usable_cores
from camweave.inference.side_by_side import side_by_side
from camweave.ops.images import Canvas, levels
from camweave.sources.video import VideoSource
from camweave.tracking.bytetrack import ByteTrack

DECODED: Final = 200  # frames, on each core
RUNS: Final = 120  # of the network, in all
DRAWN: Final = 100  # pictures, on each core
READY: Final = 30  # frames of each clip that are drawn in turn
CAMERA: Final = CameraId("c0")


@dataclass(frozen=True)
class Cost:
    """What one frame takes of all cores together."""

    wall: float  # s
    cpu: float  # s


@dataclass(frozen=True)
class Parts:
    """The bare costs of a frame."""

    decode: Cost
    infer: Cost
    show: Cost  # drawing and encoding

    def limit(self, watched: float) -> Cost:
        """A frame of which the share `watched` is drawn, on cores that never wait."""
        return Cost(
            self.decode.wall + self.infer.wall + watched * self.show.wall,
            self.decode.cpu + self.infer.cpu + watched * self.show.cpu,
        )

    @staticmethod
    def read(text: str) -> "Parts":
        """From what `main` printed."""
        return Parts(**{name: Cost(**cost) for name, cost in json.loads(text).items()})


def measured(model: str, clips: Sequence[Path]) -> Parts:
    """Each part, after a round that warms it up."""
    yolo = Yolo(YoloParams(model=model))
    cores = usable_cores()
    own = [clips[at % len(clips)] for at in range(cores)]
    looked = [seen(yolo, clip) for clip in own]
    tensors = ready_tensors(yolo, [frame for each in looked for frame, _ in each])
    name = yolo.network.session.inputs[0].name

    def infer(runs: int) -> int:
        rows = (row % len(tensors) for row in range(runs))
        jobs = side_by_side(
            lambda _, row: yolo.network.session.run({name: tensors[row : row + 1]}), rows, cores
        )
        return sum(1 for _ in jobs)

    def all_cores(job: Callable[[int], int]) -> int:
        with ThreadPoolExecutor(cores) as pool:
            return sum(pool.map(job, range(cores)))

    infer(cores)
    return Parts(
        decode=cost(lambda: all_cores(lambda at: decode(own[at]))),
        infer=cost(lambda: infer(RUNS)),
        show=cost(lambda: all_cores(lambda at: show(yolo, looked[at]))),
    )


def cost(work: Callable[[], int]) -> Cost:
    """What each of the frames took that `work` counts."""
    wall, cpu = time.perf_counter(), time.process_time()
    count = work()
    return Cost((time.perf_counter() - wall) / count, (time.process_time() - cpu) / count)


def decode(clip: Path) -> int:
    """Frames to BGR."""
    with VideoSource(clip, camera=CAMERA) as source:
        return sum(1 for _ in islice(source, DECODED))


def show(yolo: Yolo, looked: Sequence[tuple[Frame, View]]) -> int:
    """Pictures drawn and encoded."""
    drawing = Drawing(CAMERA, yolo.class_names, ShowingParams())
    for frame, view in islice(again(looked), DRAWN):
        drawing.follow([view])
        drawing.jpeg(drawing.draw(Seen(frame, view, None)))
    return DRAWN


def again(looked: Sequence[tuple[Frame, View]]) -> Iterator[tuple[Frame, View]]:
    """The same over and over."""
    while True:
        yield from looked


def seen(yolo: Yolo, clip: Path) -> list[tuple[Frame, View]]:
    """Frames, and what is followed in them."""
    tracker = ByteTrack()
    with VideoSource(clip, camera=CAMERA) as source:
        found: Iterable[tuple[Frame, View]] = (
            (frame, View(frame.stamp, tracker.update(detections)))
            for frame, detections in yolo.detect_each(islice(source, READY))
        )
        return [*found]


def ready_tensors(yolo: Yolo, frames: Sequence[Frame]) -> np.ndarray:
    """The frames as the network takes them: (F, 3, H, W)."""
    size = yolo.network.height, yolo.network.width
    tensors = np.empty((len(frames), 3, *size), np.float32)
    for tensor, frame in zip(tensors, frames, strict=True):
        Canvas(tensor, levels((0, 0, 0), (1, 1, 1))).paint(frame.image, "top_left")
    return tensors


if __name__ == "__main__":
    print(json.dumps(asdict(measured(sys.argv[1], [Path(clip) for clip in sys.argv[2:]]))))
