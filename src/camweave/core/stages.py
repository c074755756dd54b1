"""The stages of the line, each a Protocol. Read this first.

    Source ─Frame→ Detector ─Detections→ Embedder ─Detections→ Tracker ─Tracks→ View → Sinks

An implementation inherits nothing; it only has these methods. Threads never enter a stage:
each is called by one caller at a time.
"""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self

from camweave.core.arrays import F32, U8, Bool
from camweave.core.detections import DetectionLog, Detections
from camweave.core.frame import Frame, SourceInfo
from camweave.core.remembered import Remembered
from camweave.core.tracks import Tracklets, Tracks, View


class Source(Protocol):
    """One camera's frames, in order of time. Open it with `with`, then iterate once."""

    @property
    def info(self) -> SourceInfo:
        """Size, rate and name; known once the source is open."""

    def __enter__(self) -> Self:
        """Open. Raises `SourceError` where that is not possible."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close; safe to call twice."""

    def __iter__(self) -> Iterator[Frame]:
        """Frames, index 0 first. A broken end is the end: what could be decoded is delivered."""


class Detector(Protocol):
    """Finds objects. It remembers per camera, if at all: one batch may hold frames of many.

    What it remembers is not `Resumable`: another detector begins to learn a camera anew, and the
    tracks go on.
    """

    @property
    def class_names(self) -> tuple[str, ...]:
        """What `class_id` counts."""

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """One `Detections` per frame, in the same order."""


class Embedder(Protocol):
    """Tells what objects look like. Stateless: crops of all cameras may share one batch."""

    @property
    def name(self) -> str:
        """What it is, what runs it and the length of its vectors, for messages and files."""

    @property
    def dimension(self) -> int:
        """D, the length of its vectors."""

    def embed(self, crops: Sequence[U8]) -> F32:
        """Vectors (N, D) of unit length of N crops, each (H, W, 3) BGR with H and W above 0.

        Crops may be views of frames; they are not changed.

        Raises:
            JobError: the model failed.
        """


class Resumable(Protocol):
    """A stage whose memory of its camera can be written down after any frame.

    Another one of the same parameters goes on from there, and gives what this one would, bit by
    bit.
    """

    def remembered(self) -> Remembered:
        """What it knows now; its size goes by what it follows."""

    def resume(self, remembered: Remembered) -> None:
        """Know this from now on, and nothing else.

        Raises:
            InputError: it is of another kind, of other parameters, of another version, or
                damaged. Nothing has changed then.
        """


class Tracker(Resumable, Protocol):
    """Follows the objects of one camera. Keeps the live tracks; hands out its own ids from 1."""

    def wants(self, detections: Detections) -> Bool:
        """(N,) the rows whose embedding would help it to decide; a tracker by motion wants none.

        To be asked before `update`, which takes the same detections with those rows embedded.
        """

    def update(self, detections: Detections) -> Tracks:
        """The confirmed tracks seen in this frame. Time comes from the stamp and never falls."""

    def track(self, log: DetectionLog) -> Tracklets:
        """The tracklets of a whole recording, from a new start: what `update` gives, faster."""


class Sink(Protocol):
    """Takes what a camera shows: a file, a stream. Open it with `with`."""

    def __enter__(self) -> Self:
        """Open. Raises `OutputError` where that is not possible."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish under the final name, or on an error leave nothing half-written under it."""

    def write(self, frame: Frame, view: View) -> None:
        """Take one frame and what was found in it."""
