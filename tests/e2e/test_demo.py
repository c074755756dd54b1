"""`camweave demo`, as a newcomer meets it."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.e2e.conftest import CAMWEAVE, environment

BUSY = 6.0  # times as long as promised, on a machine that has other work
PAGE, ACROSS, END = 10.0 * BUSY, 60.0, 3.0 * BUSY  # s
QUIET = {"DISPLAY": "", "WAYLAND_DISPLAY": ""}


def asked(address: str) -> Any:
    with urlopen(address, timeout=30) as answer:  # noqa: S310 - our own server
        return json.load(answer)


@contextmanager
def at_work(*options: object, **more: Any) -> Iterator[subprocess.Popen[str]]:
    """The command, in a group of its own, of which nothing is left in the end."""
    process = subprocess.Popen(
        [CAMWEAVE, "demo", "--cameras", "2", *map(str, options)],
        text=True,
        env=environment() | QUIET,
        start_new_session=True,
        **more,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_without_a_terminal_it_serves_knows_who_is_who_ends_and_scores_itself(
    tmp_path: Path,
) -> None:
    began = time.monotonic()
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with at_work("--seconds", 12, "--json", "-o", tmp_path, **pipes) as process:
        assert process.stderr is not None
        url = next(m[0] for line in process.stderr if (m := re.search(r"http://[\d.:]+", line)))
        with urlopen(url, timeout=30) as page:  # noqa: S310 - our own server
            assert b"plaza" in page.read()
        assert time.monotonic() - began < PAGE
        several: list[Any] = []
        while not several and process.poll() is None:
            several = [c for c in asked(f"{url}/api/identities") if len(c["cameras"]) > 1]
            time.sleep(0.2)
        assert any(each["ground"] for each in asked(f"{url}/api/cameras"))
        assert any(each["place"] for each in asked(f"{url}/api/tracks"))
        way = asked(f"{url}/api/identities/{several[0]['global_id']}/journey")["stays"][0]["way"]
        assert all(len(place) == 3 for place in way)
        out, _ = process.communicate(timeout=240)
        assert process.returncode == 0
    told = json.loads(out)
    assert told["first_across_cameras"] < ACROSS
    assert 0.1 < told["scores_across_cameras"]["idf1"] < 1
    assert told["scores"]["combined"]["truth_boxes"] > 50
    assert 0 < told["identities_as_shown"]["right_share"] <= 1
    assert [Path(film).name for film in told["films"]] == ["cam_a.mp4", "cam_b.mp4"]
    left = {path.name for path in tmp_path.iterdir()}
    assert {"cam_a.mp4", "cam_a.jpg", "truth", "shown", "site.yaml"} <= left


def test_at_a_terminal_it_goes_on_until_ctrl_c_and_leaves_nothing_running(tmp_path: Path) -> None:
    own, theirs = pty.openpty()
    try:
        with at_work("--port", 0, "-o", tmp_path, stdout=theirs, stderr=theirs) as process:
            told = ""
            while "Ctrl-C ends it" not in told:
                told += os.read(own, 4096).decode()
            time.sleep(2)  # in the middle of its beginning, at the latest
            began = time.monotonic()
            os.killpg(process.pid, signal.SIGINT)  # what a terminal sends to all of them
            assert process.wait(60) == 0
            assert time.monotonic() - began < END
            told += os.read(own, 65536).decode()
            assert "Traceback" not in told
            assert "warning" not in told  # that its cameras end is no news
            assert "looked at" in told
            assert not group_lives(process.pid)
    finally:
        os.close(own)
        os.close(theirs)


def group_lives(group: int) -> bool:
    """Whether any process of a group is left, after a moment for the last one to go."""
    until = time.monotonic() + END
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True


def test_a_port_that_was_asked_for_and_is_taken_is_told_in_a_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with at_work("--port", port, "-o", tmp_path, stderr=subprocess.PIPE) as process:
            _, err = process.communicate(timeout=240)
    assert process.returncode == 1
    assert f"cannot serve at 127.0.0.1:{port}" in err
    assert "--port" in err
    assert "Traceback" not in err
