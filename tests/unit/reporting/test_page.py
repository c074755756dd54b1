"""The report is one page, complete in itself, that says what is known and no more."""

import re
from dataclasses import replace

import numpy as np
import pytest

from camweave.core.arrays import F32
from camweave.reporting.content import Card, Crop, Page, Span
from camweave.reporting.matrix import to_levels
from camweave.reporting.page import render
from camweave.reporting.timeline import TICKS, clock, ticks

ELSEWHERE = re.compile(r"""(?:src|href)\s*=\s*["'](?!data:|#)|url\(|@import|fetch\(""")


def card(tracklet_id: int, *spans: Span, crops: int = 2, class_name: str = "person") -> Card:
    shades = (np.full((40, 20, 3), 40 * k + 30, np.uint8) for k in range(crops))
    return Card(
        tracklet_id=tracklet_id,
        class_name=class_name,
        colour="rgb(200 120 40)",
        spans=spans or (Span(1.0, 4.0, seen=True),),
        facts=(("seen for", "3.0 s"),),
        crops=tuple(Crop(shade, 1.0, 0.5) for shade in shades),
    )


def page(*cards: Card, similarity: F32 | None = None) -> Page:
    return Page(
        title="north gate",
        facts=(("tracklets", str(len(cards))),),
        cards=cards,
        similarity=similarity,
        left_out=0,
    )


def test_the_page_fetches_nothing_from_anywhere() -> None:
    html = render(page(card(1), card(2), similarity=np.eye(2, dtype=np.float32)))
    assert not ELSEWHERE.search(html)
    assert "default-src 'none'" in html


def test_every_tracklet_has_its_card_and_a_bar_that_leads_there() -> None:
    html = render(page(card(3), card(17)))
    for name in (3, 17):
        assert f'id="t{name}"' in html
        assert f'href="#t{name}"' in html


def test_names_that_look_like_markup_stay_text() -> None:
    html = render(replace(page(card(1, class_name='<img src="x">')), title="<b>gate</b> & $yard"))
    assert '<img src="x">' not in html
    assert "&lt;b&gt;gate&lt;/b&gt; &amp; $yard" in html


def test_what_was_filled_in_looks_unlike_what_was_seen() -> None:
    html = render(page(card(1, Span(0.0, 1.0, seen=True), Span(1.0, 2.0, seen=False))))
    assert html.count('class="seen"') == 1
    assert html.count('class="filled"') == 1


def test_without_appearance_the_page_says_how_to_get_it() -> None:
    assert "camweave embed" in render(page(card(1)))


def test_an_empty_recording_gives_a_page_that_says_so() -> None:
    assert "Nothing was followed" in render(page())


def test_tracklets_left_out_are_counted() -> None:
    assert "1,234 more" in render(replace(page(card(1)), left_out=1234))


def test_a_crop_is_shrunk_to_the_height_it_is_shown_at() -> None:
    small, large = card(1), card(1)
    huge = Crop(np.zeros((2000, 1000, 3), np.uint8), 1.0, 0.5)
    assert len(render(page(replace(large, crops=(huge,))))) < len(render(page(small))) + 3000


def test_a_pair_of_which_one_was_never_looked_at_is_gray_not_dissimilar() -> None:
    levels = to_levels(np.array([[1.0, np.nan], [np.nan, 1.0]], np.float32))
    assert levels.tolist() == [[255, 0], [0, 255]]


@pytest.mark.parametrize("length", [0.01, 0.5, 3.0, 60.0, 61.0, 3600.0, 86400.0, 10**7])
@pytest.mark.parametrize("first", [0.0, -2.5, 1e6 + 0.3])
def test_any_recording_gets_a_scale_of_a_few_round_times(first: float, length: float) -> None:
    marks = ticks(first, first + length)
    assert len(marks) <= TICKS + 1
    assert all(first - 1e-6 <= mark <= first + length + 1e-6 for mark in marks)


def test_times_read_as_on_a_clock() -> None:
    assert [clock(t) for t in (0.0, 59.96, 600.0, 36000.0, -5.0)] == [
        "0.0 s",
        "1:00.0",
        "10:00.0",
        "10:00:00.0",
        "-5.0 s",
    ]
