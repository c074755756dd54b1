"""What other threads want done by the one to which things belong, between two of its rounds."""

from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Errand(Generic[T]):
    """Work for another thread; its result or its error will be in the `future`."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.future: Future[T] = Future()
        self._work = work

    def run(self) -> None:
        """Do it, unless nobody wants it any more."""
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self._work()
        except BaseException as error:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)

    def let_go(self) -> None:
        """Never do it: whoever waits is told so, by `CancelledError`."""
        self.future.cancel()


class Errands:
    """Any thread asks; one thread runs what was asked, in order."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[Errand[Any]] = SimpleQueue()
        self._lock = Lock()
        self._closed = False

    def ask(self, work: Callable[[], T]) -> "Future[T]":
        """Have something done; its result or its error is in the future.

        Once it is closed, nothing is done any more: the future is cancelled.
        """
        errand = Errand(work)
        with self._lock:
            self._asked.put(errand)
            closed = self._closed
        if closed:
            self.run()
        return errand.future

    def run(self) -> None:
        """Do all that was asked; or, once it is closed, let those who wait go."""
        while True:
            try:
                errand = self._asked.get_nowait()
            except Empty:
                return
            if self._closed:
                errand.let_go()
            else:
                errand.run()

    def close(self) -> None:
        """Nobody runs errands any more."""
        with self._lock:
            self._closed = True
        self.run()
