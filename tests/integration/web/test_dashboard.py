"""The dashboard as a person meets it: real pictures and a station of plain values, in Chromium."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Request, expect
from tests.support.plain_station import PlainStation, stay, still_there
from tests.support.small_show import GATE, ROAD, SITE, YARD, counts_of, filming, wait_until

from camweave.app.runtime.showing import Showing
from camweave.core.identities import TrackletKey
from camweave.core.station import LiveTrack
from camweave.core.wishes import Merge
from camweave.sinks.colours import id_colour, ink_on
from camweave.web.guard import GuardParams
from camweave.web.server import ServerParams, WebServer
from camweave.web.site_app import make_site_app

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
PIXELS = "canvas => canvas.toDataURL('image/jpeg')"


@dataclass
class Site:
    """A small site, its server, and all that its pages did."""

    station: PlainStation
    showing: Showing
    url: str
    browser: Browser
    ends: ExitStack
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/", viewport: dict[str, int] | None = None) -> Page:
        context = self.browser.new_context(viewport=viewport or DESK)  # type: ignore[arg-type]  # a TypedDict
        self.ends.callback(context.close)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("request", self._note)
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.url + path)
        return page

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)


def begin(browser: Browser, ends: ExitStack, *, token: str | None = None, port: int = 0) -> Site:
    station = PlainStation(SITE)
    now = time.time()
    station.members = {
        3: [stay(GATE, 4, 1.0), stay(YARD, 15, 8.0), stay(ROAD, 7, 20.0)],
        8: [stay(YARD, 20, 30.0)],
        9: [still_there(stay(ROAD, 21, 40.0, label="car"))],
    }
    station.happen("camera", "gate is live")
    showing = ends.enter_context(Showing(SITE, ("person",)))
    app = make_site_app(station, showing, guard=GuardParams(token=token))
    server = ends.enter_context(WebServer(app, ServerParams(port=port)))
    ends.enter_context(filming(showing, 10, cameras=SITE, began=now))
    return Site(station, showing, server.url, browser, ends)


@pytest.fixture
def site(browser: Browser) -> Iterator[Site]:
    """A site; when the test is over, no page of it complained or asked anybody else."""
    with ExitStack() as ends:
        made = begin(browser, ends)
        yield made
        assert made.complaints == []
        own = made.url.removeprefix("http")
        foreign = [
            each
            for each in made.asked
            if not each.startswith(("http" + own, "ws" + own, "blob:http" + own))
        ]
        assert foreign == []


def moving(page: Page, camera: str) -> bool:
    """Whether the picture of a camera changes within a while."""
    canvas = page.locator(f'canvas[aria-label="Live picture of {camera}"]:visible')
    first = canvas.evaluate(PIXELS)
    return wait_until(lambda: canvas.evaluate(PIXELS) != first)


def test_the_grid_shows_every_camera_as_it_moves_and_how_it_stands(site: Site) -> None:
    page = site.open()
    for camera in SITE:
        tile = page.locator(f'.tile[data-camera="{camera}"]')
        expect(tile.locator(".standing")).to_have_text("in step")
        assert moving(page, camera)
    expect(page.get_by_text("3 of 3 in step")).to_be_visible()


def test_a_camera_that_dies_says_why_and_its_age_grows(site: Site) -> None:
    page = site.open()
    tile = page.locator('.tile[data-camera="gate"]')
    expect(tile.locator(".age")).to_contain_text("s")
    site.station.goes_down(GATE, "no route to host")
    expect(tile.locator(".standing")).to_have_text("down")
    expect(tile).to_contain_text("no route to host")
    expect(tile.locator('.age[data-level="old"], .age[data-level="too-old"]')).to_be_visible()
    expect(page.locator(".tile[data-standing='in step']")).to_have_count(2)
    expect(page.locator(".unseen[role=status]", has_text="no route to host")).to_have_count(1)


def test_one_camera_large_is_the_only_one_that_is_drawn_for(site: Site) -> None:
    page = site.open()
    assert moving(page, "road")
    page.locator('.tile[data-camera="road"] button').click()
    expect(page.get_by_role("heading", name="road")).to_be_visible()
    assert moving(page, "road")
    assert wait_until(lambda: counts_of(site.showing, GATE).watches == 0)
    assert counts_of(site.showing, ROAD).watches == 1
    page.keyboard.press("Escape")
    assert wait_until(lambda: counts_of(site.showing, GATE).watches == 1)


def test_cards_tell_who_was_seen_the_newest_first_and_can_be_filtered(site: Site) -> None:
    page = site.open()
    cards = page.locator(".card")
    expect(cards).to_have_count(3)
    assert cards.evaluate_all("all => all.map(each => each.dataset.identity)") == ["9", "8", "3"]
    expect(cards.first).to_contain_text("now in road")
    assert cards.last.locator("img").evaluate_all("all => all.every(each => each.alt)")
    page.get_by_label("Only those seen by").select_option("yard")
    expect(cards).to_have_count(2)
    page.get_by_label("Only those of class").select_option("car")
    expect(page.get_by_text("Nobody like that yet.")).to_be_visible()


def test_a_journey_tells_where_when_and_why(site: Site) -> None:
    page = site.open()
    page.locator('.card[data-identity="3"] a').click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("3 stays in 3 cameras")
    expect(sheet.get_by_label("Way of 3: gate to yard, yard to road")).to_be_visible()
    expect(sheet.locator(".time-line rect")).to_have_count(3)
    why = sheet.locator(".link").first
    for told in ("left here, came there", "+5.3 nats", "200 to 1", "0.651", "gate -> yard"):
        expect(why).to_contain_text(told)
    for told in ("2 s to 12 s", "gate/99", "+3.2 ahead", "+6.7", "\u22121.4"):
        expect(why).to_contain_text(told)
    assert why.locator("img").evaluate_all("all => all.map(each => each.alt)") == [
        "gate/4",
        "yard/15",
        "gate/99",
    ]
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)


def test_merging_is_asked_back_done_shown_and_undone(site: Site) -> None:
    page = site.open("/#identity/3")
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Is the same as").fill("8")
    sheet.get_by_role("button", name="Merge").click()
    expect(sheet).to_contain_text("Merge 3 and 8?")
    expect(sheet.get_by_role("button", name="Yes")).to_be_focused()
    assert len(site.station.members) == 3, "nothing is done before it is said twice"
    page.keyboard.press("Enter")
    expect(sheet).to_contain_text("4 stays")
    expect(page.locator(".card")).to_have_count(2)
    sheet.get_by_role("button", name="Undo correction 1").click()
    expect(sheet).to_contain_text("3 stays")
    expect(page.locator(".card")).to_have_count(3)


def test_stays_that_are_somebody_else_are_split_off(site: Site) -> None:
    page = site.open("/#identity/3")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("button", name="Split off")).to_be_disabled()
    sheet.get_by_label("Choose the stay road/7").check()
    sheet.get_by_role("button", name="Split off 1").click()
    expect(sheet).to_contain_text("Split road/7 off 3?")
    sheet.get_by_role("button", name="Yes").click()
    expect(sheet).to_contain_text("2 stays")
    expect(page.locator(".card")).to_have_count(4)


def test_what_the_site_refuses_is_told_in_its_own_words(site: Site) -> None:
    page = site.open("/#identity/3")
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Is the same as").fill("77")
    sheet.get_by_role("button", name="Merge").click()
    sheet.get_by_role("button", name="Yes").click()
    expect(sheet.get_by_role("alert")).to_have_text("Not done: identity 77 was never given out")
    site.complaints.remove(next(each for each in site.complaints if "409" in each))


def test_links_are_locked_by_a_press(site: Site) -> None:
    page = site.open("/#identity/3")
    page.get_by_role("button", name="gate/4 and yard/15 are not one").click()
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("Noted as correction 1.")).to_be_visible()


def test_a_picture_that_is_chosen_finds_who_looks_like_it(site: Site) -> None:
    page = site.open()
    picture = cv2.imencode(".png", np.full((40, 20, 3), 120, np.uint8))[1].tobytes()
    page.get_by_label("Picture to search with").set_input_files(
        {"name": "who.png", "mimeType": "image/png", "buffer": picture}
    )
    expect(page.get_by_text("1 look like this")).to_be_visible()
    expect(page.locator(".card .alike")).to_have_text("90 % alike")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".card")).to_have_count(3)


def test_a_picture_that_is_dropped_is_searched_with_whatever_its_size_and_kind(site: Site) -> None:
    page = site.open()
    expect(page.locator(".card")).to_have_count(3)
    page.evaluate(DROP)
    expect(page.get_by_text("1 look like this")).to_be_visible()


DROP = """async () => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 3000, height: 200});
  Object.assign(canvas.getContext('2d'), {fillStyle: '#888'}).fillRect(0, 0, 3000, 200);
  const blob = await new Promise(done => canvas.toBlob(done, 'image/webp'));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([blob], 'who.webp', {type: 'image/webp'}));
  const how = {bubbles: true, cancelable: true, dataTransfer};
  document.body.dispatchEvent(new DragEvent('drop', how));
}"""


def test_what_happens_is_listed_as_it_does_and_leads_to_whom_it_is_about(site: Site) -> None:
    page = site.open("/#pane/events")
    lines = page.locator(".events li")
    expect(lines.first).to_contain_text("gate is live")
    site.station.happen("entered", "#9 car entered road", 9)
    expect(lines.first).to_contain_text("#9 car entered road")
    page.get_by_role("button", name="Comings and goings").click()
    expect(lines).to_have_count(1)
    page.get_by_role("button", name="Comings and goings").click()
    lines.first.locator("a").click()
    expect(page.get_by_role("dialog", name="Identity 9")).to_be_visible()


def test_a_correction_that_is_listed_can_be_undone_there_once(site: Site) -> None:
    page = site.open("/#pane/events")
    number = site.station.say(Merge(3, 8))
    site.station.happen("corrected", "somebody said: merge", correction=number)
    page.get_by_role("button", name=f"Undo correction {number}").click()
    assert wait_until(lambda: set(site.station.members) == {3, 8, 9})
    site.station.happen("undone", f"somebody took correction {number} back", correction=number)
    expect(page.get_by_role("button", name="Undo correction")).to_have_count(0)


def test_who_stands_where_is_on_a_map_where_cameras_are_calibrated(site: Site) -> None:
    page = site.open()
    expect(page.get_by_role("link", name="cameras")).to_have_count(1)
    expect(page.get_by_role("link", name="map")).to_have_count(0)
    site.station.ground = ((0.0, 0.0), (20.0, 0.0), (20.0, 10.0), (0.0, 10.0))
    seen = {"global_id": 9, "label": "car", "score": 0.9, "xyxy": (1.0, 1.0, 9.0, 9.0)}
    site.station.present = [
        LiveTrack(key=TrackletKey(camera, 1), time=1.0, place=place, **seen)  # type: ignore[arg-type]  # plain words
        for camera, place in ((ROAD, (9.0, 5.0)), (YARD, (11.0, 5.0)))
    ]
    page.get_by_role("link", name="map").click()
    ground = page.get_by_role("img", name="Map: 1 on the ground, seen from above")
    expect(ground).to_be_visible()
    box = ground.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("dialog", name="Identity 9")).to_be_visible()


def test_objects_are_counted_once_for_the_site_and_passages_by_their_way(site: Site) -> None:
    page = site.open("/#pane/counts")
    table = page.get_by_role("region", name="Different objects by camera and class")
    expect(table.locator("tfoot td")).to_have_text(["1", "2"])
    rows = table.locator("tr").evaluate_all("all => all.map(each => each.innerText.split(/\\s+/))")
    assert ["yard", "0", "2"] in rows
    ways = page.get_by_role("region", name="Passages from camera to camera")
    assert ways.locator("td").all_inner_texts() == ["", "1", "·", "·", "", "1", "·", "·", ""]


def test_colours_on_the_page_are_those_in_the_pictures(site: Site) -> None:
    page = site.open()
    ids = [*range(1, 400), 12345, 999_999]
    told = page.evaluate(
        "async ids => { const { idColour, idInk } = await import('/static/js/colours.js');"
        " return ids.map(id => [idColour(id), idInk(id)]) }",
        ids,
    )
    for number, (colour, ink) in zip(ids, told, strict=True):
        assert tuple(reversed(colour)) == id_colour(number)
        assert ink == ("#000" if ink_on(id_colour(number)) == (0, 0, 0) else "#fff")


def test_the_keyboard_alone_reaches_everything(site: Site) -> None:
    page = site.open()
    expect(page.locator(".card")).to_have_count(3)
    press = page.keyboard.press
    press("ArrowRight")
    press("ArrowRight")
    press("Enter")
    expect(page.get_by_role("heading", name="yard")).to_be_visible()
    press("ArrowRight")
    expect(page.get_by_role("heading", name="road")).to_be_visible()
    press("Escape")
    expect(page.locator('.tile[data-camera="yard"] button')).to_be_focused()
    press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    press("3")
    expect(page.get_by_role("region", name="Events", exact=True)).to_be_visible()
    press("/")
    expect(page.get_by_label("Only those seen by")).to_be_focused()
    reached = set()
    for _ in range(12):
        press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('.card')?.dataset.identity"))
    assert {"3", "8", "9"} <= reached


def test_every_control_has_a_name_and_no_width_scrolls_sideways(site: Site) -> None:
    page = site.open()
    for path, seen in SEEN.items():
        page.goto(site.url + path)
        expect(page.locator(seen).first).to_be_visible()
        for viewport in (PHONE, DESK):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]  # a TypedDict
            page.wait_for_timeout(200)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert page.evaluate(NAMELESS) == [], path
            assert page.evaluate(SIDEWAYS) == [], path


SEEN = {
    "/": ".card",
    "/#pane/events": ".events time",
    "/#pane/counts": "table.ways",
    "/#identity/3": ".link",
    "/#camera/gate": ".large canvas",
    "/docs": "summary",
}
NAMELESS = """() => [...document.querySelectorAll(
    'button, a, input, select, canvas, [role=img], dialog, img')]
  .filter(each => !(each.getAttribute('aria-label') || each.labels?.length || each.title
    || each.textContent.trim() || each.querySelector('img[alt]')?.alt || each.hasAttribute('alt')))
  .map(each => each.outerHTML)"""
SIDEWAYS = """() => [...document.querySelectorAll('.scroll, .sheet-body, .grid, main')]
  .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.className)"""


def test_nothing_moves_when_data_comes(site: Site) -> None:
    page = site.open()
    expect(page.locator(".card")).to_have_count(3)
    assert all(moving(page, camera) for camera in SITE)  # a first picture brings its own shape
    page.evaluate(SHIFTS)
    for k in range(5):
        site.station.happen("entered", f"#{k} entered gate", 9)
    site.station.goes_down(GATE, "no route to host")
    expect(page.locator('.tile[data-camera="gate"] .standing')).to_have_text("down")
    page.wait_for_timeout(700)
    assert page.evaluate("shifted") < 0.01


SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver(list => list.getEntries().forEach(each => { shifted += each.value }))
    .observe({type: 'layout-shift'});
}"""


def test_light_and_dark_follow_the_system_and_the_switch(site: Site) -> None:
    page = site.open()
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(paper)
    assert light != dark
    page.get_by_role("button", name="Colours: system").click()
    expect(page.get_by_role("button", name="Colours: light")).to_be_visible()
    assert page.evaluate(paper) == light
    page.reload()
    assert page.evaluate(paper) == light
