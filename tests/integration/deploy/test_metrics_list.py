"""docs/metrics.md lists every figure that there is, and none that there is not."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.integration.deploy.conftest import Composed
from tests.support.composed import SOON
from tests.support.metrics_list import PREFIX, documented
from tests.support.waiting import until
from tests.support.walk import film, write_site

from camweave.app.build.mqtt import make_teller
from camweave.app.jobs.live.start import live_site
from camweave.app.site.sections import Mqtt
from camweave.app.site.written import Written
from camweave.web.audience import Audience
from camweave.web.health_routes import of_audience


def told_by(role: str) -> set[str]:
    return {name for name, roles in documented().items() if role in roles}


def plain(names: Iterable[str]) -> set[str]:
    return {name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)}


@pytest.mark.parametrize("role", ["publish", "work", "link-live", "compile"])
def test_a_role_tells_the_figures_that_are_listed_and_no_others(
    running: Composed, role: str
) -> None:
    def told() -> set[str]:
        samples = (each for one in running.roles[role] for each in one.samples(running.token))
        return plain(each.name for each in samples)

    until(lambda: told() >= told_by(role), within=SOON)
    assert told() == told_by(role)


def test_whatever_serve_tells_is_listed(running: Composed) -> None:
    (serve,) = running.roles["serve"]
    assert plain(each.name for each in serve.samples(running.token)) <= set(documented())


def test_a_live_site_tells_the_figures_that_are_listed_and_no_others(tmp_path: Path) -> None:
    film(tmp_path)
    with live_site(Written.read(write_site(tmp_path, tmp_path, "walk"))) as station:
        station.board.add(make_teller(Mqtt(host="nowhere"))(station).figures)
        audience = Audience(station.running.showing)
        until(lambda: station.running.line.watch.parts.keys() >= {"detect"}, within=SOON)
        told = [*station.figures(), *of_audience(audience)]
    assert {each.name for each in told} == told_by("live")
