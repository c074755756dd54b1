"""A real Prometheus, with the configuration of compose.yaml's, reads all roles."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import yaml
from tests.integration.deploy.conftest import WORKERS, Composed
from tests.support.composed import SOON
from tests.support.deployed import PROMETHEUS, alerts, queries, tool
from tests.support.ports import free_port
from tests.support.waiting import until

SILENT = {"Alerts A"}  # while all is well


@dataclass(frozen=True)
class Prometheus:
    """One that runs."""

    url: str

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            with urlopen(f"{self.url}/-/ready", timeout=5):  # noqa: S310 - our own server
                return True
        except URLError:
            return False

    def ask(self, path: str, **asked: str) -> Any:
        """What its API tells."""
        address = f"{self.url}/api/v1/{path}?{urlencode(asked)}"
        with urlopen(address, timeout=20) as answer:  # noqa: S310 - our own server
            return json.load(answer)["data"]

    def shows(self, expression: str) -> bool:
        """Whether there is anything for an expression, over the last few seconds."""
        plain = expression.replace("$site", ".*").replace("$__rate_interval", "10s")
        return bool(self.ask("query", query=plain)["result"])


def configured(running: Composed, folder: Path) -> Path:
    """The configuration of compose.yaml's Prometheus, over the roles as they run here."""
    told = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    told["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    told["rule_files"] = [str(PROMETHEUS / "alerts.yml")]
    (folder / "token").write_text(running.token)
    roles = {
        name: [one.url.removeprefix("http://") for one in own]
        for name, own in running.roles.items()
    }
    jobs = {each["job_name"]: each for each in told["scrape_configs"]}
    for each in (jobs["camweave"], jobs["serve"]):
        each["authorization"] = {"credentials_file": str(folder / "token")}
    names = jobs["camweave"].pop("dns_sd_configs")[0]["names"]
    jobs["camweave"]["static_configs"] = [
        {"targets": roles[name], "labels": {"__meta_dns_name": name}} for name in names
    ]
    jobs["serve"]["static_configs"][0]["targets"] = roles["serve"]
    told["scrape_configs"] = [jobs["camweave"], jobs["serve"]]
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(told))
    return file


@pytest.fixture(scope="module")
def prometheus(running: Composed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    program = tool("prometheus", "on Debian: apt-get install prometheus")
    folder, at = tmp_path_factory.mktemp("prometheus"), f"127.0.0.1:{free_port()}"
    words = [
        program,
        f"--config.file={configured(running, folder)}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={at}",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log)
    try:
        made = Prometheus(f"http://{at}")
        until(made.ready, within=SOON)
        yield made
    finally:
        process.terminate()
        process.wait()


def test_every_role_is_read(prometheus: Prometheus) -> None:
    def counted() -> dict[str, int]:
        told = prometheus.ask("query", query="count by (role) (up == 1)")["result"]
        return {each["metric"]["role"]: int(each["value"][1]) for each in told}

    until(lambda: sum(counted().values()) > WORKERS + 2, within=SOON)
    assert counted() == {"publish": 1, "work": WORKERS, "link-live": 1, "serve": 1}


def test_every_panel_of_the_dashboard_shows_something(prometheus: Prometheus) -> None:
    asked = {panel: each for panel, each in queries().items() if panel not in SILENT}
    until(lambda: all(map(prometheus.shows, asked.values())), within=SOON)


def test_prometheus_has_every_alert(prometheus: Prometheus) -> None:
    (group,) = prometheus.ask("rules")["groups"]
    assert {rule["name"] for rule in group["rules"]} == set(alerts())
    assert all(rule["health"] != "err" for rule in group["rules"])
