"""The report as a person meets it: opened from disk, in a real browser, without a network."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from camweave.reporting import content
from camweave.reporting.page import render

PHONE, DESK = 390, 1200  # px wide


def card(tracklet_id: int) -> content.Card:
    shades = [np.full((90, 45, 3), 20 * k + tracklet_id, np.uint8) for k in range(10)]
    return content.Card(
        tracklet_id=tracklet_id,
        class_name="person",
        colour="rgb(90 160 220)",
        spans=(
            content.Span(tracklet_id, tracklet_id + 4.0, seen=True),
            content.Span(tracklet_id + 4.0, tracklet_id + 5.0, seen=False),
            content.Span(tracklet_id + 5.0, tracklet_id + 9.0, seen=True),
        ),
        facts=(("coverage", "89 %"), ("speed", "0.6 heights/s"), ("rank", "0.81")),
        crops=tuple(content.Crop(shade, float(tracklet_id), 0.5) for shade in shades),
    )


@pytest.fixture
def report(tmp_path: Path) -> Path:
    similarity = np.full((12, 12), 0.25, np.float32)
    np.fill_diagonal(similarity, 1.0)
    page = content.Page(
        title="north gate",
        facts=(("length", "1:53"), ("tracklets", "12")),
        cards=tuple(card(k) for k in range(1, 13)),
        similarity=similarity,
        left_out=3,
    )
    path = tmp_path / "report.html"
    path.write_text(render(page), "utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[tuple[Page, list[str]]]:
    """The page, and everything it complained about or asked for."""
    page = browser.new_page(viewport={"width": DESK, "height": 900})
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith("data:") else heard.append(asked.url),
    )
    page.goto(report.as_uri())
    yield page, heard
    page.close()


def test_the_report_asks_for_nothing_but_itself_and_complains_of_nothing(
    opened: tuple[Page, list[str]], report: Path
) -> None:
    assert opened[1] == [report.as_uri()]


def test_every_crop_is_a_picture_that_the_browser_can_show(
    opened: tuple[Page, list[str]],
) -> None:
    page, _ = opened
    widths = page.eval_on_selector_all(".crops img", "all => all.map(one => one.naturalWidth)")
    assert len(widths) == 120
    assert min(widths) > 0


def test_pointing_at_a_cell_tells_whose_looks_it_compares(
    opened: tuple[Page, list[str]],
) -> None:
    page, _ = opened
    image = page.locator(".matrix image")
    box = image.bounding_box()
    assert box is not None
    cell = box["width"] / 12
    image.hover(position={"x": cell * 2.5, "y": cell * 0.5})
    assert page.text_content(".matrix output") == "1 and 3: 0.25"
    image.hover(position={"x": cell * 4.5, "y": cell * 4.5})
    assert page.text_content(".matrix output") == "5 and 5: 1.00"


def test_a_bar_of_the_time_line_leads_to_its_card(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    page.click('.timeline a[href="#t7"] .seen')
    assert page.locator("article:target").get_attribute("id") == "t7"


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_sticks_out_sideways(opened: tuple[Page, list[str]], width: int) -> None:
    page, _ = opened
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
