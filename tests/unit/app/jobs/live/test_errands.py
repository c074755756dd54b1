"""What other threads want done by the one to which things belong."""

from concurrent.futures import CancelledError
from functools import partial
from threading import Thread, get_ident

import pytest

from camweave.app.jobs.live.errands import Errands


def note(done: list[tuple[int, int]], number: int) -> None:
    done.append((number, get_ident()))


def test_errands_are_run_in_order_by_who_runs_them() -> None:
    errands = Errands()
    done: list[tuple[int, int]] = []
    futures = [errands.ask(partial(note, done, n)) for n in range(3)]
    assert not done
    errands.run()
    assert done == [(0, get_ident()), (1, get_ident()), (2, get_ident())]
    assert all(each.done() for each in futures)


def test_an_errand_that_fails_fails_for_who_asked() -> None:
    errands = Errands()
    failed, good = errands.ask(lambda: 1 // 0), errands.ask(lambda: 7)
    errands.run()
    assert good.result() == 7
    with pytest.raises(ZeroDivisionError):
        failed.result()


def test_nobody_waits_for_ever_at_a_closed_one() -> None:
    errands = Errands()
    before = errands.ask(lambda: 7)
    closer = Thread(target=errands.close)
    closer.start()
    closer.join()
    after = errands.ask(lambda: 7)
    for each in (before, after):
        with pytest.raises(CancelledError):
            each.result(1)
