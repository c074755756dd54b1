"""The line of one camera: frames are read ahead, looked at, and handed on one by one."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Final, Protocol, TypeAlias, runtime_checkable

from camweave.app.runtime.ahead import ahead, batches
from camweave.app.runtime.progress import Progress
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.core.detections import Detections
from camweave.core.frame import Frame
from camweave.core.stages import Detector, Source

BATCH: Final = 8  # frames that a detector gets at a time
DEPTH: Final = 8  # frames that are decoded while it works

Seen: TypeAlias = tuple[Frame, Detections]


@runtime_checkable
class StreamDetector(Protocol):
    """A detector that fetches the frames itself, beside its own work."""

    def detect_each(self, frames: Iterable[Frame]) -> Iterator[Seen]:
        """Each frame with what is in it, in order."""


@contextmanager
def watched(
    source: Source, detector: Detector, progress: Progress, watch: Stopwatch
) -> Iterator[Iterator[Seen]]:
    """Each frame of an open source with what was found in it, in order.

    Threads that read ahead end with the block. Counts `frames` and `detections`; `detect` is the
    time spent waiting for the next of them.
    """
    with closing(told(seen(source, detector), source, progress, watch)) as line:
        yield line


def told(
    pairs: Generator[Seen, None, None], source: Source, progress: Progress, watch: Stopwatch
) -> Generator[Seen, None, None]:
    """The same pairs, counted."""
    total, camera = source.info.frame_count, source.info.camera
    with closing(pairs):
        for frame, detections in watch.waiting("detect", pairs):
            watch.counts["frames"] += 1
            watch.counts["detections"] += len(detections)
            yield frame, detections
            progress(camera, watch.counts["frames"], total)


def seen(source: Source, detector: Detector) -> Generator[Seen, None, None]:
    """Frames and what is in them; what a detector cannot fetch itself a thread reads for it."""
    if isinstance(detector, StreamDetector):
        yield from detector.detect_each(source)
        return
    with ahead(source, DEPTH) as frames:
        for batch in batches(frames, BATCH):
            yield from zip(batch, detector.detect(batch), strict=True)
