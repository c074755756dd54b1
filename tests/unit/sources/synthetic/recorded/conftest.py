"""A small city and a recorded plaza, made once."""

import pytest

from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.recorded.city.city import City, build_city, record_city
from camweave.sources.synthetic.recorded.city.params import CityParams
from camweave.sources.synthetic.recorded.recorded import record_site
from camweave.sources.synthetic.recorded.site import RecordedSite
from camweave.sources.synthetic.scenarios import make_scenario


@pytest.fixture(scope="session")
def town() -> City:
    return build_city(CityParams(cameras=6, tracklets=300, seed=4))


@pytest.fixture(scope="session")
def town_site(town: City) -> RecordedSite:
    return record_city(town)


@pytest.fixture(scope="session")
def square() -> Scenario:
    return make_scenario("plaza", cameras=2, seconds=10.0, seed=5)


@pytest.fixture(scope="session")
def square_site(square: Scenario) -> RecordedSite:
    return record_site(square)
