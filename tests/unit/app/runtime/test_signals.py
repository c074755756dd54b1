"""What the system asks of us."""

import os
import signal
from threading import Thread

import pytest
from tests.support.waiting import until

from camweave.app.runtime.signals import reload_asked, stop_asked


def test_sighup_asks_to_read_the_file_again_as_long_as_the_block_lasts() -> None:
    before = signal.getsignal(signal.SIGHUP)
    with reload_asked() as asked:
        assert not asked.is_set()
        os.kill(os.getpid(), signal.SIGHUP)
        until(asked.is_set, within=5)
        asked.clear()
        os.kill(os.getpid(), signal.SIGHUP)
        until(asked.is_set, within=5)
    assert signal.getsignal(signal.SIGHUP) == before


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_who_asks_to_stop_is_heard_and_who_asks_again_interrupts(by: int) -> None:
    before = signal.getsignal(by), signal.getsignal(signal.SIGTERM)
    with stop_asked() as asked:
        os.kill(os.getpid(), by)
        until(asked.is_set, within=5)
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - a signal comes when it likes
            os.kill(os.getpid(), by)
            until(lambda: False, within=5)
    assert (signal.getsignal(by), signal.getsignal(signal.SIGTERM)) == before


def test_another_thread_than_the_main_one_is_never_asked() -> None:
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            with reload_asked() as asked:
                assert not asked.is_set()
        except BaseException as error:  # told below
            failed.append(error)

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    if failed:
        pytest.fail(repr(failed[0]))
