"""Cameras that are processes of their own: killed, and judged by another's server."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.support.rtsp.server import RtspServer
from tests.support.waiting import until
from tests.support.watching import Watching

from camweave.sources.streams.av_stream import AvStream

ROOT = Path(__file__).parents[3]


@contextmanager
def camera_process(port: int = 0) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address."""
    command = [sys.executable, "-m", "tests.support.rtsp", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_a_camera_killed_and_started_again_is_met_again() -> None:
    with camera_process() as (process, address):
        port = int(address.split(":")[-1].split("/")[0])
        with Watching(lambda clock: AvStream(address, camera="cam", now=clock.now)) as watching:
            until(lambda: watching.condition.state == "live", within=10)
            process.kill()
            process.wait()
            until(lambda: watching.condition.state == "reconnecting", within=2)
            with camera_process(port):
                until(lambda: watching.condition.state == "live", within=6)
                assert watching.condition.epoch == 1
                assert watching.condition.reconnects == 1


def test_the_camera_obeys_its_orders() -> None:
    with camera_process() as (process, _):
        assert process.stdin is not None
        assert process.stdout is not None
        for order in ("freeze", "thaw", "still", "corrupt 0.1", "rate 5", "kick", "answer 404"):
            process.stdin.write(f"{order}\n")
            process.stdin.flush()
            assert process.stdout.readline().startswith("clients 0 shown")
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_host_whose_date_jumps_by_an_hour_sees_nothing_of_it(
    camera: RtspServer, tmp_path: Path
) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler; on Debian: apt-get install gcc libc6-dev")
    library, shift = tmp_path / "host_clock.so", tmp_path / "shift"
    source = ROOT / "tests" / "support" / "host_clock.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    shift.write_text("0")
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.date_jump", camera.url],
        cwd=ROOT,
        env={**os.environ, "LD_PRELOAD": str(library), "DATE_SHIFT": str(shift)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["dates"][1] - seen["dates"][0] > 3000  # the date did jump
    assert seen["dates"][2] - seen["dates"][1] < -6000
    assert seen["states"] == ["live", "ended"]
    assert all(0 < step < 1.0 for step in seen["steps"])
    assert all(-0.1 < age < 1.0 for age in seen["ages"])
