"""The linker's thread, and those who ask it for something."""

from concurrent.futures import CancelledError

import pytest

from camweave.app.jobs.live.linking import Linking
from camweave.core.frame import CameraId
from camweave.core.topology import Topology
from camweave.linking.live.live import LiveLinker


def linking() -> Linking:
    return Linking(LiveLinker(Topology(cameras=(CameraId("gate"), CameraId("yard")))))


def test_what_is_asked_is_done_by_the_linkers_thread() -> None:
    with linking() as running:
        assert running.ask(lambda linker: linker.cameras).result(5) == ("gate", "yard")


def test_an_error_of_the_work_is_the_askers_and_the_linker_goes_on() -> None:
    with linking() as running:
        with pytest.raises(ZeroDivisionError):
            running.ask(lambda _: 1 / 0).result(5)
        assert running.ask(lambda _: "well").result(5) == "well"


def test_who_asks_once_it_is_over_is_told_so_and_does_not_wait_for_ever() -> None:
    with linking() as running:
        pass
    with pytest.raises(CancelledError):
        running.ask(lambda _: None).result(5)
