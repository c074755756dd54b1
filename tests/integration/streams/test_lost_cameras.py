"""Cameras that go, come back, freeze and hang, seen through a reader."""

import logging
from collections.abc import Callable
from itertools import pairwise

import pytest
from tests.support.handles import living_threads, open_handles
from tests.support.rtsp.film import Film
from tests.support.rtsp.server import RtspServer
from tests.support.waiting import until
from tests.support.watching import Watching

from camweave.app.runtime.reader import ReaderParams
from camweave.app.runtime.site_clock import SiteClock
from camweave.core.backoff import Backoff
from camweave.sources.streams.av_stream import AvStream
from camweave.sources.streams.params import StreamParams

READ_TIMEOUT = 1.0  # s


def connection(
    camera: RtspServer, params: StreamParams | None = None
) -> Callable[[SiteClock], AvStream]:
    params = params or StreamParams(read_timeout=READ_TIMEOUT)
    return lambda clock: AvStream(camera.url, camera="cam", now=clock.now, params=params)


def is_live(watching: Watching) -> Callable[[], bool]:
    return lambda: watching.condition.state == "live"


def told_of(watching: Watching, changes: int) -> Callable[[], bool]:
    return lambda: len(watching.told) >= changes


def test_an_unplugged_camera_is_noticed_and_met_again(
    camera: RtspServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="camweave.app.runtime.reader")
    with Watching(connection(camera)) as watching:
        until(lambda: len(watching.noted) >= 10, within=10)
        camera.refuse()
        until(lambda: watching.condition.state == "reconnecting", within=2)
        assert "refused" in watching.condition.reason or "closed" in watching.condition.reason
        assert not watching.condition.delivers
        seen = len(watching.noted)
        camera.accept()
        until(lambda: len(watching.noted) > seen + 10, within=6)
        assert watching.condition.state == "live"
        assert watching.condition.reconnects == 1
    assert watching.states == ["live", "reconnecting", "live", "ended"]
    assert len(caplog.records) == 4, caplog.messages
    stamps = [noted.stamp for noted in watching.noted]
    assert {stamp.epoch for stamp in stamps} == {0, 1}
    assert all(a.index < b.index and a.time < b.time for a, b in pairwise(stamps))


def test_a_camera_that_is_off_at_first_is_met_when_it_comes(camera: RtspServer) -> None:
    camera.refuse()
    with Watching(connection(camera)) as watching:
        until(lambda: watching.condition.state == "reconnecting", within=3)
        camera.accept()
        until(is_live(watching), within=6)
        assert watching.condition.reconnects == 0
        assert watching.condition.epoch == 0


def test_a_reset_connection_is_made_anew_at_once(camera: RtspServer) -> None:
    with Watching(connection(camera)) as watching:
        until(is_live(watching), within=10)
        camera.kick()
        until(lambda: "reconnecting" in watching.states, within=2)
        until(is_live(watching), within=4)
        assert watching.condition.epoch == 1


def test_a_camera_that_sends_nothing_is_given_up(camera: RtspServer) -> None:
    with Watching(connection(camera)) as watching:
        until(is_live(watching), within=10)
        camera.freeze()
        until(lambda: watching.condition.state == "reconnecting", within=READ_TIMEOUT + 1.5)
        until(lambda: "no frame" in watching.condition.reason, within=1)
        camera.thaw()
        until(is_live(watching), within=6)


def test_the_others_keep_their_rate_while_one_is_gone(camera: RtspServer, film: Film) -> None:
    with (
        RtspServer(film) as healthy,
        Watching(connection(camera)) as gone,
        Watching(connection(healthy)) as kept,
    ):
        until(lambda: is_live(gone)() and is_live(kept)(), within=10)
        camera.refuse()
        begin = kept.clock.now()
        until(lambda: kept.clock.now() - begin > 1.5, within=5)
        span = kept.clock.now() - begin
        assert len(kept.since(begin)) > 0.8 * film.fps * span
        assert kept.states == ["live"]
        assert gone.condition.state == "reconnecting"


def test_a_password_refused_needs_a_person_and_is_not_tried_again_soon(camera: RtspServer) -> None:
    camera.answer(401)
    with Watching(connection(camera)) as watching:
        until(lambda: watching.condition.state == "failed", within=3)
        assert "does not let us in" in watching.condition.reason
        tried = camera.connections
        begin = watching.clock.now()
        until(lambda: watching.clock.now() - begin > 1.0, within=3)
        assert camera.connections == tried


def test_nothing_secret_is_said(camera: RtspServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    camera.faults.login = "admin:s3cret"
    address = camera.url.replace("rtsp://", "rtsp://admin:s3cret@") + "?key=hidden"
    camera.refuse()
    with Watching(lambda clock: AvStream(address, camera="cam", now=clock.now)) as watching:
        until(lambda: watching.condition.state == "reconnecting", within=3)
        camera.accept()
        until(is_live(watching), within=6)  # the password is right, and used
        camera.faults.login = "admin:another"
        camera.kick()
        until(lambda: watching.condition.state == "failed", within=6)
    said = " ".join([*caplog.messages, *(condition.reason for condition in watching.told)])
    assert "s3cret" not in said
    assert "hidden" not in said


def test_a_camera_read_over_udp_is_missed_by_its_silence(camera: RtspServer) -> None:
    params = StreamParams(transport="udp", read_timeout=READ_TIMEOUT)
    with Watching(connection(camera, params)) as watching:
        until(is_live(watching), within=10)
        camera.refuse()
        until(lambda: watching.condition.state == "reconnecting", within=READ_TIMEOUT + 2)
        camera.accept()
        until(is_live(watching), within=6)


def test_a_reader_of_a_living_camera_stops_at_once(camera: RtspServer) -> None:
    with Watching(connection(camera)) as watching:
        until(is_live(watching), within=10)
        assert watching.reader.stop()
    assert watching.condition.state == "ended"
    until(lambda: camera.clients == 0, within=2)


def test_a_reader_of_a_silent_camera_lets_go_of_it(camera: RtspServer) -> None:
    with Watching(connection(camera)) as watching:
        until(is_live(watching), within=10)
        camera.freeze()
        begin = watching.clock.now()
        watching.reader.stop()
        assert watching.clock.now() - begin < 2.0
        until(lambda: camera.clients == 0, within=READ_TIMEOUT + 2)


def test_a_still_picture_is_told_and_not_acted_upon(camera: RtspServer) -> None:
    with Watching(connection(camera), params=ReaderParams(still_after=1.0)) as watching:
        until(is_live(watching), within=10)
        camera.hold_still()
        until(lambda: "not changed" in watching.condition.reason, within=6)
        assert watching.condition.state == "live"
        camera.thaw()
        until(lambda: not watching.condition.reason, within=4)
    assert watching.states == ["live", "ended"]


def test_a_hundred_losses_leave_the_reader_as_it_was(hasty: RtspServer) -> None:
    camera, quick = hasty, ReaderParams(backoff=Backoff(first=0.01, quick=0.01))
    held: list[tuple[int, int]] = []
    with Watching(connection(camera), params=quick) as watching:
        for loss in range(100):
            until(is_live(watching), within=20)
            if loss in {5, 99}:
                until(lambda: camera.clients == 1, within=5)
                held.append((living_threads(), open_handles()))
            seen = len(watching.told)
            camera.kick()
            until(told_of(watching, seen + 2), within=20)  # lost, and met again
    assert held[0] == held[1]
    assert watching.condition.epoch == 100
