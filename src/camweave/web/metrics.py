"""Figures as Prometheus reads them, and whether all goes on: for those who watch over machines."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Final, TypeAlias

from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response

from camweave.core.station import Figure
from camweave.web.guard import Guard, GuardParams

PREFIX: Final = "camweave_"

Told: TypeAlias = Callable[[], Iterable[Figure]]
Trouble: TypeAlias = Callable[[], str | None]


class Figures(Collector):
    """Figures as Prometheus asks for them; those of one name stand together."""

    def __init__(self, told: Told) -> None:
        self._told = told

    def collect(self) -> Iterator[Metric]:
        """All of them, now."""
        for name, figures in groupby(self._told(), key=lambda each: each.name):
            yield family(PREFIX + name, list(figures))


def family(name: str, figures: list[Figure]) -> Metric:
    """Figures of one name."""
    first = figures[0]
    names = [label for label, _ in first.labels]
    kind = CounterMetricFamily if first.counter else GaugeMetricFamily
    made = kind(name, first.help, labels=names)
    for each in figures:
        made.add_metric([value for _, value in each.labels], each.value)
    return made


def metric_routes(told: Told, trouble: Trouble) -> APIRouter:
    """`/metrics`, `/healthz`, `/readyz`.

    Args:
        told: all figures, asked for at each look; this process' own are added.
        trouble: why the work is not done, in a line; None or nothing where it is.
    """
    router = APIRouter(tags=["operations"])
    registry = CollectorRegistry()
    registry.register(Figures(told))
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
        """The work is done; 503 and why, where it is not."""
        amiss = trouble()
        return PlainTextResponse(f"{amiss or 'ready'}\n", 503 if amiss else 200)

    return router


def make_metrics_app(told: Told, trouble: Trouble, *, guard: GuardParams) -> FastAPI:
    """An application that has nothing but these, behind a guard."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.closing = list[Callable[[], None]]()
    app.include_router(metric_routes(told, trouble))
    app.add_middleware(Guard, params=guard)
    return app
