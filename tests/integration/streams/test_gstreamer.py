"""Our reader and our test camera, each held against GStreamer's other end."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from tests.support.rtsp.server import RtspServer
from tests.support.waiting import until
from tests.support.watching import Watching

from camweave.sources.streams.av_stream import AvStream
from camweave.sources.streams.params import StreamParams

SCRIPT = Path(__file__).parents[2] / "support" / "rtsp" / "gstreamer_server.py"
SYSTEM_PYTHON = "/usr/bin/python3"  # the one that Debian's python3-gi is for
INSTALL = (
    "apt-get install gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good "
    "gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-rtsp "
    "gir1.2-gst-rtsp-server-1.0 python3-gi"
)


@contextmanager
def gstreamer_camera(codec: str, port: int = 0) -> Iterator[str]:
    """GStreamer's server; its address."""
    if not Path(SYSTEM_PYTHON).exists():
        pytest.skip(f"no {SYSTEM_PYTHON}; on Debian: {INSTALL}")
    with subprocess.Popen(
        [SYSTEM_PYTHON, str(SCRIPT), "320x240", codec, str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            if not address:
                pytest.skip(f"no GStreamer RTSP server; on Debian: {INSTALL}")
            yield address
        finally:
            process.kill()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gstreamer_camera("h264") as address:
        yield address


@pytest.mark.parametrize(
    "params", [StreamParams(), StreamParams(transport="udp")], ids=["tcp", "udp"]
)
def test_gstreamer_s_camera_is_read(address: str, params: StreamParams) -> None:
    with Watching(
        lambda clock: AvStream(address, camera="cam", now=clock.now, params=params)
    ) as watching:
        until(lambda: len(watching.noted) > 25, within=15)
        condition = watching.condition
    assert (condition.width, condition.height, condition.codec) == (320, 240, "h264")
    assert condition.corrupt == 0
    assert 8 < condition.delivered_fps < 35  # 25, on a machine that has time
    came = watching.noted[10:]
    assert all(a.stamp.time < b.stamp.time for a, b in pairwise(came))
    span = came[-1].stamp.time - came[0].stamp.time
    frames = came[-1].stamp.index - came[0].stamp.index
    assert span / frames == pytest.approx(0.04, rel=0.2)


def test_a_camera_that_comes_back_with_another_codec_is_read_on() -> None:
    with ExitStack() as stack:
        with gstreamer_camera("h264") as address:
            watching = stack.enter_context(
                Watching(lambda clock: AvStream(address, camera="cam", now=clock.now))
            )
            until(lambda: watching.condition.state == "live", within=15)
            assert watching.condition.codec == "h264"
        port = int(address.split(":")[-1].split("/")[0])
        stack.enter_context(gstreamer_camera("jpeg", port))
        until(lambda: watching.condition.epoch == 1, within=15)
        assert watching.condition.state == "live"
        assert watching.condition.codec == "mjpeg"


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_gstreamer_reads_the_test_camera(camera: RtspServer, protocol: str) -> None:
    program = shutil.which("gst-launch-1.0")
    if program is None:
        pytest.skip(f"no gst-launch-1.0; on Debian: {INSTALL}")
    line = (
        f"rtspsrc location={camera.url} protocols={protocol} latency=0 ! rtph264depay"
        " ! h264parse ! identity eos-after=20 ! fakesink"
    )
    done = subprocess.run(
        [program, "-q", *line.split()], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
