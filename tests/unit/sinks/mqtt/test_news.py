import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support.plain_station import PlainStation, stay

from camweave.core.condition import Condition
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.station import LiveTrack
from camweave.sinks.mqtt.message import Message
from camweave.sinks.mqtt.news import News
from camweave.sinks.mqtt.params import TellingParams

WEST, EAST = CameraId("west"), CameraId("east")
BEGAN = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
BASE = "house/cameras/the_corner"
PARAMS = TellingParams(topic="house/cameras", interval=1.0, thorough=10.0)


@pytest.fixture
def station() -> PlainStation:
    return PlainStation([WEST, EAST], site="the corner", began=BEGAN)


def seen(camera: CameraId, track: int, whom: int | None, label: str = "person") -> LiveTrack:
    box = (0.0, 0.0, 10.0, 20.0)
    key = TrackletKey(camera, track)
    return LiveTrack(key=key, global_id=whom, label=label, score=0.9, xyxy=box, time=0.0)


def told(news: News, now: float) -> dict[str, Any]:
    """What is new, by topic; the last of each."""
    return {m.topic: content(m) for m in news.messages(now)}


def content(message: Message) -> Any:
    return json.loads(message.payload) if message.payload else None


def test_somebody_seen_by_two_cameras_counts_in_both_and_once_in_all(station: PlainStation) -> None:
    station.present = [seen(WEST, 1, 7), seen(EAST, 1, 7), seen(EAST, 2, None)]
    station.members = {7: [stay(WEST, 1, 0.0), stay(EAST, 1, 3.0)]}
    found = told(News(station, PARAMS, "1"), 0.0)
    assert found[f"{BASE}/counts"]["now"] == {"person": 1}
    assert found[f"{BASE}/counts"]["seen"] == {"person": 1}
    assert found[f"{BASE}/camera/west/counts"]["now"] == {"person": 1}
    assert found[f"{BASE}/camera/east/counts"]["now"] == {"person": 2}  # one of them is pending


def test_counts_are_told_when_they_change_and_no_more_often_than_asked_for(
    station: PlainStation,
) -> None:
    news = News(station, PARAMS, "1")
    assert f"{BASE}/counts" in told(news, 0.0)
    assert f"{BASE}/counts" not in told(news, 5.0)
    station.present = [seen(WEST, 1, 7)]
    assert f"{BASE}/counts" not in told(news, 5.5)
    assert told(news, 6.1)[f"{BASE}/counts"]["now"] == {"person": 1}
    station.members = {7: [stay(WEST, 1, 0.0)]}
    assert f"{BASE}/counts" not in told(news, 8.0)
    assert told(news, 10.1)[f"{BASE}/counts"]["seen"] == {"person": 1}


def test_a_camera_that_changes_its_state_is_told_with_the_reason_at_once(
    station: PlainStation,
) -> None:
    news = News(station, PARAMS, "1")
    topic = f"{BASE}/camera/east/state"
    assert told(news, 0.0)[topic]["state"] == "live"
    assert topic not in told(news, 0.2)
    station.condition[EAST] = Condition(
        camera=EAST, state="reconnecting", reason="no frame for 3 s", since=61.25
    )
    assert told(news, 0.4)[topic] == {
        "schema": "camweave.camera/1",
        "camera": "east",
        "state": "reconnecting",
        "reason": "no frame for 3 s",
        "since": "2026-11-21T20:01:01.250Z",
    }


def test_an_event_says_who_where_and_when_and_comes_once(station: PlainStation) -> None:
    news = News(station, PARAMS, "1")
    list(news.messages(0.0))
    station.happen("merged", "#9 is #7", 7)
    station.told[-1] = replace(station.told[-1], time=1.5, other_id=9)
    assert told(news, 0.2)[f"{BASE}/events"] == {
        "schema": "camweave.event/1",
        "site": "the corner",
        "began": "2026-11-21T20:00:00.000Z",
        "seq": 1,
        "time": "2026-11-21T20:00:01.500Z",
        "kind": "merged",
        "text": "#9 is #7",
        "global_id": 7,
        "other_id": 9,
        "camera": None,
    }
    assert f"{BASE}/events" not in told(news, 0.4)


def test_events_that_the_site_forgot_before_they_were_told_are_counted(
    station: PlainStation,
) -> None:
    news = News(station, PARAMS, "1")
    for at in range(10):
        station.happen("entered", f"#{at}", at)
    station.told = station.told[6:]
    assert sum(m.topic == f"{BASE}/events" for m in news.messages(0.0)) == 4
    assert news.missed == 6


def test_a_camera_that_goes_is_taken_off_the_broker_with_its_entities(
    station: PlainStation,
) -> None:
    news = News(station, PARAMS, "1")
    station.present = [seen(EAST, 1, 7, "car")]
    came = told(news, 0.0)
    own = {topic for topic in came if "east" in topic}
    assert len(own) == 5  # state, counts; connection, cars now, cars seen
    station.names = [WEST]
    station.present = []
    gone = told(news, 2.0)
    assert own <= {topic for topic, now in gone.items() if now is None}
    assert f"{BASE}/camera/west/state" not in gone


def test_a_description_comes_before_what_it_describes_and_once(station: PlainStation) -> None:
    news = News(station, PARAMS, "1")
    station.present = [seen(WEST, 1, 7)]
    order = [message.topic for message in news.messages(0.0)]
    node = "house_cameras_the_corner"
    sensor = f"homeassistant/sensor/{node}/west_person_now/config"
    assert order.index(sensor) < order.index(f"{BASE}/camera/west/counts")
    station.present = [seen(WEST, 1, 7), seen(WEST, 2, 8)]
    assert not [each for each in told(news, 2.0) if each.startswith("homeassistant")]


def test_without_discovery_home_assistant_is_told_nothing(station: PlainStation) -> None:
    station.present = [seen(WEST, 1, 7)]
    quiet = replace(PARAMS, discovery=None)
    assert not [each for each in told(News(station, quiet, "1"), 0.0) if not each.startswith(BASE)]
