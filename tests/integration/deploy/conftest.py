"""The site of compose.yaml, its roles as plain processes on a private broker and database.

The broker is their own, as workers work on every site that there is on one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from tests.support.composed import SOON, Role, composed, services
from tests.support.postgres import Postgres
from tests.support.rabbitmq import Node
from tests.support.waiting import until
from tests.support.walk import endless, film, write_site

SITE: Final = "walk"
SECRETS: Final = {
    "RABBITMQ_PASSWORD": "guest",
    "POSTGRES_PASSWORD": "secret",
    "GRAFANA_PASSWORD": "secret",
    "CAMWEAVE_TOKEN": "token",
}
WORKERS: Final = 2


@dataclass(frozen=True)
class Composed:
    """What runs."""

    roles: dict[str, list[Role]]
    token: str

    @property
    def all(self) -> list[Role]:
        """Each process."""
        return [role for own in self.roles.values() for role in own]

    def total(self, role: str, name: str) -> float:
        """A figure, added up over all labels and all processes of a role."""
        samples = [each for one in self.roles[role] for each in one.samples(self.token)]
        return sum(each.value for each in samples if each.name == name)


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """All roles of compose.yaml, over cameras that go on and on, once somebody was met."""
    folder = tmp_path_factory.mktemp("composed")
    film(folder)
    file = endless(write_site(folder, folder, SITE, "null"), fps=5)
    with Postgres(password=SECRETS["POSTGRES_PASSWORD"]) as postgres, Node(folder) as node:
        places = {
            "camweave:guest@rabbitmq:5672": f"guest:guest@127.0.0.1:{node.port}",
            "postgres:5432/camweave": f"127.0.0.1:{postgres.port}/postgres",
            "/etc/camweave/site.yaml": str(file),
            "/var/lib/camweave": str(folder / "videos"),
            "0.0.0.0:9464": "0.0.0.0:0",
            "8080": "0",
        }
        with composed(services(SECRETS), places, folder, {"work": WORKERS}) as roles:
            made = Composed(roles, SECRETS["CAMWEAVE_TOKEN"])
            ids = "camweave_identities_given_total"
            until(lambda: made.total("link-live", ids) > 0, within=SOON)
            yield made
