"""Side by side looks like a plain loop: order, seats, errors, and no thread left behind."""

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.inference.side_by_side import AHEAD, side_by_side


def square(_seat: int, number: int) -> int:
    time.sleep(0.0005 * (number % 3))  # the later may be ready first
    return number * number


@settings(max_examples=25)
@given(st.integers(0, 30), st.integers(1, 5))
def test_results_come_in_the_order_of_the_items(count: int, seats: int) -> None:
    assert list(side_by_side(square, range(count), seats)) == [n * n for n in range(count)]


def test_a_seat_is_taken_by_one_job_at_a_time_and_all_seats_are_used() -> None:
    taken: set[int] = set()
    used: set[int] = set()
    lock = threading.Lock()

    def job(seat: int, _item: int) -> None:
        with lock:
            assert seat not in taken
            taken.add(seat)
            used.add(seat)
        time.sleep(0.002)
        with lock:
            taken.remove(seat)

    assert len(list(side_by_side(job, range(30), 3))) == 30
    assert used == {0, 1, 2}


def test_jobs_do_run_at_the_same_time() -> None:
    together = threading.Barrier(2, timeout=10)

    def meet(_seat: int, _item: int) -> bool:
        together.wait()
        return True

    assert list(side_by_side(meet, range(4), 2)) == [True] * 4


def test_items_are_taken_by_one_thread_at_a_time() -> None:
    taking = threading.Lock()

    def items() -> Iterator[int]:
        for number in range(30):
            assert taking.acquire(blocking=False)
            time.sleep(0.0005)
            taking.release()
            yield number

    assert list(side_by_side(square, items(), 3)) == [n * n for n in range(30)]


def test_only_a_few_items_are_taken_ahead_of_a_slow_consumer() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    results = side_by_side(square, items(), 2)
    for given_so_far in range(1, 6):
        next(results)
        time.sleep(0.01)
        assert len(taken) <= given_so_far + 2 + AHEAD
    results.close()  # type: ignore[attr-defined]  # it is a generator


def fails_at_5(_seat: int, number: int) -> int:
    if number == 5:
        raise ValueError("five")
    return number


def gathered(results: Iterator[int], error: type[Exception]) -> list[int]:
    """What came before the error that must come."""
    got: list[int] = []
    with pytest.raises(error):  # noqa: PT012 - what came before it is the point
        while True:
            got.append(next(results))
    return got


@pytest.mark.parametrize("seats", [1, 3])
def test_an_error_of_a_job_is_raised_in_its_turn(seats: int) -> None:
    assert gathered(side_by_side(fails_at_5, range(100), seats), ValueError) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("seats", [1, 3])
def test_an_error_of_the_items_is_raised_after_what_came_before(seats: int) -> None:
    def items() -> Iterator[int]:
        yield from range(4)
        raise OSError("the camera is gone")

    assert gathered(side_by_side(square, items(), seats), OSError) == [0, 1, 4, 9]


def workers() -> set[str]:
    return {t.name for t in threading.enumerate() if t.name.startswith("camweave-")}


def test_no_thread_is_left_when_the_loop_has_ended() -> None:
    list(side_by_side(square, range(10), 3))
    assert not workers()


def test_no_thread_is_left_when_the_loop_is_broken_off() -> None:
    results = side_by_side(square, iter(range(10**9)), 3)
    assert next(results) == 0
    assert workers()
    results.close()  # type: ignore[attr-defined]  # it is a generator
    assert not workers()


def test_no_thread_is_left_after_an_error() -> None:
    with pytest.raises(ValueError, match="five"):
        list(side_by_side(fails_at_5, iter(range(10**9)), 3))
    assert not workers()


def test_one_seat_takes_an_item_only_when_it_is_asked() -> None:
    numbers = iter(range(10))
    results = side_by_side(square, numbers, 1)
    next(results)
    assert next(numbers) == 1
