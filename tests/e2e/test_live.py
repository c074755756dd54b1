"""`camweave live`, as a user runs it."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from tests.e2e.conftest import CAMWEAVE, environment

Command = Callable[..., Any]

SITE = """
site: corner
cameras:
  - {name: west, source: WORLD/cam_a.mp4}
  - {name: east, source: WORLD/cam_b.mp4}
detector: motion
embedder: histogram
live: {fps: 5, loop: true}
"""


def written(folder: Path, world: Path, more: str = "") -> Path:
    """A site file over two rendered videos, and perhaps one more camera."""
    file = folder / "site.yaml"
    file.write_text(SITE.replace("WORLD", str(world)).replace("detector:", f"{more}detector:"))
    return file


@pytest.fixture
def site(tmp_path: Path, world: Path) -> Path:
    return written(tmp_path, world)


@contextmanager
def running(site: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command at work, and where it serves."""
    process = subprocess.Popen(
        [CAMWEAVE, "live", str(site), "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                yield process, found[0]
                return
        raise AssertionError("it never said where it serves")
    finally:
        process.kill()
        process.communicate()


def test_every_frame_of_files_is_looked_at_and_the_command_ends(
    camweave: Command, site: Path
) -> None:
    done = camweave("live", site, "--lossless", "--no-serve", "--json")
    assert done.status == 0, done
    told = json.loads(done.out)
    assert [each["camera"] for each in told["cameras"]] == ["west", "east"]
    for each in told["cameras"]:
        assert each["looked"] == each["frames"] > 40
        assert each["dropped"] == 0


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_asked_to_stop_and_then_stops_soon(
    site: Path, by: signal.Signals
) -> None:
    with running(site) as (process, address):
        with urlopen(f"{address}/west.jpg", timeout=60) as answer:  # noqa: S310 - our own server
            assert answer.read(2) == b"\xff\xd8"
        began = time.monotonic()
        process.send_signal(by)
        out, _ = process.communicate(timeout=60)
        assert time.monotonic() - began < 20  # s; below 3 on a machine that has time
        assert process.returncode == 130
        assert "looked at west" in out


def test_a_host_that_others_reach_needs_a_token(camweave: Command, site: Path) -> None:
    done = camweave("live", site, "--host", "0.0.0.0")  # noqa: S104 - it is refused
    assert done.status == 2
    assert "CAMWEAVE_TOKEN, or serve.token in the site file, or give --open" in done.err
    assert done.err.count("\n") == 1


def test_a_port_that_is_taken_is_told_in_a_line(camweave: Command, site: Path) -> None:
    with running(site) as (_, address):
        done = camweave("live", site, "--port", address.rpartition(":")[2])
    assert done.status == 1
    assert "Choose another `serve.port`" in done.err


def test_a_camera_that_does_not_answer_keeps_nobody_waiting_and_no_secret_is_told(
    camweave: Command, tmp_path: Path, world: Path
) -> None:
    gate = "  - {name: gate, source: 'rtsp://admin:s3cret@127.0.0.1:9/x'}\n"
    file = written(tmp_path, world, gate)
    done = camweave("live", file, "--no-serve", "--seconds", "6", "--json")
    assert done.status == 0, done
    states = {each["camera"]: each for each in json.loads(done.out)["cameras"]}
    assert states["gate"]["looked"] == 0
    assert states["gate"]["state"] in {"reconnecting", "failed"}
    assert states["west"]["looked"] > 0
    assert "s3cret" not in done.out + done.err
