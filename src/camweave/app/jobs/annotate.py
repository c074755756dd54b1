"""A video with its tracklets drawn on it."""

from pathlib import Path

import numpy as np

from camweave.app.build.sources import make_source
from camweave.app.jobs.watching import DEPTH
from camweave.app.runtime.ahead import ahead
from camweave.app.runtime.progress import Progress, silent
from camweave.app.runtime.writer import Writer
from camweave.core.frame import Stamp
from camweave.core.stages import Source
from camweave.core.tracks import Tracklets, Tracks, View
from camweave.sinks.annotate import Annotator
from camweave.sinks.video import VideoSink


def annotate(
    source: str | Path | Source,
    tracklets: Tracklets,
    out: str | Path,
    *,
    progress: Progress = silent,
) -> None:
    """Draw boxes, ids and trails onto every frame, and write them as an mp4.

    Raises:
        SourceError: the source cannot be opened or decoded.
        OutputError: the video could not be written.
    """
    if isinstance(source, str | Path):
        source = make_source(str(source), camera=tracklets.camera, fps=tracklets.fps)
    drawer = Annotator(tracklets.class_names)
    sink = VideoSink(Path(out), fps=tracklets.fps, annotator=drawer)
    with source as opened, ahead(opened, DEPTH) as frames, Writer(sink) as writer:
        total = opened.info.frame_count
        rows = RowsByFrame(tracklets)
        for done, frame in enumerate(frames, 1):
            writer.write(frame, View(frame.stamp, rows.at(frame.stamp)))
            progress(tracklets.camera, done, total)


class RowsByFrame:
    """Tracklets, asked for one frame at a time."""

    def __init__(self, tracklets: Tracklets) -> None:
        self._tracklets = tracklets
        self._ids = tracklets.row_ids
        self._classes = np.repeat(tracklets.class_id, np.diff(tracklets.offsets))
        self._order = np.argsort(tracklets.frame, kind="stable")  # by frame, then by id
        self._frames = tracklets.frame[self._order]

    def at(self, stamp: Stamp) -> Tracks:
        """What is tracked in this frame."""
        first, last = np.searchsorted(self._frames, [stamp.index, stamp.index + 1])
        rows = self._order[first:last]
        return Tracks(
            stamp,
            self._ids[rows],
            self._tracklets.xyxy[rows],
            self._tracklets.score[rows],
            self._classes[rows],
            self._tracklets.detection[rows],
        )
