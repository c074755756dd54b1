"""Writing behind: one thread draws and encodes while the caller works on the next frames."""

from collections.abc import Iterator
from queue import Full, Queue
from threading import Thread
from types import TracebackType
from typing import Final, Self, TypeAlias

from camweave.core.frame import Frame
from camweave.core.stages import Sink
from camweave.core.tracks import View

PATIENCE: Final = 0.1  # s between two looks at whether the thread still lives

Item: TypeAlias = tuple[Frame, View]


class Writer:
    """A sink that hands on to another one in a thread of its own, at most `depth` frames behind.

    `write` waits when the queue is full: a recording loses nothing. An error of the inner sink
    is raised by the next `write`, or when the block is left. The inner sink is opened, written
    and closed in the thread, which has ended when the block is left.
    """

    def __init__(self, sink: Sink, depth: int = 16) -> None:
        self._sink = sink
        self._queue: Queue[Item | None] = Queue(depth)  # None: no more
        self._broken: BaseException | None = None  # what the caller's block ended with
        self._error: BaseException | None = None
        self._thread = Thread(target=self._drain, name="write-behind", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def write(self, frame: Frame, view: View) -> None:
        """Queue one frame."""
        self._put((frame, view))
        if self._error is not None:
            raise self._error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._broken = error
        self._put(None)
        self._thread.join()
        if error is None and self._error is not None:
            raise self._error

    def _put(self, item: Item | None) -> None:
        while self._thread.is_alive():
            try:
                self._queue.put(item, timeout=PATIENCE)
            except Full:
                continue
            return

    def _drain(self) -> None:
        try:
            with self._sink as sink:
                for frame, view in self._items():
                    sink.write(frame, view)
        except BaseException as error:
            self._error = error

    def _items(self) -> Iterator[Item]:
        while (item := self._queue.get()) is not None and self._broken is None:
            yield item
        if self._broken is not None:
            raise self._broken  # so that the sink leaves no half file
