"""An annotated mp4 of each camera, and its last picture, as they were shown."""

import logging
from contextlib import ExitStack
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from typing import Final, Self

from camweave.app.jobs.live.live_site import Sight
from camweave.core.arrays import U8
from camweave.core.errors import OutputError
from camweave.core.frame import CameraId
from camweave.formats.atomic import written_whole
from camweave.ops.jpeg import jpeg
from camweave.sinks.annotate import AnnotateParams, Annotator
from camweave.sinks.video_file import VideoFile, VideoParams

log = logging.getLogger(__name__)

WAITING: Final = 64  # pictures that may wait to be drawn; more are left out of the films
QUALITY: Final = 95  # of the last picture
LONGEST: Final = 600.0  # s of a film: nobody's disk is filled by a demo
LIGHT: Final = VideoParams(preset="superfast")


class Films:
    """Draws and encodes in a thread of its own. Open it with `with`; the line never waits."""

    def __init__(self, folder: Path, *, fps: float, class_names: tuple[str, ...] = ()) -> None:
        self.made: tuple[Path, ...] = ()  # once closed
        self.left_out = 0  # pictures for which there was no time
        self._folder, self._fps, self._names = folder, fps, class_names
        self._waiting: Queue[Sight | None] = Queue(WAITING)
        self._thread = Thread(target=self._run, name="films", daemon=True)
        self._last: dict[CameraId, U8] = {}
        self._error: OutputError | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the films.

        Raises:
            OutputError: one could not be written.
        """
        self._waiting.put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def hear(self, sight: Sight) -> None:
        """Take a picture, if there is time for it."""
        try:
            self._waiting.put_nowait(sight)
        except Full:
            self.left_out += 1

    def _run(self) -> None:
        try:
            with ExitStack() as ends:
                self._film(ends)
            for camera, image in self._last.items():
                self._keep(camera, image)
        except OutputError as error:
            self._error = error
            self._let_go()

    def _film(self, ends: ExitStack) -> None:
        reels: dict[CameraId, tuple[Annotator, VideoFile, float]] = {}
        while (sight := self._waiting.get()) is not None:
            frame, view = sight.look.frame, sight.look.view
            camera, time = frame.stamp.camera, frame.stamp.time
            if camera not in reels:
                file = VideoFile(self._folder / f"{camera}.mp4", fps=self._fps, params=LIGHT)
                annotator = Annotator(self._names, AnnotateParams())
                reels[camera] = annotator, ends.enter_context(file), time
            annotator, file, began = reels[camera]
            image = annotator.draw(frame, view, sight.global_id)
            self._last[camera] = image
            if time - began < LONGEST:
                file.add(image, time)
        self.made = tuple(self._folder / f"{camera}.mp4" for camera in sorted(reels))

    def _keep(self, camera: CameraId, image: U8) -> None:
        """The last picture, as a JPEG."""
        with written_whole(self._folder / f"{camera}.jpg") as part:
            part.write_bytes(jpeg(image, QUALITY))

    def _let_go(self) -> None:
        """Take what comes, so that its end is heard; nothing can be written."""
        log.warning("films: %s", self._error)
        while self._waiting.get() is not None:
            pass
