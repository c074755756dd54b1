"""One annotated mp4 per camera."""

from pathlib import Path
from types import TracebackType
from typing import Self

from camweave.core.frame import Frame
from camweave.core.tracks import View
from camweave.sinks.annotate import Annotator
from camweave.sinks.video_file import VideoFile, VideoParams


class VideoSink:
    """Draws each view on its frame and appends it to an mp4, at its own time.

    Takes one camera's frames in order; a variable frame rate is kept. See `VideoFile` for what
    stands on the disk while it grows and after an error.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        fps: float,
        annotator: Annotator | None = None,
        params: VideoParams | None = None,
    ) -> None:
        self._file = VideoFile(path, fps=fps, params=params)
        self._annotator = annotator or Annotator()

    def __enter__(self) -> Self:
        self._file.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.__exit__(kind, error, trace)

    def write(self, frame: Frame, view: View) -> None:
        """Draw and append one frame."""
        self._file.add(self._annotator.draw(frame, view), frame.stamp.time)
