"""MJPEG as its viewers meet it: a strict parser, and the programs that people really use."""

import os
import shutil
import ssl
import subprocess
import time
from itertools import islice, pairwise
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import av
import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser
from tests.integration.web.conftest import Served
from tests.support.mjpeg_client import MjpegClient, Part
from tests.support.small_show import GATE, YARD, counts_of, filming, frame_of, view_of, wait_until

from camweave.app.runtime.showing import Showing
from camweave.web.app import make_app
from camweave.web.server import ServerParams, WebServer


def size_of(part: Part) -> tuple[int, int]:
    image = cv2.imdecode(np.frombuffer(part.content, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    height, width = image.shape[:2]
    return width, height


def test_a_strict_parser_finds_a_picture_and_its_time_in_every_part(served: Served) -> None:
    with (
        filming(served.showing, 20, began=served.began, size=(640, 360)),
        MjpegClient(f"{served.url}/gate.mjpg") as client,
    ):
        assert client.status == 200
        assert client.headers["cache-control"] == "no-store"
        parts = list(client.parts(12))
    assert {part.headers["content-type"] for part in parts} == {"image/jpeg"}
    assert {size_of(part) for part in parts[2:]} == {(640, 360)}
    times = [part.time for part in parts[2:]]
    assert all(one < other for one, other in pairwise(times))
    assert -0.1 < min(part.age for part in parts[2:]) < 5, "times of capture, in Unix time"


def test_the_stream_ends_as_the_standard_says_when_its_camera_is_removed(served: Served) -> None:
    with MjpegClient(f"{served.url}/gate.mjpg") as client:
        parts = client.parts()
        assert next(parts).headers["content-type"] == "image/jpeg"
        served.showing.remove(GATE)
        assert len(list(parts)) == 0, "and the closing delimiter is there, or this would raise"


def test_a_part_comes_only_when_there_is_a_new_picture(served: Served) -> None:
    with MjpegClient(f"{served.url}/gate.mjpg") as client:
        parts = client.parts()
        next(parts)  # the placeholder
        for index in range(3):
            served.showing.show(frame_of(index=index, time=float(index)))
            assert next(parts).time == pytest.approx(served.began + index, abs=1e-5)
            assert client.silent_for(0.3)


def test_nobody_watches_nothing_is_encoded(served: Served) -> None:
    with filming(served.showing, 50, began=served.began) as done:
        assert wait_until(lambda: done() >= 10)
        assert counts_of(served.showing).encoded == 0
        with MjpegClient(f"{served.url}/gate.mjpg") as client:
            list(client.parts(3))
            assert counts_of(served.showing).watches == 1
        assert wait_until(lambda: counts_of(served.showing).watches == 0, 2), "noticed at once"
        encoded, shown = counts_of(served.showing).encoded, done()
        assert wait_until(lambda: done() >= shown + 10)
        assert counts_of(served.showing).encoded == encoded
        assert counts_of(served.showing, YARD).encoded == 0


def test_a_camera_has_a_name_a_place_and_a_width(served: Served) -> None:
    for index, camera in enumerate(served.showing.cameras):
        served.showing.show(frame_of(camera, index, size=(640, 360)))
    paths = ("/road.mjpg", "/stream/road", "/stream/2", "/stream/2?width=150")
    times, widths = set(), []
    for path in paths:
        with MjpegClient(f"{served.url}{path}") as client:
            part = next(client.parts())
            times.add(round(part.time - served.began, 3))
            widths.append(size_of(part)[0])
    assert times == {0.2}
    assert widths == [640, 640, 640, 160]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/roof.mjpg", 404),
        ("/roof.jpg", 404),
        ("/stream/3", 404),
        ("/stream/-1", 404),
        ("/stream/99999999999999999999999999999", 404),
        ("/stream/" + "9" * 5000, 404),
        ("/stream/gate.mjpg", 404),
        ("/stream/%2e%2e/%2e%2e/etc/passwd", 404),
        ("/..%2f..%2fetc%2fpasswd.jpg", 404),
        ("/gate%00.mjpg", 404),
        ("/gate.mjpg%0d%0aX-Bad:%201", 404),
        ("/GATE.mjpg", 404),
        ("/gate.mjpg?width=0", 422),
        ("/gate.mjpg?width=wide", 422),
        ("/" + "g" * 5000 + ".mjpg", 404),
    ],
)
def test_what_is_not_there_is_refused_in_one_short_answer(
    served: Served, path: str, status: int
) -> None:
    with MjpegClient(f"{served.url}{path}") as client:
        assert client.status == status
        assert len(client.rest()) < 500
    assert counts_of(served.showing).encoded == 0


def test_a_wrong_name_is_met_with_the_right_ones(served: Served) -> None:
    with MjpegClient(f"{served.url}/gatte.mjpg") as client:
        assert b"no camera 'gatte'; there are: gate, yard, road" in client.rest()


