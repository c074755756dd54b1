"""The `mqtt` section: what it means, and what is said when it is wrong."""

from pathlib import Path

import pytest

from camweave.app.build.mqtt import broker_params, telling_params
from camweave.app.site.load import parse_site
from camweave.app.site.sections import Mqtt
from camweave.core.errors import SiteError
from camweave.formats.tls import Tls

SITE = "site: s\ncameras:\n  - {name: a, source: a.mp4}\nmqtt: {%s}\n"
FOLDER = Path("/sites")


def read(keys: str, **environment: str) -> Mqtt:
    mqtt = parse_site(SITE % keys, "site.yaml", FOLDER, environment).mqtt
    assert mqtt is not None
    return mqtt


def test_a_host_is_all_that_is_needed() -> None:
    broker, telling = broker_params(read("host: hub")), telling_params(read("host: hub"))
    assert (broker.host, broker.port, broker.user, broker.tls) == ("hub", 1883, None, None)
    assert (telling.topic, telling.discovery, telling.qos) == ("camweave", "homeassistant", 1)


def test_without_the_section_nobody_is_told() -> None:
    assert parse_site((SITE % "").replace("mqtt: {}", ""), "site.yaml", FOLDER, {}).mqtt is None


def test_files_are_found_beside_the_site_file_and_tls_has_its_own_port() -> None:
    broker = broker_params(read("host: hub, tls: true, authority: ca.pem"))
    assert broker.tls == Tls(authority=FOLDER / "ca.pem")
    assert broker.port == 8883


def test_a_password_comes_from_the_environment_and_shows_nowhere() -> None:
    mqtt = read("host: hub, user: camweave, password: '${PASSWORD}'", PASSWORD="s3cret")  # noqa: S106 - none
    broker = broker_params(mqtt)
    assert broker.password == "s3cret"  # noqa: S105 - none
    assert "s3cret" not in repr(mqtt) + repr(broker) + mqtt.model_dump_json()


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("", "mqtt.host: is missing"),
        ("hots: hub", "mqtt.hots: unknown key (did you mean 'host'?)"),
        ("host: hub, port: 70000", "mqtt.port: expected a number, at most 65535, got 70000"),
        ("host: hub, port: 0", "mqtt.port: expected a number, at least 1, got 0"),
        ("host: hub, qos: 3", "mqtt.qos: expected one of 0, 1, 2, got 3"),
        (
            "host: hub, interval: 2s",
            "mqtt.interval: expected a number of seconds, got '2s'; write 2",
        ),
        ("host: hub, topic: 'a/#'", "mqtt.topic: expected steps as in house/cameras"),
        ("host: hub, authority: ca.pem", "mqtt.authority: is of use with tls: true only"),
        ("host: hub, tls: true, key: k.pem", "mqtt.key: is of use with a certificate only"),
        ("host: hub, password: s3cret", "mqtt.password: is of use with a user only"),
        ("host: hub, user: u, password: 9473", "mqtt.password: expected text; put it in quotes"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_its_place(keys: str, told: str) -> None:
    with pytest.raises(SiteError) as caught:
        read(keys)
    lines = [line for line in str(caught.value).splitlines() if told in line]
    assert len(lines) == 1, str(caught.value)
    assert lines[0].startswith("site.yaml:4:")
    assert "s3cret" not in str(caught.value)
    assert "9473" not in str(caught.value)
