"""A timeline of tracklets: one bar each over a common axis."""

from collections.abc import Sequence
from html import escape
from math import ceil, floor
from typing import Final

from camweave.reporting.content import Card, Span

LEFT: Final = 64  # px for the ids
WIDTH: Final = 936  # px for the recording
ROW: Final = 18  # px
HEAD: Final = 24  # px for the scale
TICKS: Final = 10  # at most so many
MINUTE: Final = 60  # s
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
STEPS: Final = (
    *(0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),
    *(MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE),
    *(HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR),
)  # s between ticks; whole days beyond them


def timeline(cards: Sequence[Card]) -> str:
    """The bars as one SVG, earliest first; each leads to its card."""
    if not cards:
        return ""
    first, last = min(card.begin for card in cards), max(card.end for card in cards)
    scale = WIDTH / max(last - first, STEPS[0])
    ordered = sorted(cards, key=lambda card: (card.begin, card.tracklet_id))
    height = HEAD + ROW * len(ordered)
    bars = [_bar(card, HEAD + ROW * place, first, scale) for place, card in enumerate(ordered)]
    return (
        f'<svg class="timeline" viewBox="0 0 {LEFT + WIDTH + 40} {height + 4}" role="img" '
        'aria-label="when each tracklet was there">'
        f"{_scale(first, last, scale, height)}{''.join(bars)}</svg>"
    )


def clock(seconds: float) -> str:
    """A time of media for people.

    >>> clock(7.25), clock(83.0), clock(3725.5)
    ('7.2 s', '1:23.0', '1:02:05.5')
    """
    sign, tenths = "-" if seconds < 0 else "", round(abs(seconds) * 10)
    if tenths < 10 * MINUTE:
        return f"{sign}{tenths / 10:.1f} s"
    minutes, rest = divmod(tenths, 10 * MINUTE)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{sign}{hours}:{minutes:02}:{rest / 10:04.1f}"
        if hours
        else f"{sign}{minutes}:{rest / 10:04.1f}"
    )


def ticks(first: float, last: float) -> list[float]:
    """Round times from `first` to `last`, at most TICKS of them.

    >>> ticks(0.0, 19.9)
    [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]
    """
    least = (last - first) / TICKS
    step = next((step for step in STEPS if step > least), DAY * ceil(least / DAY))
    return [round(k * step, 6) for k in range(ceil(first / step), floor(last / step) + 1)]


def _scale(first: float, last: float, scale: float, height: int) -> str:
    parts = []
    for time in ticks(first, last):
        x = LEFT + (time - first) * scale
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD - 6}" y2="{height}" class="tick"/>'
            f'<text x="{x:.1f}" y="{HEAD - 10}" class="time">{clock(time).replace(".0", "")}</text>'
        )
    return "".join(parts)


def _bar(card: Card, top: int, first: float, scale: float) -> str:
    name, colour = card.tracklet_id, escape(card.colour)
    spans = "".join(_stretch(span, top, first, scale) for span in card.spans)
    return (
        f'<a href="#t{name}" fill="{colour}"><title>{name} {escape(card.class_name)}, '
        f'{clock(card.begin)} to {clock(card.end)}</title><rect x="0" y="{top}" '
        f'width="{LEFT + WIDTH}" height="{ROW}" class="lane"/>'
        f'<text x="{LEFT - 10}" y="{top + ROW - 5}" class="id">{name}</text>{spans}</a>'
    )


def _stretch(span: Span, top: int, first: float, scale: float) -> str:
    x, width = LEFT + (span.begin - first) * scale, max((span.end - span.begin) * scale, 1.5)
    kind, inset = ("seen", 3) if span.seen else ("filled", 7)
    return (
        f'<rect x="{x:.1f}" y="{top + inset}" width="{width:.1f}" height="{ROW - 2 * inset}" '
        f'rx="2" class="{kind}"/>'
    )
