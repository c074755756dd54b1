"""For those who watch over machines: a site's metrics, its health and readiness."""

from collections.abc import Iterable, Iterator

from fastapi import APIRouter

from camweave.core.station import Figure, Station
from camweave.web.audience import Audience
from camweave.web.metrics import metric_routes


def health_routes(station: Station, audience: Audience) -> APIRouter:
    """`/metrics`, `/healthz`, `/readyz` of a site and of those who watch it."""

    def told() -> Iterator[Figure]:
        yield from station.figures()
        yield from of_audience(audience)

    return metric_routes(told, station.trouble)


def of_audience(audience: Audience) -> Iterable[Figure]:
    """Who looks, and what they got."""
    tally = audience.tally
    yield Figure(name="viewers", help="Open streams and pages.", value=tally.viewers)
    yield Figure(name="viewers_refused_total", help="Who came too many.", value=tally.refused)
    yield Figure(name="viewers_cut_total", help="Who read nothing for long.", value=tally.cut)
    yield Figure(name="pictures_sent_total", help="Pictures sent.", value=tally.sent)
    told = "Pictures that were left out for slow viewers."
    yield Figure(name="pictures_skipped_total", help=told, value=tally.skipped)
