"""`camweave live` with a broker, as a user runs it."""

import signal
import subprocess
from pathlib import Path
from typing import Any

from tests.e2e.conftest import CAMWEAVE, environment
from tests.support.broker import Broker, Ear
from tests.support.waiting import until

SITE = """
site: corner
cameras:
  - {name: west, source: "synthetic:plaza/cam_a?seconds=60&size=320x180"}
  - {name: east, source: "synthetic:plaza/cam_b?seconds=60&size=320x180"}
detector: motion
live: {fps: 10}
mqtt: {host: 127.0.0.1, port: PORT, user: camweave, password: '${BROKER_PASSWORD}', interval: 0.2}
"""
BASE = "camweave/corner"
LOGIN = ("camweave", "s3cret")
SOON = 60.0  # s; the first run on a machine compiles


def written(folder: Path, port: int) -> Path:
    file = folder / "site.yaml"
    file.write_text(SITE.replace("PORT", str(port)))
    return file


def test_a_run_is_told_from_its_first_event_until_it_is_killed(tmp_path: Path) -> None:
    with Broker(tmp_path, user=LOGIN) as broker, Ear(broker.port, user=LOGIN) as ear:
        process = subprocess.Popen(
            [CAMWEAVE, "live", written(tmp_path, broker.port), "--no-serve"],
            env=environment() | {"BROKER_PASSWORD": LOGIN[1]},
        )
        try:
            until(lambda: bool(entered(ear)), within=SOON)
            until(lambda: bool((ear.newest(f"{BASE}/counts") or {}).get("now")), within=SOON)
            assert ear.newest(f"{BASE}/available") == "online"
            assert ear.newest(f"{BASE}/camera/west/state")["state"] == "live"
            assert entered(ear)[0]["camera"] in {"west", "east"}
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        until(lambda: ear.newest(f"{BASE}/available") == "offline", within=SOON)


def entered(ear: Ear) -> list[Any]:
    return [each for each in ear.under(f"{BASE}/events") if each["kind"] == "entered"]
