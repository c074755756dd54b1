"""The dashboard over a real small site: rendered cameras, found people, linked by the line."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.support.small_show import wait_until

from camweave.app.jobs.live.serving import served
from camweave.app.jobs.live.start import live_site
from camweave.app.jobs.live.station import LiveStation
from camweave.app.jobs.roles.serve_where import serve_section
from camweave.app.site.load import read_site

SITE = """
site: corner
cameras:
  - {name: west, source: "synthetic:plaza/cam_a?seconds=16&size=320x180"}
  - {name: east, source: "synthetic:plaza/cam_b?seconds=16&size=320x180"}
detector: {kind: motion}
embedder: {kind: histogram, bands: 1}
live: {fps: 4, loop: true}
"""
SLOW = 90_000  # ms; a busy machine renders and links slowly


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LiveStation, str]]:
    file = tmp_path_factory.mktemp("live") / "site.yaml"
    file.write_text(SITE)
    site = read_site(file)
    with ExitStack() as ends:
        station = ends.enter_context(live_site(site))
        yield station, ends.enter_context(served(station, serve_section(site.serve, port=0))).url


@pytest.fixture
def page(browser: Browser, live: tuple[LiveStation, str]) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(live[1])
    yield opened
    opened.close()
    assert complaints == []


@pytest.mark.slow
def test_people_of_a_real_site_are_seen_moving_carded_explained_and_found(
    page: Page, live: tuple[LiveStation, str]
) -> None:
    station, _ = live
    for camera in ("west", "east"):
        canvas = page.locator(f'canvas[aria-label="Live picture of {camera}"]')
        expect(canvas).to_be_visible(timeout=SLOW)
        first = canvas.evaluate("each => each.toDataURL()")
        assert wait_until(lambda c=canvas, f=first: c.evaluate("e => e.toDataURL()") != f, 60)  # type: ignore[misc]  # bound now
    expect(page.locator(".card").first).to_be_visible(timeout=SLOW)

    def linked() -> int | None:
        cards = station.identities(most=1000)
        return next((c.global_id for c in cards if station.journey(c.global_id).links), None)

    assert wait_until(lambda: linked() is not None, 90)
    page.goto(f"{live[1]}/#identity/{linked()}")
    sheet = page.get_by_role("dialog")
    expect(sheet.locator(".link").first).to_contain_text("nats", timeout=SLOW)
    expect(sheet.locator(".time-line rect").first).to_be_attached()
    picture = sheet.locator(".link img").first
    picture.scroll_into_view_if_needed()
    assert wait_until(lambda: bool(picture.evaluate("each => each.naturalWidth > 3")), 20)
    sheet.get_by_role("button", name="Who else looks like").first.click()
    expect(page.get_by_text("look like this, the most alike first")).to_be_visible(timeout=SLOW)
    expect(page.locator(".card .alike").first).to_be_visible()
