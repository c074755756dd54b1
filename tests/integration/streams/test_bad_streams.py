"""Streams that are damaged, change, or keep bad time, seen through a reader."""

import shutil
import ssl
import subprocess
from itertools import islice, pairwise
from pathlib import Path

import pytest
from tests.support.handles import living_threads, open_handles
from tests.support.rtsp.film import Film, numbered_film
from tests.support.rtsp.server import RtspServer
from tests.support.waiting import until
from tests.support.watching import Watching

from camweave.app.runtime.site_clock import SiteClock
from camweave.core.errors import StreamError
from camweave.sources.streams.av_stream import AvStream
from camweave.sources.streams.params import StreamParams

CYCLES = 100


def watching(
    camera: RtspServer, params: StreamParams | None = None, *, skew: float = 0.0
) -> Watching:
    def connect(clock: SiteClock) -> AvStream:
        began = clock.began.timestamp() + skew
        return AvStream(camera.url, camera="cam", now=clock.now, began=began, params=params)

    return Watching(connect)


@pytest.fixture(scope="module")
def large_film() -> Film:
    return numbered_film(width=320, height=192, seconds=2, gop=10, crf=2)


@pytest.mark.parametrize(
    "params", [StreamParams(), StreamParams(transport="udp")], ids=["tcp", "udp"]
)
def test_pictures_come_in_order_and_none_is_missed(
    camera: RtspServer, params: StreamParams
) -> None:
    with watching(camera, params) as seen:
        until(lambda: len(seen.noted) > 40, within=10)
        came = seen.noted[10:]
    film_length = 50
    steps = [(b.number - a.number) % film_length for a, b in pairwise(came)]
    missed = sum(steps) - (came[-1].stamp.index - came[0].stamp.index)
    assert missed == 0
    assert all(a.stamp.time < b.stamp.time for a, b in pairwise(came))


def test_another_size_is_another_epoch_and_costs_one_picture_at_most(camera: RtspServer) -> None:
    with watching(camera) as seen:
        until(lambda: len(seen.noted) > 10, within=10)
        camera.switch(numbered_film(width=320, height=192))
        until(lambda: seen.condition.width == 320 and seen.condition.frames > 25, within=5)
        assert seen.condition.epoch == 1
        assert seen.condition.reconnects == 0
        assert seen.states == ["live"]
    first = next(noted for noted in seen.noted if noted.stamp.epoch == 1)
    assert first.size == (320, 192)
    assert first.number <= 2  # the new film from its beginning, as far as the taker looked
    assert all(noted.size == (160, 96) for noted in seen.noted if noted.stamp.epoch == 0)


@pytest.mark.parametrize("fault", ["corrupt", "drop"])
def test_damaged_packets_cost_pictures_and_not_the_camera(large_film: Film, fault: str) -> None:
    with RtspServer(large_film) as camera, watching(camera) as seen:
        until(lambda: seen.condition.frames > 10, within=10)
        (camera.corrupt if fault == "corrupt" else camera.drop)(0.1)
        until(lambda: seen.condition.corrupt >= 3, within=20)
        came = seen.condition.frames
        until(lambda: seen.condition.frames > came + 10, within=10)
        camera.corrupt(0)
        camera.drop(0)
        whole_again = seen.clock.now() + 1.4  # a group of pictures, and a second
        until(lambda: seen.clock.now() > whole_again, within=5)
        damaged = seen.condition.corrupt
        until(lambda: seen.clock.now() > whole_again + 0.5, within=5)
        assert seen.condition.corrupt == damaged
        assert seen.condition.state == "live"
        assert seen.condition.epoch == 0


def test_a_damaged_description_does_not_pretend_another_size(camera: RtspServer) -> None:
    """One coded picture of another film, in the middle of this one: what a bad SPS looks like."""
    stranger = numbered_film(width=160, height=80, seconds=0.2)
    units = camera.film.units[:20] + stranger.units[:1] + camera.film.units[20:]
    camera.switch(Film(units, camera.film.fps))
    with watching(camera) as seen:
        until(lambda: seen.condition.corrupt > 0, within=10)
        frames = seen.condition.frames
        until(lambda: seen.condition.frames > frames + 20, within=10)
        assert seen.condition.epoch == 0
    assert {noted.size for noted in seen.noted} == {(160, 96)}


def test_a_strict_stream_waits_for_a_key_picture_after_damage(large_film: Film) -> None:
    with RtspServer(large_film) as camera, watching(camera, StreamParams(strict=True)) as seen:
        until(lambda: seen.condition.frames > 5, within=10)
        camera.drop(0.2)
        until(lambda: seen.condition.corrupt > 10, within=15)
        camera.drop(0)
        frames = seen.condition.frames
        until(lambda: seen.condition.frames > frames + 3, within=5)
        first = next(noted for noted in seen.noted if noted.stamp.index > frames)
        assert first.number % 10 < 3


def test_a_camera_that_delivers_less_than_it_declares_is_measured(camera: RtspServer) -> None:
    camera.rate(7)
    with watching(camera) as seen:
        until(lambda: len(seen.noted) > 18, within=20)
        condition = seen.condition
    assert condition.declared_fps == pytest.approx(25)
    assert 5 < condition.delivered_fps < 9
    times = [noted.stamp.time for noted in seen.noted[6:]]
    assert (times[-1] - times[0]) / (len(times) - 1) == pytest.approx(1 / 7, rel=0.2)


