"""A site that runs, and its cameras: added, changed and removed, while the others go on."""

import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from tests.support.mjpeg_client import MjpegClient
from tests.support.rtsp.server import RtspServer
from tests.support.rtsp.walkers import street
from tests.support.waiting import until

from camweave.app.jobs.live.live_site import Sight
from camweave.app.jobs.live.serving import served
from camweave.app.jobs.live.start import live_site
from camweave.app.jobs.live.station import LiveStation
from camweave.app.site.written import Written
from camweave.core.condition import Condition
from camweave.core.events import Created, Event
from camweave.core.frame import CameraId

SITE = """
site: yard
cameras:
  - {{name: west, source: "{west}"}}
  - {{name: east, source: "{east}"}}
detector: motion
embedder: histogram
live: {{fps: 10}}
serve: {{sources: [loopback]}}
"""
SECRET = "s3cr-et%21"  # noqa: S105 - of a camera that is no more than this test
WITHIN = 20.0  # s; on a machine that has time, below 1
STEADY = 4.0  # s without a look at a camera that nothing happens to; 0.1 is usual, 0.3 seen


@dataclass
class Running:
    """A site at work, and all that was heard of it."""

    station: LiveStation
    address: str
    file: Path
    cameras: dict[str, RtspServer]
    seen: dict[CameraId, list[float]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[CameraId, set[int]] = field(default_factory=lambda: defaultdict(set))
    events: list[Event] = field(default_factory=list)

    def heard(self, sight: Sight) -> None:
        camera = sight.look.frame.stamp.camera
        self.seen[camera].append(monotonic())
        self.numbers[camera].update(sight.look.tracks.track_id.tolist())

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and answer."""
        data = None if body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"}
        try:
            with urlopen(  # noqa: S310 - our own server
                Request(self.address + path, data, kind, method=method),  # noqa: S310 - as above
                timeout=30,
            ) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)["detail"]

    def text(self, path: str) -> str:
        with urlopen(self.address + path, timeout=30) as answer:  # noqa: S310 - our own server
            text: str = answer.read().decode()
            return text

    def condition(self, camera: str) -> Condition:
        return self.station.running.intake.conditions()[CameraId(camera)]

    def url(self, camera: str, *, secret: bool = False) -> str:
        url = self.cameras[camera].url
        return url.replace("://", f"://admin:{SECRET}@") if secret else url

    def looked(self, camera: str, count: int = 1) -> None:
        """Wait for some more looks at a camera."""
        before = len(self.seen[CameraId(camera)])
        until(lambda: len(self.seen[CameraId(camera)]) >= before + count, within=WITHIN)

    def longest_pause(self, camera: str, since: float) -> float:
        times = [since, *(t for t in self.seen[CameraId(camera)] if t > since), monotonic()]
        return max(later - each for each, later in pairwise(times))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with RtspServer(street(0)) as west, RtspServer(street(1)) as east, RtspServer(street(2)) as far:
        file = tmp_path_factory.mktemp("yard") / "site.yaml"
        file.write_text(SITE.format(west=west.url, east=east.url))
        written = Written.read(file)
        cameras = {"west": west, "east": east, "far": far}
        made: list[Running] = []
        events: list[Event] = []

        def heard(sight: Sight) -> None:
            if made:
                made[0].heard(sight)

        with live_site(written, heard=heard, events=events.extend) as station:
            assert written.site.serve is not None
            with served(station, written.site.serve.model_copy(update={"port": 0})) as server:
                made.append(Running(station, server.url, file, cameras, events=events))
                for camera in ("west", "east"):
                    made[0].looked(camera)
                yield made[0]


@pytest.fixture
def quiet(running: Running) -> Iterator[Running]:
    """With the cameras of its file, before and after."""
    yield running
    for each in running.call("GET", "/api/cameras")[1]:
        name = each["condition"]["camera"]
        if name not in {"west", "east"}:
            running.call("DELETE", f"/api/cameras/{name}")


def test_a_camera_is_added_and_the_others_keep_their_rate(quiet: Running) -> None:
    since = monotonic()
    status, changes = quiet.call(
        "POST", "/api/cameras", {"name": "far", "source": quiet.url("far")}
    )
    assert status == 201
    assert "post" in quiet.call("GET", "/openapi.json")[1]["paths"]["/api/cameras"]
    assert changes == {
        "added": ["far"],
        "changed": [],
        "removed": [],
        "linker": True,
        "restart": [],
    }
    quiet.looked("far", 10)
    for camera in ("west", "east"):
        assert quiet.longest_pause(camera, since) < STEADY
    names = [each["condition"]["camera"] for each in quiet.call("GET", "/api/cameras")[1]]
    assert names == ["west", "east", "far"]
    with MjpegClient(f"{quiet.address}/stream/2") as viewer:
        assert next(viewer.parts()).content.startswith(b"\xff\xd8")
    assert quiet.call("GET", "/api/cameras/far")[1]["condition"]["state"] == "live"
    assert "added far" in {each.text for each in quiet.station.happenings()}
    assert quiet.call("GET", "/api/stats")[1]["site_file"]["said"] == ["far"]


def test_a_camera_is_removed_and_its_viewers_see_the_end_of_it(quiet: Running) -> None:
    quiet.call("POST", "/api/cameras", {"name": "far", "source": quiet.url("far")})
    quiet.looked("far", 5)
    with MjpegClient(f"{quiet.address}/far.mjpg") as viewer:
        parts = viewer.parts()
        next(parts)
        since = monotonic()
        assert quiet.call("DELETE", "/api/cameras/far")[1]["removed"] == ["far"]
        assert len(list(parts)) < 20  # and then the closing delimiter
    for camera in ("west", "east"):
        quiet.looked(camera, 3)
        assert quiet.longest_pause(camera, since) < STEADY
    assert quiet.call("GET", "/api/cameras/far")[0] == 404
    assert quiet.call("GET", "/stream/2")[0] == 404
    assert quiet.cameras["far"].clients == 0
    linking = quiet.station.running.linking
    assert linking is not None
    grown = linking.ask(
        lambda linker: [
            span
            for who in linker.registry.living
            for span in linker.registry.members(who)
            if span.growing and span.key.camera == "far"
        ]
    )
    assert grown.result(10) == []


def test_the_tracks_of_one_that_comes_back_are_numbered_on(
    quiet: Running,
) -> None:
    quiet.numbers.clear()
    highest = 0
    for _ in range(2):
        quiet.call("POST", "/api/cameras", {"name": "far", "source": quiet.url("far")})
        until(lambda: bool(quiet.numbers[CameraId("far")]), within=WITHIN)
        numbers = quiet.numbers[CameraId("far")]
        assert min(numbers) > highest
        quiet.call("DELETE", "/api/cameras/far")
        highest = max(numbers)
        numbers.clear()


def test_a_stage_of_a_camera_is_changed_and_its_connection_stays(quiet: Running) -> None:
    before, conversations = quiet.condition("east"), quiet.cameras["east"].clients
    since = monotonic()
    status, changes = quiet.call("PATCH", "/api/cameras/east", {"tracker": {"patience": 2.5}})
    assert (status, changes["changed"]) == (200, ["east"])
    quiet.looked("east", 3)
    assert quiet.longest_pause("west", since) < STEADY
    after = quiet.condition("east")
    assert (after.epoch, after.reconnects, after.state) == (before.epoch, before.reconnects, "live")
    assert quiet.cameras["east"].clients == conversations
    status, changes = quiet.call("PATCH", "/api/cameras/east", {"tracker": None})
    assert (status, changes["changed"]) == (200, ["east"])
    assert quiet.call("GET", "/api/stats")[1]["site_file"]["said"] == []


def test_a_source_is_changed_and_its_viewers_stay(quiet: Running) -> None:
    quiet.call("POST", "/api/cameras", {"name": "far", "source": quiet.url("far")})
    quiet.looked("far", 3)
    with MjpegClient(f"{quiet.address}/far.mjpg") as viewer:
        parts = viewer.parts()
        next(parts)
        section = {"source": quiet.url("west")}
        assert quiet.call("PUT", "/api/cameras/far", section)[1]["changed"] == ["far"]
        quiet.looked("far", 3)
        next(parts)
    assert quiet.cameras["far"].clients == 0
    assert quiet.cameras["west"].clients == 2


def test_no_secret_of_a_source_is_told_anywhere(
    quiet: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [
        quiet.call("POST", "/api/cameras", {"name": name, "source": source})
        for name, source in (
            ("far", quiet.url("far", secret=True)),
            ("dead", f"rtsp://admin:{SECRET}@127.0.0.1:9/x"),
            ("dead", f"rtsp://admin:{SECRET}@10.0.0.1/x"),
            ("dead2", f"rtsp://admin:{SECRET}@10.0.0.1/x"),
            ("dead2", f"udp://admin:{SECRET}@10.0.0.1/x"),
            ("dead2", f"rtsp://admin:{SECRET}@a@b/x"),
        )
    ]
    answers.append(
        quiet.call("POST", "/api/cameras", {"name": "x", "source": [quiet.url("far", secret=True)]})
    )
    assert [status for status, _ in answers] == [201, 201, 409, 422, 422, 422, 422]
    answers.append(quiet.call("PATCH", "/api/cameras/far", {"offset": "x"}))
    until(lambda: quiet.condition("dead").state == "reconnecting", within=WITHIN)
    quiet.looked("far", 2)
    told = [json.dumps(answers), caplog.text]
    told += [
        quiet.text(path)
        for path in (
            "/",
            "/metrics",
            "/openapi.json",
            "/readyz",
            "/api/cameras",
            "/api/cameras/dead",
            "/api/stats",
            "/api/happenings",
            "/api/tracks",
        )
    ]
    assert not [each for each in told if "s3cr" in each]
    assert "127.0.0.1:9" in quiet.text("/api/cameras/dead")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "told"),
    [
        ("POST", "/api/cameras", {"source": "x"}, 422, "name: expected a name"),
        ("POST", "/api/cameras", {"name": "a b", "source": "rtsp://127.0.0.1/"}, 422, "name: exp"),
        ("POST", "/api/cameras", {"name": "west", "source": "x"}, 409, "there is a camera"),
        ("POST", "/api/cameras", {"name": "x", "source": "file:///etc/passwd"}, 422, "source: exp"),
        ("POST", "/api/cameras", {"name": "x", "source": "/etc/passwd"}, 422, "source: files can"),
        ("POST", "/api/cameras", {"name": "x", "source": "rtsp://10.0.0.1/"}, 422, "source: 10.0."),
        ("PATCH", "/api/cameras/west", {"mask": "/etc/passwd"}, 422, "mask: files can be named"),
        ("PATCH", "/api/cameras/west", {"maske": "x"}, 422, "maske: unknown key (did you mean"),
        ("PATCH", "/api/cameras/nobody", {"offset": 1}, 404, "no camera 'nobody'"),
        ("PUT", "/api/cameras/west", {"name": "east", "source": "x"}, 422, "name: expected 'west'"),
        ("DELETE", "/api/cameras/nobody", None, 404, "no camera 'nobody'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line_and_changes_nothing(  # noqa: PLR0917 - a table's columns
    quiet: Running, method: str, path: str, body: object, status: int, told: str
) -> None:
    before = quiet.station.running.line.cameras
    answer = quiet.call(method, path, body)
    assert answer[0] == status
    assert answer[1].startswith(told)
    assert "\n" not in answer[1]
    assert quiet.station.running.line.cameras == before
    assert quiet.call("GET", "/api/stats")[1]["site_file"]["said"] == []


def test_a_broken_site_file_is_told_once_and_the_old_one_stays_in_force(
    quiet: Running, caplog: pytest.LogCaptureFixture
) -> None:
    good, since, told = quiet.file.read_text(), monotonic(), ""
    quiet.file.write_text(good.replace("site: yard", "site: yard\nsit: x"))
    try:
        for _ in range(3):
            status, told = quiet.call("POST", "/api/reload")
            assert status == 422
            assert f"{quiet.file}:3:1: sit: unknown key" in told
        assert quiet.call("GET", "/api/stats")[1]["site_file"]["refused"] == told
        assert "\ncamweave_site_file_refused 1.0\n" in quiet.text("/metrics")
        said = [each for each in quiet.station.happenings() if "not in force" in each.text]
        assert len(said) == 1
        assert len([r for r in caplog.records if "not in force" in r.getMessage()]) == 1
        for camera in ("west", "east"):
            quiet.looked(camera, 3)
            assert quiet.longest_pause(camera, since) < STEADY
    finally:
        quiet.file.write_text(good)
    assert quiet.call("POST", "/api/reload")[0] == 200
    assert quiet.call("GET", "/api/stats")[1]["site_file"]["refused"] is None
    assert "\ncamweave_site_file_refused 0.0\n" in quiet.text("/metrics")


def test_a_site_file_that_was_changed_changes_what_differs_and_names_what_waits(
    quiet: Running,
) -> None:
    good, since = quiet.file.read_text(), monotonic()
    more = f'  - {{name: far, source: "{quiet.url("far")}"}}\ndetector: motion'
    text = good.replace("detector: motion", more).replace("fps: 10", "fps: 9")
    quiet.file.write_text(text.replace("histogram", "histogram\nlinker: {margin: 0.1}"))
    try:
        assert quiet.call("POST", "/api/reload")[1] == {
            "added": ["far"],
            "changed": [],
            "removed": [],
            "linker": True,
            "restart": ["live.fps"],
        }
        quiet.looked("far", 3)
    finally:
        quiet.file.write_text(good)
    assert quiet.call("POST", "/api/reload")[1]["removed"] == ["far"]
    for camera in ("west", "east"):
        assert quiet.longest_pause(camera, since) < STEADY


def test_nothing_failed_underneath(quiet: Running) -> None:
    """Last in the file: after all that, no event is missing, and no id was given out twice."""
    assert [each.seq for each in quiet.events] == list(range(1, len(quiet.events) + 1))
    made = [each.identity for each in quiet.events if isinstance(each, Created)]
    assert made == sorted(set(made))
    linking = quiet.station.running.linking
    assert linking is not None
    assert linking.failures == quiet.station.running.failures == 0
