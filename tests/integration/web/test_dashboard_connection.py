"""The dashboard and its server: let in by a token, cut off, and back."""

from contextlib import ExitStack

from playwright.sync_api import Browser, expect
from tests.integration.web.test_dashboard import begin, moving

TOKEN = "hunter2-hunter2"  # noqa: S105 - opens nothing


def test_with_a_token_the_page_lives_by_its_cookie(browser: Browser) -> None:
    with ExitStack() as ends:
        site = begin(browser, ends, token=TOKEN)
        page = site.open(f"/?token={TOKEN}")
        expect(page.locator(".card")).to_have_count(3)
        assert moving(page, "gate")
        assert "token" not in page.url
        assert site.complaints == []


def test_the_page_takes_up_where_it_was_when_the_server_is_back(browser: Browser) -> None:
    with ExitStack() as ends:
        old = ExitStack()
        first = begin(browser, old)
        port = int(first.url.rsplit(":", 1)[1])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        ends.callback(page.close)
        page.goto(first.url + "/#pane/events")
        assert moving(page, "gate")
        for _ in range(3):
            first.station.happen("entered", "#3 entered gate", 3)
        expect(page.locator(".events li")).to_have_count(4)
        old.close()
        expect(page.get_by_text("The server does not answer")).to_be_visible(timeout=15_000)
        again = begin(browser, ends, port=port)
        expect(page.get_by_text("3 of 3 in step")).to_be_visible(timeout=15_000)
        assert moving(page, "gate")
        expect(page.locator(".events li")).to_have_count(1, timeout=15_000)
        again.station.happen("entered", "#8 entered yard", 8)
        expect(page.locator(".events li").first).to_contain_text("#8 entered yard")
