"""MJPEG over HTTP: what many cheap cameras send, and what camweave itself serves."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from tests.support.mjpeg_camera import MjpegCamera
from tests.support.waiting import until
from tests.support.watching import Watching

from camweave.app.runtime.site_clock import SiteClock
from camweave.core.errors import StreamError
from camweave.sources.streams.av_stream import AvStream
from camweave.sources.streams.params import StreamParams


@pytest.fixture
def camera() -> Iterator[MjpegCamera]:
    with MjpegCamera() as server:
        yield server


def watching(camera: MjpegCamera) -> Watching:
    params = StreamParams(read_timeout=1.0)
    return Watching(lambda clock: AvStream(camera.url, camera="cam", now=clock.now, params=params))


def test_pictures_come_as_they_are_sent(camera: MjpegCamera) -> None:
    with watching(camera) as seen:
        until(lambda: len(seen.noted) > 30, within=10)
        condition = seen.condition
    assert condition.codec == "mjpeg"
    assert condition.declared_fps is None  # MJPEG declares none; FFmpeg would make one up
    assert condition.corrupt == 0
    steps = [(b.number - a.number) % 256 for a, b in pairwise(seen.noted)]
    assert 1 <= sum(steps) / len(steps) < 2
    assert all(0 <= noted.taken - noted.stamp.time < 0.5 for noted in seen.noted)


def test_a_rate_is_measured_where_none_is_declared(camera: MjpegCamera) -> None:
    camera.fps = 8.0
    with watching(camera) as seen:
        until(lambda: len(seen.noted) > 20, within=10)
        assert 6 < seen.condition.delivered_fps < 10


def test_another_size_is_another_epoch(camera: MjpegCamera) -> None:
    with watching(camera) as seen:
        until(lambda: len(seen.noted) > 5, within=10)
        camera.width, camera.height = 320, 192
        until(lambda: seen.condition.width == 320, within=5)
        assert seen.condition.epoch == 1
        assert seen.states == ["live"]


def test_a_camera_is_lost_frozen_and_met_again(camera: MjpegCamera) -> None:
    with watching(camera) as seen:
        until(lambda: len(seen.noted) > 5, within=10)
        camera.refuse()
        until(lambda: seen.condition.state == "reconnecting", within=2)
        camera.accept()
        until(lambda: seen.condition.state == "live", within=5)
        camera.frozen = True
        until(lambda: "no frame" in seen.condition.reason, within=3.5)
        camera.frozen = False
        until(lambda: seen.condition.state == "live", within=6)
        assert seen.condition.epoch == 2


def test_a_redirect_is_not_followed_unless_wished(camera: MjpegCamera) -> None:
    with MjpegCamera() as inside:
        camera.location = inside.url
        with pytest.raises(StreamError) as caught:
            AvStream(camera.url, camera="cam", now=SiteClock().now).__enter__()
        assert caught.value.kind == "redirected"
        assert inside.connections == 0
        params = StreamParams(redirects=True)
        with AvStream(camera.url, camera="cam", now=SiteClock().now, params=params) as stream:
            assert next(iter(stream)).image.shape == (96, 160, 3)


def test_a_page_is_no_camera(camera: MjpegCamera) -> None:
    address = camera.url.replace("http://", "tcp://")
    params = StreamParams(open_timeout=1.0)
    with pytest.raises(StreamError) as caught:
        AvStream(address, camera="cam", now=SiteClock().now, params=params).__enter__()
    assert caught.value.kind in {"unreadable", "unanswered"}
