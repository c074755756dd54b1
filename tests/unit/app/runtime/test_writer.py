"""Writing behind gives the inner sink what it was given, and tells of its trouble."""

import threading
import time
from types import TracebackType
from typing import Self

import numpy as np
import pytest

from camweave.app.runtime.writer import Writer
from camweave.core.errors import OutputError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.tracks import Tracks, View


def pair(index: int) -> tuple[Frame, View]:
    stamp = Stamp(float(index), CameraId("a"), index)
    nobody = Tracks(
        stamp,
        np.empty(0, np.int64),
        np.empty((0, 4), np.float32),
        np.empty(0, np.float32),
        np.empty(0, np.int32),
        np.empty(0, np.int64),
    )
    return Frame(stamp, np.zeros((2, 2, 3), np.uint8)), View(stamp, nobody)


class Notebook:
    """A sink that writes down what happens to it."""

    def __init__(self, *, full_after: int = 1000, slow: float = 0.0) -> None:
        self.written: list[int] = []
        self.ended_with: type[BaseException] | None = None
        self.closed = False
        self._full_after = full_after
        self._slow = slow

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closed, self.ended_with = True, kind

    def write(self, frame: Frame, view: View) -> None:
        assert frame.stamp == view.stamp
        if len(self.written) == self._full_after:
            raise OutputError("disk full")
        time.sleep(self._slow)
        self.written.append(frame.stamp.index)


def test_every_frame_is_written_in_order_before_the_block_is_left() -> None:
    book = Notebook(slow=0.001)
    with Writer(book, depth=3) as writer:
        for index in range(30):
            writer.write(*pair(index))
    assert book.written == list(range(30))
    assert book.closed
    assert book.ended_with is None


def test_the_sinks_trouble_reaches_whoever_writes() -> None:
    book = Notebook(full_after=2)
    with pytest.raises(OutputError, match="disk full"), Writer(book, depth=2) as writer:  # noqa: PT012 - the whole loop
        for index in range(1000):
            writer.write(*pair(index))
    assert book.ended_with is OutputError


def test_the_sinks_trouble_is_told_even_when_nothing_more_is_written() -> None:
    with pytest.raises(OutputError, match="disk full"), Writer(Notebook(full_after=0)) as writer:
        writer.write(*pair(0))


def test_a_broken_line_breaks_the_sink_too_so_that_it_keeps_no_half_file() -> None:
    book = Notebook()
    with pytest.raises(KeyboardInterrupt), Writer(book) as writer:  # noqa: PT012 - the whole loop
        writer.write(*pair(0))
        raise KeyboardInterrupt
    assert book.closed
    assert book.ended_with is KeyboardInterrupt


def test_the_thread_is_gone_when_the_block_is_left() -> None:
    before = threading.active_count()
    with Writer(Notebook()) as writer:
        writer.write(*pair(0))
    assert threading.active_count() == before
