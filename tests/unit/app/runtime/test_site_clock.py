"""The clock of a site goes on from where another one was."""

from datetime import UTC, datetime

import pytest

from camweave.app.runtime.site_clock import SiteClock


def test_a_new_clock_begins_at_0() -> None:
    assert 0 <= SiteClock().now() < 1


def test_a_clock_goes_on_from_another() -> None:
    clock = SiteClock(3600.0)
    assert clock.now() == pytest.approx(3600.0, abs=1)
    assert (datetime.now(UTC) - clock.began).total_seconds() == pytest.approx(3600.0, abs=1)
    assert clock.now() <= clock.now()