def test_a_head_request_tells_what_a_stream_would_be(served: Served) -> None:
    with MjpegClient(f"{served.url}/gate.mjpg", method="HEAD") as client:
        assert client.status == 200
        assert client.headers["content-type"].startswith("multipart/x-mixed-replace")
    assert wait_until(lambda: served.audience.tally.viewers == 0)


def test_a_snapshot_is_the_newest_picture(served: Served) -> None:
    frame = frame_of(index=42, time=4.2, size=(640, 360))
    served.showing.show(frame, view_of(frame, [[20, 20, 60, 90]]))
    with urlopen(f"{served.url}/gate.jpg?width=320") as answer:  # noqa: S310 - our own server
        data = answer.read()
        assert answer.headers["content-type"] == "image/jpeg"
        assert float(answer.headers["x-timestamp"]) == pytest.approx(served.began + 4.2, abs=1e-5)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape == (180, 320, 3)
    assert counts_of(served.showing).watches == 0


def test_ffmpeg_reads_the_stream(served: Served) -> None:
    """As PyAV brings it: the same library, the same demuxer of MJPEG."""
    with (
        filming(served.showing, 20, began=served.began),
        av.open(f"{served.url}/gate.mjpg", timeout=20) as stream,
    ):
        assert stream.format.name == "mpjpeg"
        frames = list(islice(stream.decode(video=0), 8))
    assert {(frame.width, frame.height) for frame in frames[2:]} == {(320, 180)}


def test_opencv_reads_the_stream(served: Served) -> None:
    with filming(served.showing, 20, began=served.began):
        reader = cv2.VideoCapture(f"{served.url}/gate.mjpg")
        try:
            shapes = [image.shape for _, image in (reader.read() for _ in range(5))]
        finally:
            reader.release()
    assert len(shapes) == 5


def test_vlc_reads_the_stream(served: Served) -> None:
    player = shutil.which("cvlc")
    if player is None:
        pytest.skip("no VLC; on Debian: apt-get install vlc-bin vlc-plugin-base")
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=/tmp"]
    as_somebody = nobody if os.geteuid() == 0 else []  # VLC refuses to be root
    to_its_output = "#transcode{vcodec=mp2v}:std{access=file,mux=ts,dst=-}"
    command = [*as_somebody, player, "-q", "-I", "dummy", "--sout", to_its_output]
    with (
        filming(served.showing, 20, began=served.began),
        subprocess.Popen(
            [*command, f"{served.url}/gate.mjpg"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as playing,
    ):
        assert playing.stdout is not None
        seen = playing.stdout.read(20_000)
        playing.terminate()
    assert len(seen) == 20_000, "pictures, as MPEG-2"
    assert served.audience.tally.sent > 3
    assert wait_until(lambda: served.audience.tally.viewers == 0)


def test_a_browser_shows_the_stream_in_an_image(served: Served, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 700, "height": 400})
    with filming(served.showing, 10, began=served.began, size=(640, 360)):
        page.goto(f"{served.url}/openapi.json")
        page.set_content('<img id="live" src="/gate.mjpg">', wait_until="commit")
        page.wait_for_function("document.getElementById('live').naturalWidth === 640")
        looks = set()
        for _ in range(3):
            looks.add(page.screenshot())
            time.sleep(0.3)
    page.close()
    assert len(looks) > 1, "it moves: there is a clock in it"
    assert wait_until(lambda: served.audience.tally.viewers == 0), "closed with the page"


def test_a_browser_shows_why_a_camera_is_down(served: Served, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 700, "height": 400})
    served.showing.down(GATE, "connection lost", 0.0)
    page.goto(f"{served.url}/openapi.json")
    page.set_content('<img id="live" src="/gate.mjpg">', wait_until="commit")
    page.wait_for_function("document.getElementById('live').naturalWidth === 640")
    page.close()


def test_the_description_of_the_interface_names_every_path_once(served: Served) -> None:
    with urlopen(f"{served.url}/openapi.json") as answer:  # noqa: S310 - our own server
        text = answer.read().decode()
    for path in ("/{camera}.mjpg", "/stream/{camera}", "/{camera}.jpg"):
        assert text.count(f'"{path}"') == 1


def test_over_tls_it_is_the_same(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl; on Debian: apt-get install openssl")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    params = ServerParams(port=0, certificate=certificate, key=key)
    trust = ssl.create_default_context(cafile=str(certificate))
    with Showing((GATE,)) as showing, WebServer(make_app(showing), params) as server:
        assert server.url.startswith("https://")
        with MjpegClient(f"{server.url}/gate.mjpg", trust=trust) as client:
            assert size_of(next(client.parts())) == (640, 360)


def test_the_interface_of_a_stopped_server_is_gone(served: Served) -> None:
    url = served.url
    served.server.__exit__(None, None, None)
    with pytest.raises(OSError), urlopen(f"{url}/gate.jpg") as answer:  # noqa: PT011, S310 - whatever it is; ours
        raise HTTPError(url, answer.status, "still there", answer.headers, None)
