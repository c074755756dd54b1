"""One HTML page about the tracklets of a camera: all in it, nothing fetched, readable for years."""

from html import escape
from importlib.resources import files
from string import Template

from camweave.reporting.content import Card, Crop, Page
from camweave.reporting.matrix import similarity_figure
from camweave.reporting.pictures import picture
from camweave.reporting.timeline import clock, timeline


def render(page: Page) -> str:
    """The page as HTML: tables and pictures stand in it, a script only tells what one points at."""
    resources = files("camweave.reporting")
    return Template((resources / "page.html").read_text("utf-8")).substitute(
        title=escape(page.title),
        style=(resources / "page.css").read_text("utf-8"),
        script=(resources / "page.js").read_text("utf-8"),
        facts=_facts(page.facts),
        timeline=timeline(page.cards),
        similarity=_similarity(page),
        cards="\n".join(_card(card) for card in page.cards) or _NOTHING,
        left_out=_left_out(page.left_out),
    )


_NOTHING = '<p class="quiet">Nothing was followed in this recording.</p>'


def _facts(facts: tuple[tuple[str, str], ...]) -> str:
    rows = (f"<div><dt>{escape(what)}</dt><dd>{escape(much)}</dd></div>" for what, much in facts)
    return f"<dl>{''.join(rows)}</dl>"


def _card(card: Card) -> str:
    crops = "".join(_crop(crop, card) for crop in card.crops)
    return (
        f'<article id="t{card.tracklet_id}" style="--own:{escape(card.colour)}">'
        f"<h3><b>{card.tracklet_id}</b> {escape(card.class_name)} "
        f"<small>{clock(card.begin)} to {clock(card.end)}</small></h3>"
        f'<div class="crops">{crops or _NO_CROPS}</div>{_facts(card.facts)}</article>'
    )


_NO_CROPS = '<p class="quiet">No crop.</p>'


def _crop(crop: Crop, card: Card) -> str:
    says = f"{clock(crop.time)}, quality {crop.quality:.2f}"
    source = picture(crop.image)
    return f'<img src="{source}" alt="{card.tracklet_id} at {says}" title="{says}">'


def _similarity(page: Page) -> str:
    if page.similarity is None or not page.cards:
        return (
            '<p class="quiet">No appearance in this file: <code>camweave embed</code> adds it.</p>'
        )
    return similarity_figure(page.similarity, [card.tracklet_id for card in page.cards])


def _left_out(count: int) -> str:
    return f'<p class="quiet">{count:,} more, ranked lower, are not shown.</p>' if count else ""
