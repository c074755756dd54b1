"""Files as cameras: played as if live, over and over if wished, or handed on whole."""

from collections.abc import Callable, Iterator
from threading import Event
from types import TracebackType
from typing import Final, Self

from camweave.core.errors import SourceError
from camweave.core.frame import Frame, SourceInfo, Stamp
from camweave.core.stages import Source
from camweave.sources.streams.pace import TOO_LATE, Pace

JOINS_LATER: Final = 5.0  # s behind at the first frame: a camera added to a site that runs
CATCHES_UP: Final = 5.0  # s in which a file opened after others may hurry after them


class Lossless:
    """A file as a `Stream`: every frame, in media time, as fast as they are taken."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stopped = Event()

    codec: str | None = None
    corrupt: int = 0
    clock_error: float | None = None

    @property
    def info(self) -> SourceInfo:
        """Size, rate and name; known once the source is open."""
        return self._source.info

    def __enter__(self) -> Self:
        self._source.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._source.__exit__(kind, error, trace)

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._source:
            if self._stopped.is_set():
                return
            yield frame

    def interrupt(self) -> None:
        """From another thread: end the iteration with the next frame."""
        self._stopped.set()


class Paced:
    """A file, a folder of images or a synthetic camera as a `Stream`, at the pace of the site.

    The capture time of a frame is when it is due: media time, laid on the site's clock by `pace`.
    With `loop` the file begins again at its end, one step later, and each round is an epoch.
    """

    codec: str | None = None
    corrupt: int = 0
    clock_error: float | None = None

    def __init__(self, connect: Callable[[], Source], pace: Pace, *, loop: bool = False) -> None:
        """`connect` makes the source of one round, not yet open."""
        self._connect = connect
        self._pace = pace
        self._loop = loop
        self._stopped = Event()
        self._source: Source | None = None
        self._info: SourceInfo | None = None
        self._shift = 0.0  # s: media time of this file's first round, for one that joins later
        self._began: float | None = None  # s on the site's clock of this file's first frame

    @property
    def info(self) -> SourceInfo:
        """Size, rate and name; known once the source is open."""
        if self._info is None:
            raise SourceError("not open; use it in a `with` block")
        return self._info

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._source is not None:
            self._source.__exit__(kind, error, trace)
            self._source = None

    def __iter__(self) -> Iterator[Frame]:
        begin, index, epoch = 0.0, 0, 0  # begin: s of media before this round
        while not self._stopped.is_set():
            first = last = None
            for frame in self._round():
                first, last = frame.stamp.time if first is None else first, frame.stamp.time
                time = self._shown(begin + frame.stamp.time)
                if time is None:
                    return
                yield Frame(Stamp(time, frame.stamp.camera, index, epoch), frame.image)
                index += 1
            if not self._loop or first is None or last is None:
                return
            begin += last - first + 1 / self.info.fps
            epoch += 1
            self._begin_again()

    def interrupt(self) -> None:
        """From another thread: end the iteration at once."""
        self._stopped.set()

    def _open(self) -> None:
        self._source = self._connect().__enter__()
        self._info = self._source.info

    def _begin_again(self) -> None:
        self.__exit__(None, None, None)
        self._open()

    def _round(self) -> Iterator[Frame]:
        return iter(self._source or ())

    def _shown(self, media: float) -> float | None:
        """Wait until a frame is due; when that is, or None where we are to stop first."""
        now = self._pace.now()
        late = now - self._pace.due(media + self._shift)
        if self._began is None:
            self._began = now
            self._shift = late if late > JOINS_LATER else 0.0
        if now - self._began > CATCHES_UP and late > TOO_LATE:
            self._pace.hold_back(media + self._shift)
        due = self._pace.due(media + self._shift)
        return None if self._stopped.wait(max(0.0, due - self._pace.now())) else due
