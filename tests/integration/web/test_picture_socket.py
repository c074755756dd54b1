"""Pictures over one WebSocket: what a page may count on, without a browser and in a real one."""

import time
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser
from starlette.responses import FileResponse
from tests.integration.web.conftest import Serve, Served
from tests.support.picture_page import Shown, picture_page
from tests.support.small_show import (
    GATE,
    ROAD,
    SITE,
    YARD,
    counts_of,
    filming,
    frame_of,
    wait_until,
)
from websockets.exceptions import ConnectionClosed

from camweave.core.frame import CameraId

PAGE = Path(__file__).with_name("canvases.html")


def width_of(shown: Shown) -> int:
    image = cv2.imdecode(np.frombuffer(shown.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return int(image.shape[1])


def test_a_page_gets_each_of_its_cameras_at_its_width_and_no_other(served: Served) -> None:
    for index, camera in enumerate(SITE):
        served.showing.show(frame_of(camera, index, time=1.5 + index, size=(640, 360)))
    with picture_page(served.url) as page:
        told = page.watch(("road", 300), ("gate", None))
        assert told["watching"] == ["road", "gate"]
        assert told["began"] == served.began
        assert 0 < told["now"] <= time.time() - served.began
        shown = {each.index: each for each in (page.next(), page.next())}
    assert (shown[0].seq, shown[0].time, width_of(shown[0])) == (1, 3.5, 320)
    assert (shown[1].seq, shown[1].time, width_of(shown[1])) == (1, 1.5, 640)
    assert counts_of(served.showing, YARD).encoded == 0
    assert wait_until(lambda: served.audience.tally.viewers == 0)
    assert counts_of(served.showing, GATE).watches == 0


def test_cameras_that_there_are_not_are_named(served: Served) -> None:
    with picture_page(served.url) as page:
        told = page.watch(("roof", None), ("yard", None), ("cellar", 160))
        assert told["watching"] == ["yard"]
        assert told["unknown"] == ["roof", "cellar"]
        assert page.next().index == 0


def test_a_page_that_draws_nothing_is_sent_two_pictures_and_then_the_newest(
    served: Served,
) -> None:
    with picture_page(served.url) as page:
        page.watch(("gate", None))
        first = page.next(drawn=False)
        served.showing.show(frame_of(index=1))
        second = page.next(drawn=False)
        for index in range(2, 12):
            served.showing.show(frame_of(index=index))
            time.sleep(0.01)
        assert page.silent_for(0.2)
        page.drawn(second)
        assert (first.seq, second.seq, page.next().seq) == (0, 1, 11)


def test_a_new_list_takes_the_place_of_the_old_one_without_a_break(served: Served) -> None:
    with (
        filming(served.showing, 20, cameras=SITE, began=served.began),
        picture_page(served.url) as page,
    ):
        page.watch(("gate", None), ("yard", None))
        for _ in range(6):
            page.next()
        told = page.watch(("road", None), ("gate", 160))
        assert told["watching"] == ["road", "gate"]
        widths = {(shown.index, width_of(shown)) for shown in (page.next() for _ in range(8))}
        assert widths <= {(0, 320), (1, 160), (0, 640)}, "nothing of the old list after the answer"
        assert counts_of(served.showing, YARD).watches == 0
        assert page.watch()["watching"] == []
        assert page.silent_for(0.2)
        assert counts_of(served.showing, ROAD).watches == 0


def test_a_page_hears_that_its_camera_was_removed(served: Served) -> None:
    with picture_page(served.url) as page:
        page.watch(("gate", None), ("yard", None))
        page.next()
        page.next()
        served.showing.remove(GATE)
        assert page.said() == {"over": "gate"}
        served.showing.show(frame_of(YARD, 5))
        assert page.next().index == 1, "the others go on"


@pytest.mark.parametrize(
    "said",
    [
        "",
        "gate",
        "[]",
        '{"watch": "gate"}',
        '{"watch": [{"camera": "gate", "width": 0}]}',
        '{"watch": [{"camera": "gate", "fps": 5}]}',
        '{"watch": [' + ",".join(['{"camera": "gate"}'] * 257) + "]}",
        b"",
        b"\x00\x01",
        b"\x00" * 100,
    ],
)
def test_what_cannot_be_understood_ends_the_page_with_a_reason(
    served: Served, said: str | bytes
) -> None:
    with picture_page(served.url) as page:
        page.line.send(said)
        with pytest.raises(ConnectionClosed) as closed:
            page.line.recv(10)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
        assert closed.value.rcvd.reason.startswith("not understood: ")
    assert wait_until(lambda: served.audience.tally.viewers == 0)


def test_a_message_of_a_megabyte_is_not_even_read(served: Served) -> None:
    with picture_page(served.url) as page:
        with suppress(ConnectionClosed):
            page.line.send("x" * (1 << 20))
        with pytest.raises(ConnectionClosed):
            page.line.recv(10)
    assert wait_until(lambda: served.audience.tally.viewers == 0)


def test_pages_count_as_viewers(serve: Serve) -> None:
    served = serve(viewers=1)
    with picture_page(served.url) as page:
        page.watch(("gate", None))
        page.next()
        with picture_page(served.url) as second, pytest.raises(ConnectionClosed) as closed:
            second.line.recv(10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013


def test_a_page_is_told_to_go_when_the_server_stops(served: Served) -> None:
    with picture_page(served.url) as page:
        page.watch(("gate", None))
        page.next()
        began = time.monotonic()
        served.server.__exit__(None, None, None)
        assert time.monotonic() - began < 2.5, "0.3 s on a free machine"
        with pytest.raises(ConnectionClosed) as closed:
            page.line.recv(10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code in {1001, 1012}


def test_a_page_that_reads_nothing_does_not_keep_the_server_from_stopping(
    served: Served,
) -> None:
    with (
        filming(served.showing, 20, cameras=SITE, began=served.began, size=(640, 360)),
        picture_page(served.url) as page,
    ):
        page.line.send('{"watch": [{"camera": "gate"}, {"camera": "yard"}]}')
        time.sleep(0.5)
        began = time.monotonic()
        served.server.__exit__(None, None, None)
        assert time.monotonic() - began < 2.5


def test_nine_cameras_are_drawn_in_one_page_while_it_can_still_ask(
    served: Served, browser: Browser
) -> None:
    """Streams in images stop at six for each origin, and then nothing else gets through."""
    names = [CameraId(f"cam_{k}") for k in range(9)]
    for name in names:
        served.showing.add(name)
    page = browser.new_page(viewport={"width": 980, "height": 620})
    served.app.add_route("/canvases", lambda _: FileResponse(PAGE))
    with filming(served.showing, 10, cameras=names, began=served.began, size=(640, 360)):
        page.goto(f"{served.url}/canvases?{','.join(names)}")
        page.wait_for_function("Math.max(...drawn) >= 20", timeout=60_000)
        status, drawn = page.evaluate(
            "fetch('/gate.jpg').then(answer => [answer.status, drawn.slice()])"
        )
    page.close()
    assert status == 200
    assert min(drawn) >= 0.5 * max(drawn), "none of them is starved"
