"""The live line from its sources to who is who, on the small world, every frame of it."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import cv2
import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from camweave.app.build.sources import make_source
from camweave.app.build.topology import make_topology
from camweave.app.jobs.live.live_site import Sight
from camweave.app.jobs.live.serving import served
from camweave.app.jobs.live.start import live_site, make_linker
from camweave.app.jobs.live.station import LiveStation
from camweave.app.site.load import read_site
from camweave.app.site.model import Site
from camweave.app.site.sections import Serve
from camweave.core.errors import InputError
from camweave.core.events import Event, Span
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.tracks import UNLINKED
from camweave.core.wishes import Merge, TakeBack
from camweave.linking.live.feed import Feed
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.replay import replay

SITE = """
site: corner
cameras:
  - {name: west, source: "synthetic:plaza/cam_a?seconds=16&size=320x180"}
  - {name: east, source: "synthetic:plaza/cam_b?seconds=16&size=320x180", offset: 0.37}
detector: {kind: motion}
embedder: {kind: histogram, bands: 1}
live: {fps: 10}
"""


@dataclass
class Ran:
    """A lossless run that is over; its site can still be asked."""

    station: LiveStation
    sights: dict[CameraId, list[Sight]]
    events: list[Event]

    def shown(self, camera: CameraId) -> list[tuple[int, int, int]]:
        """Frame, track and what it was shown as, row by row."""
        return [
            (sight.look.frame.stamp.index, track, whom)
            for sight in self.sights[camera]
            if sight.global_id is not None
            for track, whom in zip(
                sight.look.tracks.track_id.tolist(), sight.global_id.tolist(), strict=True
            )
        ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    file = tmp_path_factory.mktemp("live") / "site.yaml"
    file.write_text(SITE)
    return read_site(file)


def run(site: Site) -> Iterator[Ran]:
    sights: dict[CameraId, list[Sight]] = defaultdict(list)
    told: list[Event] = []

    def heard(sight: Sight) -> None:
        sights[sight.look.frame.stamp.camera].append(sight)

    with live_site(site, lossless=True, heard=heard, events=told.extend) as station:
        assert station.running.wait(250)
        assert station.running.failures == 0
        yield Ran(station, sights, told)


@pytest.fixture(scope="module")
def ran(site: Site) -> Iterator[Ran]:
    yield from run(site)


def test_every_frame_is_looked_at_and_who_is_who_is_found_out(site: Site, ran: Ran) -> None:
    for camera in site.cameras:
        with make_source(camera.source) as source:
            assert source.info.frame_count == len(ran.sights[CameraId(camera.name)])
    known = {who for camera in ran.sights for _, _, who in ran.shown(camera)} - {UNLINKED}
    assert len(known) > 3


def test_a_replay_of_what_was_found_shows_the_same_identities_row_by_row(
    site: Site, ran: Ran
) -> None:
    assert site.linker is not None
    feeds = [
        Feed.of_frames(
            camera, [(s.look.detections, s.look.tracks) for s in own], (320, 180), ("object",)
        )
        for camera, own in ran.sights.items()
    ]
    replayed = replay(feeds, make_linker(make_topology(site), site.linker))
    for camera in ran.sights:
        told = replayed.cameras[camera]
        again = zip(told.frame.tolist(), told.track_id.tolist(), told.shown.tolist(), strict=True)
        assert ran.shown(camera) == list(again)
    assert list(replayed.events) == ran.events[: len(replayed.events)]


def test_two_lossless_runs_are_equal(site: Site, ran: Ran) -> None:
    for again in run(site):
        assert again.events[: len(ran.events)] == ran.events
        assert {c: again.shown(c) for c in again.sights} == {c: ran.shown(c) for c in ran.sights}


def test_a_site_tells_how_its_cameras_fare(ran: Ran) -> None:
    west, east = ran.station.cameras()
    assert (west.condition.camera, east.condition.camera) == ("west", "east")
    assert west.condition.state == "ended"
    assert west.looked == west.condition.frames == len(ran.sights[CameraId("west")])


def test_who_was_seen_is_told_as_the_registry_knows_it(ran: Ran) -> None:
    cards = ran.station.identities(most=1000)
    assert [card.last for card in cards] == sorted((card.last for card in cards), reverse=True)
    assert ran.station.running.linking is not None
    for card in cards:
        members = ran.station.running.linking.ask(partial(members_of, card.global_id)).result()
        stays = ran.station.journey(card.global_id).stays
        assert [(s.key, s.begin, s.end) for s in stays] == [
            (m.key, m.begin, m.end) for m in members
        ]
    assert sum(ran.station.counts().in_all) == len(cards)


def members_of(who: int, linker: LiveLinker) -> tuple[Span, ...]:
    return linker.registry.members(who)


def test_everybody_has_a_portrait_that_can_be_looked_at(ran: Ran) -> None:
    for card in ran.station.identities():
        jpeg = ran.station.portrait(card.portraits[0])
        assert jpeg is not None
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        assert min(image.shape[:2]) > 3
    assert ran.station.portrait(TrackletKey(CameraId("west"), 9999)) is None


def test_who_is_searched_for_by_their_own_picture_is_found(ran: Ran) -> None:
    cards = ran.station.identities()
    found_first = 0
    for card in cards:
        jpeg = ran.station.portrait(card.portraits[0])
        image = cv2.imdecode(np.frombuffer(jpeg or b"", np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        found = ran.station.search(image.astype(np.uint8))
        assert [each.similarity for each in found] == sorted(
            (each.similarity for each in found), reverse=True
        )
        found_first += card.global_id in [each.card.global_id for each in found[:3]]
    assert found_first > 0.7 * len(cards)


def test_people_can_say_who_is_who_and_take_it_back(ran: Ran) -> None:
    station = ran.station
    before = {card.global_id: card.stays for card in station.identities(most=1000)}
    merged = _merge_any(station)
    after = {card.global_id: card.stays for card in station.identities(most=1000)}
    assert len(after) == len(before) - 1
    assert "corrected" in {each.kind for each in station.happenings()}
    station.say(TakeBack(merged), who="me")
    assert {card.global_id: card.stays for card in station.identities(most=1000)} == before
    assert station.happenings()[-1].seq == len(station.happenings())


def test_nobody_is_in_the_picture_of_a_camera_that_has_ended(ran: Ran) -> None:
    assert ran.station.tracks() == []
    assert [each.tracks for each in ran.station.cameras()] == [0, 0]


def test_what_cannot_be_said_is_refused_in_a_line(ran: Ran) -> None:
    with pytest.raises(InputError, match="never given out"):
        ran.station.say(Merge(1, 99999))
    with pytest.raises(KeyError):
        ran.station.journey(99999)
    with pytest.raises(KeyError):
        ran.station.tracks(CameraId("nowhere"))


@pytest.fixture(scope="module")
def address(ran: Ran) -> Iterator[str]:
    """Where the site is served."""
    with served(ran.station, Serve.model_construct(port=0)) as server:
        yield server.url


def get(address: str, path: str) -> Any:
    with urlopen(address + path, timeout=20) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def post(address: str, path: str, body: object) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "image/jpeg" if isinstance(body, bytes) else "application/json"
    with urlopen(Request(address + path, data, {"Content-Type": kind}), timeout=20) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def test_the_api_tells_what_the_site_knows(ran: Ran, address: str) -> None:
    cameras = get(address, "/api/cameras")
    assert [each["condition"]["camera"] for each in cameras] == ["west", "east"]
    cards = get(address, "/api/identities?most=5")
    assert [each["global_id"] for each in cards] == [
        each.global_id for each in ran.station.identities(most=5)
    ]
    journey = get(address, f"/api/identities/{cards[0]['global_id']}/journey")
    assert journey["card"] == cards[0]
    assert len(journey["stays"]) == cards[0]["stays"]
    assert get(address, f"/api/links/{cards[0]['global_id']}") == journey["links"]
    assert sum(get(address, "/api/counts")["in_all"]) == len(ran.station.identities(most=1000))
    assert get(address, "/openapi.json")["paths"]["/api/identities/merge"]


def test_people_correct_over_the_api_and_all_who_listen_hear_of_it(ran: Ran, address: str) -> None:
    cards = ran.station.identities(most=1000)
    with urlopen(f"{address}/api/events", timeout=20) as events:  # noqa: S310 - our own server
        assert events.readline() == b"retry: 1000\n"
        number = _merge_any(ran.station)
        assert post(address, "/api/identities/undo", {"correction": number})["correction"] > number
        missing = {"corrected", "merged", "undone"}
        while missing:  # or it times out
            missing.discard(events.readline().decode().strip().removeprefix("event: "))
    assert len(ran.station.identities(most=1000)) == len(cards)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/identities/99999", None, 404),
        ("/api/identities/x", None, 422),
        ("/api/tracks?camera=nowhere", None, 404),
        ("/api/portraits/west/99999.jpg", None, 404),
        ("/api/identities/merge", {"one": 1, "other": 99999}, 409),
        ("/api/identities/merge", {"one": 1, "other": 2, "more": 3}, 422),
        ("/api/search", b"not a picture", 422),
        ("/api/search", b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff" + bytes(20), 422),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_reason(
    address: str, path: str, body: object, status: int
) -> None:
    with pytest.raises(HTTPError) as refused:
        get(address, path) if body is None else post(address, path, body)
    assert refused.value.code == status
    assert json.load(refused.value)["detail"]
    refused.value.close()


def test_prometheus_reads_the_metrics(ran: Ran, address: str) -> None:
    with urlopen(f"{address}/metrics", timeout=20) as answer:  # noqa: S310 - our own server
        families = {
            each.name: each for each in text_string_to_metric_families(answer.read().decode())
        }
    frames = {s.labels["camera"]: s.value for s in families["camweave_frames_looked"].samples}
    assert frames == {camera: len(own) for camera, own in ran.sights.items()}
    assert families["camweave_identities"].samples[0].value == len(
        ran.station.identities(most=1000)
    )
    assert {s.labels["stage"] for s in families["camweave_stage_seconds"].samples} == {
        "detect",
        "embed",
        "follow",
    }


def _merge_any(station: LiveStation) -> int:
    """Two that can be one: seen in different cameras at different times."""
    cards = station.identities(most=1000)
    for one in cards:
        for other in cards:
            if one.last < other.first:
                try:
                    return station.say(Merge(one.global_id, other.global_id), who="me")
                except InputError:
                    continue
    raise AssertionError("nobody can be merged")
