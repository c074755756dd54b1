"""Whatever a deployment starts is a command that there is, with options that it has."""

import re
from itertools import pairwise
from typing import Any

import pytest
import yaml
from tests.support.composed import Service, services
from tests.support.deployed import COMPOSE, KUBERNETES, ROOT, containers

from camweave.app.cli.commands import application
from camweave.app.cli.usage import UsageError

EXAMPLE = ROOT / ".env.example"
VALUES = dict.fromkeys(re.findall(r"(?m)^(\w+)=", EXAMPLE.read_text()), "x")
COMMANDS = [each.command for each in services(VALUES)] + [each["args"] for each in containers()]
SETTING = re.compile(r"\bCAMWEAVE_\w+")


def parse(words: list[str]) -> None:
    """Read a command line as the program would, and do nothing."""
    name, *rest = words
    group: Any = application(words)
    group.commands[name].make_context(name, rest)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_command_line_is_understood(words: list[str]) -> None:
    parse(words)


def test_one_that_is_wrong_would_be_found() -> None:
    with pytest.raises(UsageError):
        parse(["work", "--metricks", "9464"])


def test_every_setting_is_one_that_is_read() -> None:
    files = [COMPOSE, EXAMPLE, ROOT / "Dockerfile", *KUBERNETES.glob("*.yaml")]
    named = {name for file in files for name in SETTING.findall(file.read_text())}
    known = {
        name
        for file in (ROOT / "src").rglob("*.py")
        for name in SETTING.findall(file.read_text(encoding="utf-8"))
    }
    assert named - known == {"CAMWEAVE_IMAGE"}  # compose.yaml's own


def test_every_password_comes_from_outside() -> None:
    for service in yaml.safe_load(COMPOSE.read_text())["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASS|TOKEN|BROKER|STORE", name):
                assert re.search(r"\$\{\w+:\?", value), name
    assert not re.search(r"(?m)^\w*(PASSWORD|TOKEN)=.", EXAMPLE.read_text())


@pytest.mark.parametrize("service", services(VALUES), ids=lambda each: each.name)
def test_its_health_is_asked_for_where_it_is_told(service: Service) -> None:
    asked = service.environment["CAMWEAVE_METRICS"].rpartition(":")[2]
    words = dict(pairwise(service.command))
    assert words.get("--port", asked) == asked


def test_the_image_has_what_the_commands_need() -> None:
    told = re.search(r'ARG EXTRAS="([^"]*)"', (ROOT / "Dockerfile").read_text())
    assert told is not None
    assert {"onnx", "rabbitmq", "postgres"} <= set(told[1].split())
