"""What compose.yaml starts, as plain processes of this machine."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, Final
from urllib.request import Request, urlopen

import yaml
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from tests.support.waiting import until

ROOT: Final = Path(__file__).parents[2]
CAMWEAVE: Final = Path(sys.executable).with_name("camweave")
VARIABLE: Final = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
AT: Final = re.compile(r"(http://[^/\s]+)")
SOON: Final = 120.0  # s in which a busy machine starts seven roles at once
GRACE: Final = 15.0  # s that compose.yaml gives them to end


@dataclass(frozen=True)
class Service:
    """One of our own services."""

    name: str
    command: list[str]  # what follows `camweave`
    environment: dict[str, str]


def services(environment: Mapping[str, str], file: Path = ROOT / "compose.yaml") -> list[Service]:
    """Our own services of a compose file, with its variables filled in."""
    told: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text())["services"]
    return [
        Service(
            name,
            [_filled(word, environment) for word in each["command"]],
            {key: _filled(value, environment) for key, value in each["environment"].items()},
        )
        for name, each in told.items()
        if "build" in each
    ]


def _filled(text: str, environment: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name, kind, other = found.groups()
        assert name in environment or kind == "-", f"{name}: {other}"
        return environment.get(name) or other

    return VARIABLE.sub(value, text)


@dataclass
class Role:
    """A service that runs."""

    service: Service
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ear = Thread(target=self._hear, daemon=True)
        self._ear.start()

    @property
    def url(self) -> str:
        """Where it tells its figures, without the path."""
        until(lambda: self._ended() or bool(self._told()), within=SOON)
        assert self._told(), (self.service.name, self.said)
        return self._told().replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - it is read, not bound

    def ask(self, path: str, token: str | None = None) -> str:
        """What it answers."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        with urlopen(Request(self.url + path, headers=headers), timeout=20) as answer:  # noqa: S310 - our own server
            return str(answer.read().decode())

    def samples(self, token: str) -> list[Sample]:
        """Its figures."""
        told = text_string_to_metric_families(self.ask("/metrics", token))
        return [sample for family in told for sample in family.samples]

    def end(self) -> None:
        """Wait until it has ended, which it was asked to; not for ever."""
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._ear.join()
        assert self.process.stderr is not None
        self.process.stderr.close()

    def _hear(self) -> None:
        assert self.process.stderr is not None
        self.said.extend(iter(self.process.stderr.readline, ""))

    def _told(self) -> str:
        return next((found[1] for line in self.said if (found := AT.search(line))), "")

    def _ended(self) -> bool:
        return self.process.poll() is not None


def started(service: Service, cwd: Path) -> Role:
    """A service as a process."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CAMWEAVE_")}
    process = subprocess.Popen(
        [CAMWEAVE, *service.command],
        env={**kept, **service.environment},
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Role(service, process)


@contextmanager
def composed(
    chosen: list[Service], places: Mapping[str, str], cwd: Path, scale: Mapping[str, int]
) -> Iterator[dict[str, list[Role]]]:
    """These services, so many of each, with `places` of their world replaced by those of ours."""
    roles: dict[str, list[Role]] = {}
    try:
        for service in chosen:
            here = Service(
                service.name,
                [_replaced(word, places) for word in service.command],
                {key: _replaced(value, places) for key, value in service.environment.items()},
            )
            for _ in range(scale.get(service.name, 1)):
                roles.setdefault(service.name, []).append(started(here, cwd))
        yield roles
    finally:
        running = [role for own in roles.values() for role in own]
        for role in running:
            role.process.terminate()
        for role in running:
            role.end()


def _replaced(text: str, places: Mapping[str, str]) -> str:
    for there, here in places.items():
        text = text.replace(there, here)
    return text
