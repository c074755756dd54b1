"""What a job took, by what it was spent on."""

import time

from camweave.app.runtime.progress import counted
from camweave.app.runtime.stopwatch import Stopwatch


def test_time_goes_to_the_part_it_was_spent_on() -> None:
    watch = Stopwatch()
    with watch.part("slow"):
        time.sleep(0.02)
    with watch.part("fast"):
        pass
    assert watch.parts["slow"] >= 0.02 > watch.parts["fast"]
    assert watch.seconds >= watch.parts["slow"]


def test_waiting_for_items_is_told_apart_from_working_on_them() -> None:
    watch = Stopwatch()
    for _ in watch.waiting("wait", range(3)):
        time.sleep(0.01)
    assert watch.parts["wait"] < 0.01
    assert watch.seconds >= 0.03


def test_progress_is_told_after_each_item() -> None:
    told: list[tuple[str, int, int | None]] = []
    items = counted("abc", lambda task, done, total: told.append((task, done, total)), "x", 3)
    assert list(items) == ["a", "b", "c"]
    assert told == [("x", 1, 3), ("x", 2, 3), ("x", 3, 3)]
