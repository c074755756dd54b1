"""The specification's own configuration, converted and run: its addresses show its cameras."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.e2e.conftest import CAMWEAVE, environment
from tests.support.mjpeg_client import MjpegClient
from tests.support.ports import free_port
from tests.support.waiting import until

Command = Callable[..., Any]

OLD = """
OUTPUT_DIR: output/live
MOT: {TRACKER: bytetrack_iou, SHOW: false}
MTMC: {CAMERA_LAYOUT: layout.txt, LINKAGE: mean_feature, MIN_SIM: 0.5}
LIVE: {TARGET_FPS: 8, MAX_SKEW_TICKS: 1, STALL_SECONDS: 5.0, MIN_TRACK_FRAMES: 5,
       CLUSTER_INTERVAL: 1.0, MJPEG_PORT: 18080, LOOP_VIDEO: true}
EXPRESS:
  CAMERAS:
    - {video: WORLD/cam_a.mp4, name: cam_a}
    - {video: WORLD/cam_b.mp4, name: cam_b}
"""
LAYOUT = """
fps
8 8
scales
1 1
offset
0 0
compatibility
0 1
1 0
dtmin
0 0
0 0
dtmax
0 30
30 0
"""
SOON = 100.0  # s; the first run on a machine compiles


def test_a_converted_site_shows_each_camera_by_its_name_and_by_its_index(
    camweave: Command, tmp_path: Path, world: Path
) -> None:
    port = free_port()
    (tmp_path / "layout.txt").write_text(LAYOUT)
    old, new = tmp_path / "old.yaml", tmp_path / "site.yaml"
    old.write_text(OLD.replace("WORLD", str(world)).replace("18080", str(port)))
    done = camweave("convert", old, "-o", new)
    assert done.status == 0, done
    process = subprocess.Popen([CAMWEAVE, "live", new], env=environment())
    try:
        address = f"http://127.0.0.1:{port}"
        until(lambda: alive(f"{address}/healthz"), within=SOON)
        for stream in ("cam_a.mjpg", "stream/0", "cam_b.mjpg", "stream/1"):
            with MjpegClient(f"{address}/{stream}") as viewer:
                first, second = viewer.parts(2)
                assert first.content.startswith(b"\xff\xd8")
                assert second.time > first.time
        with MjpegClient(f"{address}/stream/2") as stranger:
            assert stranger.status == 404
    finally:
        process.terminate()
        assert process.wait(60) == 130


def alive(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200)
    except URLError:
        return False
