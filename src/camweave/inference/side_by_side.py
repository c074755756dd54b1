"""Run a job over many items on several threads; from outside it is a plain loop in order."""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 2  # items taken beyond one for each seat, so that nobody waits for a slow consumer


def side_by_side(
    job: Callable[[int, Item], Result], items: Iterable[Item], seats: int
) -> Iterator[Result]:
    """`job(seat, item)` of each item, in order; at most `seats` at a time, one to a seat.

    The seat number (0 to seats - 1) is a job's right to buffers of its own. Items are taken by
    one thread at a time, whichever is free, and only a few ahead of the results asked for. The
    caller's thread works too; the others live only while the loop does: they are gone when it
    ends, is broken off, or raises what a job or the items raised.
    """
    if seats == 1:
        yield from (job(0, item) for item in items)
        return
    line = _Line(job, iter(items), seats)
    threads = [
        threading.Thread(target=line.work, args=(seat,), name=f"camweave-{seat}", daemon=True)
        for seat in range(1, seats)
    ]
    try:
        for thread in threads:
            thread.start()
        yield from line.results()
    finally:
        line.stop()
        for thread in threads:
            thread.join()


class _Failure:
    """What a job or the items raised, kept until its turn in the order comes."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


class _Line(Generic[Item, Result]):
    """One loop's state. Only the jobs and the taking of items happen outside `_turn`."""

    def __init__(
        self, job: Callable[[int, Item], Result], items: Iterator[Item], seats: int
    ) -> None:
        self._job = job
        self._items = items
        self._room = seats + AHEAD  # items taken and not yet given: bounds the memory
        self._turn = threading.Condition()
        self._done: dict[int, tuple[Result] | _Failure] = {}
        self._taken = 0
        self._given = 0
        self._taking = False
        self._ended = False  # nothing more is to be taken

    def results(self) -> Iterator[Result]:
        """What the jobs gave, in order; works on them while the next one is not ready."""
        while True:
            with self._turn:
                self._turn.wait_for(lambda: self._ready or self._may_take or self._spent)
                outcome = self._done.pop(self._given, None)
                if outcome is not None:
                    self._given += 1
                    self._turn.notify_all()
                elif self._may_take:
                    self._taking = True
                else:
                    return
            if outcome is None:
                self._step(0)
            elif isinstance(outcome, _Failure):
                raise outcome.error
            else:
                yield outcome[0]

    def work(self, seat: int) -> None:
        """Take and do, until nothing more is to be taken."""
        while True:
            with self._turn:
                self._turn.wait_for(lambda: self._may_take or self._ended)
                if self._ended:
                    return
                self._taking = True
            self._step(seat)

    def stop(self) -> None:
        """Take nothing more."""
        with self._turn:
            self._ended = True
            self._turn.notify_all()

    @property
    def _ready(self) -> bool:
        return self._given in self._done

    @property
    def _may_take(self) -> bool:
        return not (self._taking or self._ended) and self._taken - self._given < self._room

    @property
    def _spent(self) -> bool:
        return self._ended and not self._taking and self._given == self._taken

    def _step(self, seat: int) -> None:
        """Take one item, which `_taking` gave the right to, and do its job."""
        try:
            item = next(self._items)
        except StopIteration:
            self._took(last=True)
            return
        except BaseException as error:
            self._put(self._took(last=True, given=1), _Failure(error))
            return
        turn = self._took(given=1)
        try:
            self._put(turn, (self._job(seat, item),))
        except BaseException as error:
            self._put(turn, _Failure(error))

    def _took(self, *, given: int = 0, last: bool = False) -> int:
        """The taking is over: the number of what was taken."""
        with self._turn:
            number = self._taken
            self._taken += given
            self._taking = False
            self._ended = self._ended or last
            self._turn.notify_all()
        return number

    def _put(self, number: int, outcome: tuple[Result] | _Failure) -> None:
        with self._turn:
            self._done[number] = outcome
            self._ended = self._ended or isinstance(outcome, _Failure)
            self._turn.notify_all()
