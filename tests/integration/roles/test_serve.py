"""The page of a site that many machines work on: who is who, corrections, and what goes wrong."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, expect
from tests.support.broker_parts import connected
from tests.support.rabbitmq import Node
from tests.support.roles import SOON, Linker, process, published, store_of, working
from tests.support.serving import Page, serving
from tests.support.waiting import until
from tests.support.walk import CAMERAS, COATS, write_site

from camweave.app.jobs.roles.asking import Asking, NoLinkerError
from camweave.broker.topology import Topology
from camweave.core.events import Corrected
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.wishes import Lock
from camweave.formats.messages.asks import Said
from camweave.formats.messages.packed import Address
from camweave.store.store import Store, open_store

SITE = "served"
ENOUGH = 6  # identities


@dataclass
class Scene:
    """A site that was watched live, and whose linker and page still run."""

    node: Node
    url: str  # of the store
    store: Store
    page: Page  # that was there while it was watched
    linker: Linker

    def known(self) -> dict[int, set[tuple[str, int]]]:
        """Who is known in the store, and by which tracklets."""
        return {
            each.identity: {
                (visit.camera, visit.tracklet_id)
                for visit in self.store.journey(SITE, each.identity)
            }
            for each in self.store.identities(SITE)
            if each.confirmed is not None
        }


def stopped(publisher: Popen[str]) -> None:
    """End it as Ctrl-C does."""
    publisher.send_signal(signal.SIGINT)
    publisher.wait()


@pytest.fixture(scope="module")
def scene(node: Node, films: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    file = write_site(tmp_path_factory.mktemp("served"), films, SITE)
    file.write_text(file.read_text().replace("{fps: 10}", "{fps: 10, loop: true}"))
    with ExitStack() as ends:
        publisher = ends.enter_context(process(node, "publish", file))
        linker = Linker(node, SITE)
        ends.callback(linker.stop.set)
        ends.enter_context(working(node))
        page = ends.enter_context(serving(node, site=SITE))
        until(lambda: len(page.get("/api/identities")) >= ENOUGH, within=SOON)
        assert set(page.states().values()) == {"live"}
        stopped(publisher)
        until(lambda: set(page.states().values()) == {"ended"}, within=SOON)
        url = store_of(file)
        store = ends.enter_context(open_store(url, read_only=True))
        yield Scene(node, url, store, page, linker)


def test_the_page_shows_who_is_who_as_the_linker_says(scene: Scene) -> None:
    until(lambda: scene.page.identities() == scene.known(), within=SOON)
    assert len(scene.known()) >= ENOUGH
    assert list(scene.page.states()) == list(CAMERAS)
    cards = scene.page.get("/api/identities")
    assert {card["label"] for card in cards} == {"person"}
    assert any(card["portraits"] for card in cards)
    counts = scene.page.get("/api/counts")
    assert counts["in_all"] == [len(cards)]


def test_a_correction_on_the_page_is_in_the_store_and_taken_back(scene: Scene) -> None:
    until(lambda: scene.page.identities() == scene.known(), within=SOON)
    before = scene.known()
    identity = next(each for each, tracklets in before.items() if len(tracklets) > 1)
    camera, number = max(before[identity])
    split = {"identity": identity, "tracklets": [{"camera": camera, "tracklet_id": number}]}
    status, answer = scene.page.post("/api/identities/split?who=Ada", split)
    assert status == 200, answer
    assert scene.page.identities() == scene.known() != before
    said = scene.store.corrections(SITE)[answer["correction"]]
    assert (said.kind, said.who) == ("split", "Ada")
    status, _ = scene.page.post("/api/identities/undo", {"correction": answer["correction"]})
    assert status == 200
    assert scene.page.identities() == scene.known() == before
    assert not scene.store.corrections(SITE)


def test_what_cannot_be_is_refused_with_the_reason(scene: Scene) -> None:
    status, told = scene.page.post("/api/identities/merge", {"one": 1, "other": 4000})
    assert (status, "identity 4000 was never given out" in told) == (409, True)


def test_who_looks_like_a_picture_is_told(scene: Scene) -> None:
    until(lambda: scene.page.identities() == scene.known(), within=SOON)
    card = next(card for card in scene.page.get("/api/identities") if card["portraits"])
    camera, number = card["portraits"][0]
    crop = scene.page.read(f"/api/portraits/{camera}/{number}.jpg")
    status, found = scene.page.post("/api/search?most=3", crop)
    assert status == 200
    assert [found[0]["card"]["global_id"], len(found)] == [card["global_id"], 3]
    assert found[0]["similarity"] > 0.9


def test_one_that_was_killed_and_comes_again_shows_who_was_known(scene: Scene) -> None:
    with begun(scene) as first:
        assert first.identities() == scene.known()
    with serving(scene.node, site=SITE) as again:
        until(lambda: again.identities() == scene.known(), within=SOON)
        cards = again.get("/api/identities")
        assert {card["label"] for card in cards} == {"person"}
        links = scene.page.links(cards)  # of the one that runs all the while
        assert any(links.values())
        assert again.links(cards) == links
        assert set(again.states().values()) == {"reconnecting"}  # nothing came since it is there


@contextmanager
def begun(scene: Scene) -> Iterator[Page]:
    """The page of a process that is killed at the end of the block."""
    with process(scene.node, "serve", "--site", SITE, "--port", 0) as served:
        assert served.stderr is not None
        said = served.stderr.readline()
        assert said.startswith(f"camweave: {SITE}: http://127.0.0.1:"), said
        page = Page(said.split(": ")[2].split()[0])
        until(lambda: page.identities() == scene.known(), within=SOON)
        yield page


def test_in_a_browser_everybody_has_a_card_and_a_journey(scene: Scene, browser: Browser) -> None:
    until(lambda: scene.page.identities() == scene.known(), within=SOON)
    identity, tracklets = max(scene.known().items(), key=lambda each: len(each[1]))
    complaints: list[str] = []
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    opened.on("console", lambda said: complaints.append(said.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(scene.page.url)
    expect(opened.locator(".card")).to_have_count(len(scene.known()))
    expect(opened.get_by_text("stopped").first).to_be_visible()
    expect(opened.get_by_text("it is over")).to_be_visible()
    expect(opened.locator(".tile .standing")).to_have_text(["over"] * len(CAMERAS))
    opened.goto(f"{scene.page.url}/#identity/{identity}")
    expect(opened.get_by_text(f"{len(tracklets)} stays")).to_be_visible()
    opened.close()
    assert complaints == []


def test_without_a_broker_the_store_alone_is_served(scene: Scene) -> None:
    with serving(None, store=scene.url) as page:
        until(lambda: page.identities() == scene.known(), within=SOON)
        assert page.read("/readyz") == b"ready\n"
        assert page.get("/api/counts")["in_all"] == [len(scene.known())]
        status, told = page.post("/api/identities/merge", {"one": 1, "other": 2})
        assert (status, told.endswith("nobody to correct it")) == (409, True)


def test_where_there_is_no_linker_a_line_says_so_soon_and_what_was_said_is_not_done_again(
    scene: Scene,
) -> None:
    first, second = (min(tracklets) for tracklets in list(scene.known().values())[:2])
    apart = Lock(one=key_of(first), other=key_of(second), together=False)
    said = Said(apart, "Ada", time.time())
    with asking(scene) as asked:
        number = asked.ask(said).number
        assert asked.ask(said).number == number
        scene.linker.stop.set()
        scene.linker.wait()
        began = time.monotonic()
        status, told = scene.page.post("/api/identities/merge", {"one": 1, "other": 2})
        assert (status, "no linker is there to ask" in told) == (503, True)
        assert time.monotonic() - began < 4
        blank = cv2.imencode(".jpg", np.full((34, 16, 3), COATS[0], np.uint8))[1].tobytes()
        status, found = scene.page.post("/api/search", blank)  # of what is in the store
        assert (status, len(found) > 0) == (200, True)
        another = Linker(scene.node, SITE)
        until(lambda: answered(asked, said) == number, within=SOON)
        another.stop.set()
        another.wait()
    corrections = [each for each in scene.store.events(SITE) if isinstance(each, Corrected)]
    assert [each.seq for each in corrections if each.correction.who == "Ada"][-1] == number
    assert len({each.correction.at for each in corrections}) == len(corrections)


def key_of(tracklet: tuple[str, int]) -> TrackletKey:
    """Its name."""
    return TrackletKey(CameraId(tracklet[0]), tracklet[1])


@contextmanager
def asking(scene: Scene) -> Iterator[Asking]:
    """Somebody who asks the scene's linker."""
    topology, address = Topology(site=SITE, lossless=False), Address(SITE, "live")
    with connected(scene.node) as broker, Asking(broker, topology, address) as made:
        yield made


def answered(asked: Asking, said: Said) -> int | None:
    """The number that a linker gives it; None while there is no linker."""
    try:
        return asked.ask(said).number
    except NoLinkerError:
        return None


def test_a_recording_is_shown_as_it_was_linked_and_is_not_corrected(
    node: Node, site: str, file: Path
) -> None:
    linker = Linker(node, site)
    with working(node):
        published(node, file)
        linker.wait()
    with serving(node, site=site) as page:
        until(lambda: len(page.get("/api/identities")) == len(COATS), within=SOON)
        until(lambda: set(page.states().values()) == {"ended"}, within=SOON)  # so says the log
        counts = page.get("/api/counts")
        assert (counts["labels"], counts["in_all"]) == (["person"], [len(COATS)])
        status, told = page.post("/api/identities/merge", {"one": 1, "other": 2})
        assert (status, "a recording is linked from nothing" in told) == (409, True)
