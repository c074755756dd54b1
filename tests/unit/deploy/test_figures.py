"""Dashboard and alerts ask for figures that there are."""

import pytest
from tests.support.deployed import OURS, PROMETHEUS, alerts, queries, said, tool
from tests.support.metrics_list import PREFIX, documented

PROMTOOL = ("promtool", "on Debian: apt-get install prometheus")
ASKED = {**queries(), **alerts()}


@pytest.mark.parametrize("expression", ASKED.values(), ids=ASKED.keys())
def test_every_figure_that_is_asked_for_is_told(expression: str) -> None:
    names = {name.removeprefix(PREFIX) for name in OURS.findall(expression)}
    assert names <= set(documented())


def test_most_of_what_roles_tell_is_on_the_dashboard() -> None:
    shown = {
        name.removeprefix(PREFIX) for each in queries().values() for name in OURS.findall(each)
    }
    roles = {name for name, by in documented().items() if by & {"publish", "work", "link-live"}}
    assert len(shown & roles) > len(roles) / 2


def test_the_alerts_ring_when_they_should_and_not_before() -> None:
    promtool = tool(*PROMTOOL)
    said([promtool, "check", "rules", "alerts.yml"], PROMETHEUS)
    said([promtool, "test", "rules", "alerts_test.yml"], PROMETHEUS)
