import json
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from camweave.sinks.mqtt.discovery import Discovery
from camweave.sinks.mqtt.message import Message
from camweave.sinks.mqtt.topics import Topics, plain

DISCOVERY = Discovery("homeassistant", Topics("camweave", "corner"), "1.2.3")


def described(message: Message) -> Any:
    assert message.retain  # else Home Assistant loses it when it starts again
    return json.loads(message.payload)


def every() -> list[Message]:
    return [
        *DISCOVERY.site(),
        *DISCOVERY.camera("west"),
        *DISCOVERY.site_counts("person"),
        *DISCOVERY.camera_counts("west", "person"),
    ]


def test_no_two_entities_share_an_id_or_a_topic() -> None:
    ids = Counter(described(each)["unique_id"] for each in every())
    assert set(ids.values()) == {1}
    assert len({each.topic for each in every()}) == len(ids)


def test_all_entities_are_gone_when_the_site_is() -> None:
    for each in every():
        assert {"topic": "camweave/corner/available"} in described(each)["availability"]


def test_a_camera_is_a_device_behind_its_site() -> None:
    (site,), (camera,) = DISCOVERY.site(), DISCOVERY.camera("west")
    (identifier,) = described(site)["device"]["identifiers"]
    assert described(camera)["device"]["via_device"] == identifier
    assert described(camera)["device"]["name"] == "corner west"


def test_a_number_of_a_camera_that_is_down_is_unknown() -> None:
    now, _ = DISCOVERY.camera_counts("west", "person")
    topics = [each["topic"] for each in described(now)["availability"]]
    assert topics == ["camweave/corner/available", "camweave/corner/camera/west/state"]
    assert described(now)["availability_mode"] == "all"


def test_a_count_since_the_start_says_when_that_was() -> None:
    _, seen = DISCOVERY.site_counts("person")
    assert described(seen)["state_class"] == "total"
    assert described(seen)["last_reset_value_template"] == "{{ value_json.began }}"


@given(st.text(min_size=1, max_size=20))
def test_any_name_makes_one_step_of_a_topic(name: str) -> None:
    (camera,) = Discovery("homeassistant", Topics("camweave", name), "1").camera("west")
    assert camera.topic.count("/") == 4
    assert not set(plain(name)) & set("/+#\0")
