"""A window on a screen: the newest picture, whoever else watches, and however slowly."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from threading import Event, Thread

import numpy as np
import pytest
from tests.support.broker_parts import connected, waiting_in
from tests.support.rabbitmq import Node
from tests.support.results import SIZE, Results, notice, number_in
from tests.support.screen import Screen, virtual_screen
from tests.support.waiting import until

from camweave.app.jobs.roles.view import ONE, queues_of, view
from camweave.app.jobs.roles.view_window import Window
from camweave.broker.broker import Broker
from camweave.broker.consumer import Consumer
from camweave.broker.topology import Topology
from camweave.core.frame import CameraId
from camweave.sinks.colours import id_colour

GATE = CameraId("gate")
SOON = 30.0  # s
Watch = Callable[[Callable[[], None]], None]


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    with virtual_screen(tmp_path_factory.mktemp("screen")) as made:
        yield made


@pytest.fixture
def window(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("DISPLAY", screen.name)
    with Window("gate") as made:
        yield made


@pytest.fixture
def watch(broker: Broker, site: str, screen: Screen, window: Window) -> Watch:
    """See the gate while something happens in another thread."""

    def watched(happen: Callable[[], None]) -> None:
        stop, failed = Event(), list[BaseException]()

        def happening() -> None:
            try:
                until(lambda: bool(screen.shot().any()), within=SOON)  # now it takes what is sent
                happen()
            except BaseException as error:
                failed.append(error)
            stop.set()

        thread = Thread(target=happening)
        thread.start()
        view(broker, notice(site, "gate"), GATE, window=window, stop=stop)
        thread.join()
        assert not failed, failed

    return watched


def shown_on(screen: Screen) -> int:
    """The number of the picture at the screen's upper left."""
    return number_in(screen.shot()[: SIZE[1], : SIZE[0]])


def test_the_window_shows_the_newest_picture_with_who_is_in_it(
    node: Node, site: str, screen: Screen, watch: Watch
) -> None:
    def happen() -> None:
        with connected(node) as other, Results(other, notice(site, "gate")) as results:
            results.frames("gate", range(40))
            until(lambda: shown_on(screen) == 39, within=SOON)
            results.who(4.0, shown={"gate": {1: 7}})
            results.flush()
            results.frames("gate", [70, 71])
            until(lambda: shown_on(screen) == 71, within=SOON)
            edge = screen.shot()[100, 20 + 3].astype(int)
            assert np.abs(edge - id_colour(7)).max() < 45

    watch(happen)


def test_who_watches_slowly_or_not_at_all_disturbs_nobody(
    node: Node, site: str, screen: Screen, watch: Watch
) -> None:
    told = notice(site, "gate")
    topology = Topology(site=site, lossless=True)

    def happen() -> None:
        queues = queues_of(topology, GATE)
        with (
            connected(node) as other,
            Results(other, told) as results,
            Consumer(other, topology, queues, topology.following(*queues), params=ONE) as slow,
        ):
            results.frames("gate", [0])
            first = slow.take(SOON)  # and never settled
            assert first is not None
            results.frames("gate", range(1, 400))
            results.flush()
            until(lambda: shown_on(screen) == 399, within=SOON)
            assert waiting_in(other, queues[0].name) == 1
            first.ack()
            newest = slow.take(SOON)
            assert newest is not None
            assert newest.headers["frame"] == 399

    watch(happen)


@pytest.mark.parametrize("key", ["q", "Escape"])
def test_a_key_closes_the_window(broker: Broker, site: str, window: Window, key: str) -> None:
    window.room(SIZE)
    window._root.focus_force()
    window._root.after(50, lambda: window._root.event_generate(f"<Key-{key}>"))
    view(broker, notice(site, "gate"), GATE, window=window, stop=Event())
    assert not window.open


def test_a_picture_is_fitted_to_the_screen_and_to_the_window(
    screen: Screen, window: Window
) -> None:
    assert window.room((4000, 1000)) == (920, 230)  # 0.9 of 1024 px, whole px of each side
    window._root.geometry("400x300")
    window.turn()
    assert window.room((640, 480)) == (400, 300)
    assert window.room((640, 240)) == (400, 150)
    assert window.room((320, 240)) == (400, 300)  # it stays as somebody made it
    window.show(np.full((480, 640, 3), (10, 200, 90), np.uint8))
    window.turn()
    until(lambda: screen.shot()[299, 399].tolist() == [10, 200, 90], within=SOON)


def test_a_window_that_was_open_before_pictures_came_is_as_large_as_they_are(
    window: Window,
) -> None:
    assert window.room((640, 360)) == (640, 360)
    assert window.room((800, 600)) == (800, 600)
    assert window.room((320, 480)) == (320, 480)


NO_TOOLKIT = "import sys; sys.modules['tkinter'] = None; "
RUN = "from camweave.app.cli.main import main; main(['view', 'gate'])"


@pytest.mark.parametrize(
    ("before", "why"),
    [("", "no screen here (DISPLAY)"), (NO_TOOLKIT, "this Python has no tkinter (Debian: apt-get")],
)
def test_where_there_can_be_no_window_a_line_names_the_page(before: str, why: str) -> None:
    bare = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    program = [sys.executable, "-c", before + RUN]
    done = subprocess.run(program, env=bare, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert done.stderr.startswith(f"camweave: view: {why}")
    assert "open the page that `camweave serve`" in done.stderr
