"""Pictures of what is tracked: drawn and encoded in a thread of their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from camweave.app.runtime.writer import Writer
from camweave.core.detections import Detections
from camweave.core.frame import Frame, SourceInfo
from camweave.core.stages import Detector, Tracker
from camweave.core.tracks import View
from camweave.sinks.annotate import Annotator
from camweave.sinks.video import VideoSink

Draw: TypeAlias = Callable[[Frame, Detections], None]


@contextmanager
def drawing(path: Path, info: SourceInfo, detector: Detector, tracker: Tracker) -> Iterator[Draw]:
    """Takes every frame with its detections, in order; the mp4 is there when the block is left."""
    sink = VideoSink(path, fps=info.fps, annotator=Annotator(detector.class_names))
    with Writer(sink) as writer:

        def draw(frame: Frame, detections: Detections) -> None:
            writer.write(frame, View(frame.stamp, tracker.update(detections)))

        yield draw
