"""For those who watch over machines: Prometheus metrics, health and readiness."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response

from camweave.core.station import Figure, Station
from camweave.web.audience import Audience

PREFIX: Final = "camweave_"


class Figures(Collector):
    """The figures of a site and of those who watch it, as Prometheus asks for them."""

    def __init__(self, station: Station, audience: Audience) -> None:
        self._station = station
        self._audience = audience

    def collect(self) -> Iterator[Metric]:
        """All of them, now."""
        every = [*self._station.figures(), *of_audience(self._audience)]
        for name, figures in groupby(every, key=lambda each: each.name):
            yield family(PREFIX + name, list(figures))


def of_audience(audience: Audience) -> Iterable[Figure]:
    """Who looks, and what they got."""
    tally = audience.tally
    yield Figure(name="viewers", help="Open streams and pages.", value=tally.viewers)
    yield Figure(name="viewers_refused_total", help="Who came too many.", value=tally.refused)
    yield Figure(name="viewers_cut_total", help="Who read nothing for long.", value=tally.cut)
    yield Figure(name="pictures_sent_total", help="Pictures sent.", value=tally.sent)
    told = "Pictures that were left out for slow viewers."
    yield Figure(name="pictures_skipped_total", help=told, value=tally.skipped)


def family(name: str, figures: list[Figure]) -> Metric:
    """Figures of one name."""
    first = figures[0]
    names = [label for label, _ in first.labels]
    kind = CounterMetricFamily if first.counter else GaugeMetricFamily
    made = kind(name, first.help, labels=names)
    for each in figures:
        made.add_metric([value for _, value in each.labels], each.value)
    return made


def health_routes(station: Station, audience: Audience) -> APIRouter:
    """`/metrics`, `/healthz`, `/readyz`."""
    router = APIRouter(tags=["operations"])
    registry = CollectorRegistry()
    registry.register(Figures(station, audience))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)

    @router.get("/metrics", response_class=PlainTextResponse)
    def metrics() -> Response:
        """Everything that is counted, for Prometheus."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @router.get("/healthz", response_class=PlainTextResponse)
    def healthz() -> str:
        """The server answers."""
        return "ok\n"

    @router.get("/readyz", response_class=PlainTextResponse)
    def readyz() -> Response:
        """The site does its work; 503 and why, where it does not."""
        trouble = station.trouble()
        return PlainTextResponse(f"{trouble or 'ready'}\n", 503 if trouble else 200)

    return router
