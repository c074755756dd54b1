"""Reading ahead gives what reading gives, and lets go of its thread."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.app.runtime.ahead import ahead, batches


@settings(max_examples=25)
@given(st.lists(st.integers(), max_size=40), st.integers(1, 5))
def test_the_items_are_those_of_the_source_in_order(items: list[int], depth: int) -> None:
    with ahead(items, depth) as reader:
        assert list(reader) == items


@given(st.lists(st.integers(), max_size=40), st.integers(1, 7))
def test_batches_lose_nothing_and_only_the_last_is_short(items: list[int], size: int) -> None:
    made = list(batches(items, size))
    assert [item for batch in made for item in batch] == items
    assert all(len(batch) == size for batch in made[:-1])
    assert all(made)


def test_an_error_comes_after_the_items_before_it() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    seen = []
    with ahead(source(), 4) as reader, pytest.raises(ValueError, match="broken"):  # noqa: PT012 - the whole loop
        for item in reader:
            seen.append(item)  # noqa: PERF402 - the error must not lose what came before it
    assert seen == [1]


def test_no_more_than_the_depth_is_fetched_before_it_is_wanted() -> None:
    fetched: list[int] = []
    third = threading.Event()

    def source() -> Iterator[int]:
        for item in range(100):
            fetched.append(item)
            if item == 2:
                third.set()
            yield item

    with ahead(source(), 2):
        assert third.wait(5)
    assert len(fetched) == 3  # two in the queue, one in the hand


def test_leaving_early_ends_the_thread_before_the_source_is_closed() -> None:
    before = threading.active_count()
    with ahead(iter(range(10_000)), 2) as reader:
        assert next(reader) == 0
    assert threading.active_count() == before


def test_an_interrupted_loop_ends_the_thread() -> None:
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt), ahead(iter(range(10_000)), 2) as reader:  # noqa: PT012 - the whole loop
        next(reader)
        raise KeyboardInterrupt
    assert threading.active_count() == before
