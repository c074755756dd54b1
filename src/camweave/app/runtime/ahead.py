"""Reading ahead: one thread fetches what comes next while the caller works on what it has."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from queue import Full, Queue
from threading import Event, Thread
from typing import Final, Generic, TypeVar

T = TypeVar("T")

PATIENCE: Final = 0.1  # s between two looks at whether the caller has gone


class Ahead(Generic[T]):
    """Items of `source` in order, fetched by one thread at most `depth` ahead.

    An error of the source appears where its next item would have been. `stop` ends the thread
    before it returns, so that the source can be closed safely.
    """

    def __init__(self, source: Iterable[T], depth: int) -> None:
        self._queue: Queue[T | None] = Queue(depth)  # None: no more
        self._stopped = Event()
        self._error: BaseException | None = None
        self._thread = Thread(target=self._fetch, args=(source,), name="read-ahead", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        while (item := self._queue.get()) is not None:
            yield item
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """End the thread; what it has fetched is dropped. Safe to call twice."""
        self._stopped.set()
        self._thread.join()

    def _fetch(self, source: Iterable[T]) -> None:
        try:
            for item in source:
                self._put(item)
                if self._stopped.is_set():
                    return
        except BaseException as error:
            self._error = error
        self._put(None)

    def _put(self, item: T | None) -> None:
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=PATIENCE)
            except Full:
                continue
            return


@contextmanager
def ahead(source: Iterable[T], depth: int) -> Iterator[Iterator[T]]:
    """`source`, read at most `depth` items ahead in a thread that ends with the block."""
    reader = Ahead(source, depth)
    try:
        yield iter(reader)
    finally:
        reader.stop()


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The same items, `size` at a time; the last list may be shorter."""
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
