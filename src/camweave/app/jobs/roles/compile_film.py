"""One camera's video: its pictures with who was in them, each at the time at which it was taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from camweave.app.runtime.drawing import Drawing, Seen, ShowingParams
from camweave.core.arrays import I64
from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId, Frame
from camweave.core.nearest import did_you_mean
from camweave.core.tracks import Tracks, View
from camweave.formats.messages.pictures import picture_of
from camweave.formats.messages.results import Found
from camweave.formats.messages.sites import SiteNotice
from camweave.sinks.annotate import AnnotateParams
from camweave.sinks.video_file import VideoFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What came of one camera."""

    camera: str
    video: str | None  # None: it had no frame, and so there is none
    frames: int
    seconds: float  # s from its first frame to its last
    lacking: str = ""  # what is missing, in a few words


class Film:
    """Draws and appends frame after frame. Open it with `with`; see `VideoFile`."""

    def __init__(self, path: Path, *, fps: float, began: float = 0.0) -> None:
        """`began` is s of Unix time at 0 of the stamps' clock, to show dates; else 0."""
        self.path, self.frames = path, 0
        self.first = self.last = 0.0  # s
        self._file = VideoFile(path, fps=fps)
        self._params = ShowingParams(annotate=AnnotateParams(began=began))
        self._drawing: Drawing | None = None

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

    def add(
        self, frame: Frame, tracks: Tracks, global_id: I64 | None, class_names: Sequence[str] = ()
    ) -> None:
        """Append one frame; with `global_id` None, tracks are shown by their own numbers."""
        stamp, view = frame.stamp, View(frame.stamp, tracks)
        if self._drawing is None:
            self._drawing = Drawing(stamp.camera, class_names, self._params)
            self.first = stamp.time
        self._drawing.follow([view])
        self._file.add(self._drawing.draw(Seen(frame, view, global_id)), stamp.time)
        self.frames, self.last = self.frames + 1, stamp.time

    def compiled(self, camera: CameraId, lacking: str = "") -> Compiled:
        """What came of it."""
        return Compiled(
            camera=camera,
            video=str(self.path) if self.frames else None,
            frames=self.frames,
            seconds=round(self.last - self.first, 3),
            lacking=lacking,
        )


def check_cameras(notice: SiteNotice, cameras: Iterable[CameraId]) -> None:
    """See that a site has these cameras.

    Raises:
        InputError: it has not; the message names the nearest one.
    """
    for camera in cameras:
        if camera not in notice.names:
            hint = did_you_mean(camera, notice.names)
            raise InputError(f"site {notice.address.site}: no camera {camera!r}{hint}")


def frame_of(found: Found) -> Frame:
    """The frame that a result came with.

    Raises:
        FileFormatError: it came without, or it is no picture.
    """
    if not found.picture:
        stamp = found.stamp
        raise FileFormatError(
            f"{stamp.camera}, frame {stamp.index}: its result came without a picture; compile from "
            "the store and the source file (--store, --source)"
        )
    return Frame(found.stamp, picture_of(found.picture, "jpeg", found.size))
