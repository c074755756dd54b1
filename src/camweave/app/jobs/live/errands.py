"""Functions that one thread has another one call: the thread that owns the data they touch."""

from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Errand(Generic[T]):
    """A function to be called by another thread; its result or error will be in the `future`."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.future: Future[T] = Future()
        self._work = work

    def run(self) -> None:
        """Call it, unless the future was cancelled."""
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self._work()
        except BaseException as error:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)

    def cancel(self) -> None:
        """Never call it: whoever waits gets a `CancelledError`."""
        self.future.cancel()


class Errands:
    """A queue of errands: any thread asks, one thread runs them in order."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[Errand[Any]] = SimpleQueue()
        self._lock = Lock()
        self._closed = False

    def ask(self, work: Callable[[], T]) -> "Future[T]":
        """Have `work` called; its result or error will be in the future.

        After `close` nothing is called any more: the future is cancelled.
        """
        errand = Errand(work)
        with self._lock:
            self._asked.put(errand)
            closed = self._closed
        if closed:
            self.run()
        return errand.future

    def run(self) -> None:
        """Run all that waits; after `close`, cancel it."""
        while True:
            try:
                errand = self._asked.get_nowait()
            except Empty:
                return
            if self._closed:
                errand.cancel()
            else:
                errand.run()

    def close(self) -> None:
        """Cancel what waits, and whatever is asked from now on."""
        with self._lock:
            self._closed = True
        self.run()
