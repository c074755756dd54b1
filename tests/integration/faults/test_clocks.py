"""Clocks that are wrong: the host's, and a camera's."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from tests.support.rtsp.server import RtspServer
from tests.support.rtsp.walkers import street
from tests.support.staged_site import GATE, YARD, Stage, site_text
from tests.support.trial import trial
from tests.support.waiting import until

HOUR = 3600
CAMWEAVE = Path(sys.executable).with_name("camweave")
SOURCE = Path(__file__).parents[2] / "support" / "host_clock.c"
FRAMES = 20  # that must be looked at, before it is held that all goes on


def test_a_camera_whose_clock_jumps_is_told_of_once_and_keeps_its_place(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with trial(stage, caplog, GATE) as fault:
        stage.cameras[GATE].faults.clock_offset = float(HOUR)
        until(lambda: (stage.status(GATE)["condition"]["clock_error"] or 0) < -3000, within=5)
        looked = stage.status(GATE)["looked"]
        until(lambda: stage.status(GATE)["looked"] > looked + FRAMES, within=10)
        status = stage.status(GATE)
        assert -0.1 < status["age"] < 2
        assert status["standing"] == "in step"
        with urlopen(f"{stage.url}/metrics", timeout=20) as answer:  # noqa: S310 - our own server
            told = answer.read().decode()
        assert re.search(r'camera_clock_error_seconds\{camera="gate"\} -3[56]\d\d\.', told)
        assert fault.said(GATE) == ["its clock is 3600 s ahead of ours"]
        stage.cameras[GATE].faults.clock_offset = 0.0
        stage.cameras[GATE].kick()
        until(lambda: "its clock agrees again" in fault.said(GATE), within=10)


@contextmanager
def live(site: Path, environment: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """The command at work: its address, and what it logs."""
    with subprocess.Popen(
        [CAMWEAVE, "live", site, "--port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        said: list[str] = []
        try:
            assert process.stderr is not None
            for line in process.stderr:
                said.append(line)
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    yield found[0], said
                    break
        finally:
            process.terminate()
            said += process.communicate(timeout=20)[1].splitlines()


def cameras(address: str) -> dict[str, Any]:
    """How each camera fares."""
    with urlopen(f"{address}/api/cameras", timeout=20) as answer:  # noqa: S310 - our own server
        return {each["condition"]["camera"]: each for each in json.load(answer)}


def test_a_host_whose_date_jumps_by_an_hour_and_back_loses_nothing(tmp_path: Path) -> None:
    """The whole command in a process whose date is shifted; its cameras' is not."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler; on Debian: apt-get install gcc libc6-dev")
    library, shift, site = (tmp_path / name for name in ("clock.so", "shift", "site.yaml"))
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, SOURCE], check=True)
    shift.write_text("0")
    environment = {**os.environ, "LD_PRELOAD": str(library), "DATE_SHIFT": str(shift)}
    with RtspServer(street(0)) as gate, RtspServer(street(1)) as yard:
        servers = {GATE: gate, YARD: yard}
        ways = "linker: {interval: 0.25}\n"
        text = re.sub(r"linker:\n(  .*\n)+", ways, site_text(servers))
        site.write_text(text)
        with live(site, environment) as (address, said):
            until(
                lambda: all(each["looked"] > FRAMES for each in cameras(address).values()),
                within=20,
            )
            for jump in (HOUR, -HOUR):
                shift.write_text(str(jump))
                before, sent = (
                    cameras(address),
                    {name: each.shown for name, each in servers.items()},
                )
                until(
                    lambda was=before: all(  # type: ignore[misc]  # bound now
                        each["looked"] > was[name]["looked"] + FRAMES
                        for name, each in cameras(address).items()
                    ),
                    within=15,
                )
                for name, each in cameras(address).items():
                    shown = servers[name].shown - sent[name]  # type: ignore[index]  # a camera's name
                    assert each["looked"] - before[name]["looked"] >= 0.75 * shown - 8
                    assert each["condition"]["state"] == "live"
                    assert each["condition"]["reconnects"] == 0
                    assert -0.1 < each["age"] < 2
                    assert each["standing"] == "in step"
    lost = [line for line in said if "reconnecting" in line or "Traceback" in line]
    assert lost == []
