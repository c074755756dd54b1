"""Pictures that a served page shows: the newest ones, whatever becomes of broker and cameras."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import cv2
import numpy as np
from tests.support.broker_parts import connected
from tests.support.postgres import Postgres
from tests.support.rabbitmq import Node
from tests.support.results import Results, notice, number_in
from tests.support.serving import Page, serving
from tests.support.waiting import until

from camweave.broker.broker import Broker
from camweave.broker.sites import announce

SOON = 30.0  # s


def shown(page: Page, camera: str) -> int:
    """The number of the picture that is shown."""
    jpeg = np.frombuffer(page.read(f"/{camera}.jpg"), np.uint8)
    image = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    return -1 if image is None else number_in(image.astype(np.uint8))


@contextmanager
def paged(node: Node, folder: Path, site: str) -> Iterator[Page]:
    """A page over a site of which nothing was ever written down."""
    with serving(node, site=site, store=f"sqlite:///{folder}/none.db") as page:
        yield page


def test_the_newest_picture_is_shown_and_a_camera_that_ends_may_begin_anew(
    node: Node, broker: Broker, site: str, tmp_path: Path
) -> None:
    told = notice(site, "gate", "yard", lossless=False, linked=False)
    with Results(broker, told) as results, paged(node, tmp_path, site) as page:
        assert page.states() == {"gate": "starting", "yard": "starting"}
        results.frames("gate", range(200))
        until(lambda: shown(page, "gate") == 199, within=SOON)
        (track,) = page.get("/api/tracks?camera=gate")
        assert (track["key"], track["label"]) == (["gate", 1], "person")
        results.end("gate", 200)
        until(lambda: page.states()["gate"] == "ended", within=SOON)
        results.frames("gate", [0], epoch=1)
        until(lambda: page.states() == {"gate": "live", "yard": "starting"}, within=SOON)
        assert shown(page, "gate") == 0
        assert b'broker_connected{site="' + site.encode() in page.read("/metrics")


def test_before_a_site_is_published_its_page_says_so_and_then_shows_it(
    node: Node, broker: Broker, site: str, tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path}/none.db"
    with serving(node, waits=True, site=site, store=store) as page:
        waited = f"waiting for site {site} to be published"
        assert waited in page.tried("/")
        assert page.tried("/healthz") == "ok\n"
        assert page.tried("/readyz") == f"{waited}\n"
        announce(broker, notice(site, "gate", lossless=False, linked=False))
        until(lambda: "gate" in page.tried("/api/cameras"), within=SOON)
        assert page.tried("/readyz") == "ready\n"


def test_a_store_that_is_empty_yet_is_no_trouble(node: Node, broker: Broker, site: str) -> None:
    announce(broker, notice(site, "gate", lossless=False, linked=False))
    with Postgres() as server, serving(node, site=site, store=server.url) as page:
        time.sleep(1.0)  # in which it is asked more than once
        assert page.tried("/readyz") == "ready\n"


def test_a_site_that_is_published_otherwise_is_served_so_at_the_same_address(
    node: Node, broker: Broker, site: str, tmp_path: Path
) -> None:
    announce(broker, notice(site, "gate", lossless=False, linked=False))
    with paged(node, tmp_path, site) as page:
        assert list(page.states()) == ["gate"]
        more = notice(site, "gate", "yard", lossless=False, linked=False)
        with Results(broker, more) as results:
            until(lambda: "yard" in page.tried("/api/cameras"), within=SOON)
            results.frames("yard", [7])
            until(lambda: shown(page, "yard") == 7, within=SOON)


def test_a_broker_that_was_killed_comes_back_and_pictures_go_on(tmp_path: Path) -> None:
    folder, told = tmp_path / "node", notice("corner", "gate", lossless=False, linked=False)
    folder.mkdir()
    with (
        Node(folder) as node,
        connected(node) as broker,
        Results(broker, told) as results,
        paged(node, tmp_path, "corner") as page,
    ):
        results.frames("gate", [1])
        until(lambda: shown(page, "gate") == 1, within=SOON)
        time.sleep(3)  # RabbitMQ 3.10 loses a stream that is younger when it is killed
        node.kill()
        until(lambda: page.tried("/readyz").startswith("127.0.0.1"), within=SOON)
        assert page.get("/api/identities") == []  # the page itself goes on
        node.start()
        until(lambda: page.tried("/readyz") == "ready\n", within=SOON)
        numbers = count(2)
        until(lambda: goes_on(results, page, next(numbers)), within=SOON)


def goes_on(results: Results, page: Page, number: int) -> bool:
    """Whether a picture that is sent now comes."""
    results.frames("gate", [number])
    return shown(page, "gate") > 1
