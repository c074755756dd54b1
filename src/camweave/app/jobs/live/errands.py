"""What other threads want done by the one to which things belong, between two of its rounds."""

from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Lock
from typing import TypeVar

T = TypeVar("T")


class Errands:
    """Any thread asks; one thread runs what was asked, in order."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._lock = Lock()
        self._closed = False

    def ask(self, work: Callable[[], T]) -> "Future[T]":
        """Have something done; its result or its error is in the future.

        Once it is closed, nothing is done any more: the future is cancelled.
        """
        future: Future[T] = Future()

        def asked() -> None:
            if self._closed or not future.set_running_or_notify_cancel():
                future.cancel()
                return
            try:
                result = work()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._lock:
            self._asked.put(asked)
            closed = self._closed
        if closed:
            self.run()
        return future

    def run(self) -> None:
        """Do all that was asked; or, once it is closed, let those who wait go."""
        while True:
            try:
                work = self._asked.get_nowait()
            except Empty:
                return
            work()

    def close(self) -> None:
        """Nobody runs errands any more."""
        with self._lock:
            self._closed = True
        self.run()
