"""Frames of a video file, with their times from the container."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from camweave.core.errors import SourceError
from camweave.core.frame import Frame, SourceInfo, Stamp
from camweave.formats.camera_name import checked_camera
from camweave.sources.media_clock import MediaClock
from camweave.sources.rate import checked_fps
from camweave.sources.reel import Reel

log = logging.getLogger(__name__)

FALLBACK_FPS = 25.0  # frames/s, where a container says nothing at all


class VideoSource:
    """A video file as a `Source`: upright BGR frames, the first at `offset` seconds.

    Times are those of the container, so a variable frame rate is kept; with `fps` given they are
    index / fps instead, for files that declare a rate they were not filmed at. The rotation a
    phone writes beside the pixels is applied; non-square pixels stay as they are stored.
    A damaged or cut file delivers what can be decoded, and then logs one warning.
    """

    def __init__(
        self, path: Path | str, *, camera: str, fps: float | None = None, offset: float = 0.0
    ) -> None:
        self._path = Path(path)
        self._camera = checked_camera(camera)
        self._fps = checked_fps(path, fps)
        self._offset = offset
        self._reel: Reel | None = None
        self._info: SourceInfo | None = None
        self._times: tuple[float, float] | None = None  # s of the first and the last frame
        self._delivered = 0

    @property
    def info(self) -> SourceInfo:
        """Size, rate and name; known once the source is open."""
        if self._info is None:
            raise SourceError(f"{self._path}: not open; use it in a `with` block")
        return self._info

    @property
    def delivered(self) -> int:
        """Frames delivered so far."""
        return self._delivered

    @property
    def delivered_fps(self) -> float | None:
        """Frames/s between the first and the last frame so far; None below two of them."""
        if self._times is None or self._times[1] <= self._times[0]:
            return None
        return (self._delivered - 1) / (self._times[1] - self._times[0])

    def __enter__(self) -> Self:
        reel = Reel(self._path)
        self._reel = reel
        height, width = reel.shown_size
        self._info = SourceInfo(
            camera=self._camera,
            width=width,
            height=height,
            fps=self._fps or reel.declared_fps or FALLBACK_FPS,
            declared_fps=reel.declared_fps,
            frame_count=reel.declared_frames,
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._reel is not None:
            self._reel.close()
            self._reel = None

    def __iter__(self) -> Iterator[Frame]:
        reel, info = self._reel, self.info
        if reel is None:
            raise SourceError(f"{self._path}: closed; use it inside its `with` block")
        clock = MediaClock(tick=reel.tick, step=1 / info.fps, offset=self._offset)
        for index, picture in enumerate(reel):
            time = clock.time_of(picture.pts if self._fps is None else None)
            if self._fps is not None:  # by index, not by adding up: no drift
                time = self._offset + index / self._fps
            self._times = (self._times[0] if self._times else time, time)
            self._delivered += 1
            yield Frame(Stamp(time, self._camera, index), reel.to_bgr(picture))
        for trouble in reel.troubles(self._delivered, clock.jumps):
            log.warning("%s: %s", self._path, trouble)