@pytest.mark.slow
def test_stamps_that_count_frames_do_not_make_pictures_old(camera: RtspServer) -> None:
    camera.rate(5, nominal_stamps=True)  # a fifth of time: believed, they are 4.8 s behind after 6
    with watching(camera) as seen:
        until(lambda: seen.clock.now() > 6, within=12)
    assert max(noted.taken - noted.stamp.time for noted in seen.noted) < 3.5


def test_a_camera_whose_clock_is_wrong_keeps_its_place(camera: RtspServer) -> None:
    camera.faults.clock_offset = -5.0
    with watching(camera) as seen:
        until(lambda: seen.condition.clock_error is not None, within=10)
        assert seen.condition.clock_error == pytest.approx(5.0, abs=0.5)
        camera.faults.clock_offset = 3600.0
        frames = seen.condition.frames
        until(lambda: seen.condition.frames > frames + 25, within=10)
    times = [noted.stamp.time for noted in seen.noted[8:]]
    assert max(b - a for a, b in pairwise(times)) < 0.5
    assert all(-0.01 < noted.taken - noted.stamp.time < 0.5 for noted in seen.noted[8:])


def test_a_camera_set_by_ntp_says_itself_when_a_picture_was_taken(camera: RtspServer) -> None:
    camera.faults.clock_offset = -0.2  # as if the way took so long
    with watching(camera, StreamParams(ntp=True)) as seen:
        until(lambda: seen.condition.clock_error is not None, within=10)
        frames = seen.condition.frames
        until(lambda: seen.condition.frames > frames + 20, within=10)
    ages = sorted(noted.taken - noted.stamp.time for noted in seen.noted[-10:])
    assert 0.2 < ages[len(ages) // 2] < 0.5


def test_a_clock_that_cannot_be_right_is_not_believed(camera: RtspServer) -> None:
    camera.faults.clock_offset = 900.0
    with watching(camera, StreamParams(ntp=True)) as seen:
        until(lambda: seen.condition.clock_error is not None, within=10)
        frames = seen.condition.frames
        until(lambda: seen.condition.frames > frames + 10, within=10)
    assert all(-0.01 < noted.taken - noted.stamp.time < 0.5 for noted in seen.noted[-5:])


@pytest.mark.parametrize(
    ("status", "location", "kind"),
    [
        (302, "rtsp://127.0.0.1:1/inside", "redirected"),
        (401, "", "denied"),
        (404, "", "absent"),
        (503, "", "refused"),
    ],
)
def test_what_a_camera_answers_is_told(
    camera: RtspServer, status: int, location: str, kind: str
) -> None:
    camera.answer(status, location)
    with pytest.raises(StreamError) as caught:
        AvStream(camera.url, camera="cam", now=SiteClock().now).__enter__()
    assert caught.value.kind == kind
    assert str(camera.port) in str(caught.value)


def test_a_redirect_is_followed_where_that_is_wished(camera: RtspServer, film: Film) -> None:
    with RtspServer(film) as other:
        camera.answer(302, other.url)
        params = StreamParams(redirects=True)
        with AvStream(camera.url, camera="cam", now=SiteClock().now, params=params) as stream:
            assert next(iter(stream)).image.shape == (96, 160, 3)


def test_a_stream_without_a_whole_picture_is_told(camera: RtspServer) -> None:
    params = StreamParams(whole_timeout=0.5)
    with AvStream(camera.url, camera="cam", now=SiteClock().now, params=params) as stream:
        frames = iter(stream)
        next(frames)
        camera.corrupt(1.0)
        with pytest.raises(StreamError) as caught:
            list(frames)
    assert caught.value.kind == "unreadable"
    assert stream.corrupt > 3


def test_an_encrypted_stream_is_read(film: Film, tmp_path: Path) -> None:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl; on Debian: apt-get install openssl")
    wish = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=camera"
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    subprocess.run([program, *wish.split(), *files], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with (
        RtspServer(film, tls=tls) as camera,
        AvStream(camera.url, camera="cam", now=SiteClock().now) as stream,
    ):
        assert camera.url.startswith("rtsps://")
        assert len(list(islice(stream, 5))) == 5


def test_cameras_that_hang_leave_nothing_behind(camera: RtspServer) -> None:
    camera.hang()
    before: tuple[int, int] | None = None
    for cycle in range(CYCLES):
        stream = AvStream(
            camera.url,
            camera="cam",
            now=SiteClock().now,
            params=StreamParams(open_timeout=0.03, redirects=cycle % 2 > 0),
        )
        with pytest.raises(StreamError) as caught:
            stream.__enter__()
        assert caught.value.kind == "unanswered"
        if before is None:
            until(lambda: camera.clients == 0, within=5)
            before = living_threads(), open_handles()
    until(lambda: camera.clients == 0, within=5)
    assert before is not None
    until(lambda: living_threads() <= before[0] and open_handles() <= before[1], within=5)


def test_connections_made_anew_leave_nothing_behind(hasty: RtspServer) -> None:
    camera = hasty
    before: tuple[int, int] | None = None
    for _ in range(CYCLES):
        with AvStream(camera.url, camera="cam", now=SiteClock().now) as stream:
            frames = iter(stream)
            next(frames)
            camera.kick()
            with pytest.raises(StreamError) as caught:
                list(frames)
        assert caught.value.kind == "lost"
        if before is None:
            until(lambda: camera.clients == 0, within=5)
            before = living_threads(), open_handles()
    assert before is not None
    until(lambda: living_threads() <= before[0] and open_handles() <= before[1], within=5)
