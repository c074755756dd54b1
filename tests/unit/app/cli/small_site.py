"""A site of two cameras and a few tracklets, for tests of what is said on the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from camweave.core.arrays import F32
from camweave.core.frame import CameraId
from camweave.core.tracks import Appearance, Tracklets
from camweave.formats.tracklets import write_tracklets

Command = Callable[..., Any]  # what the fixture `camweave` gives


def tracklets(camera: str, *spans: tuple[float, float], looks: F32 | None = None) -> Tracklets:
    """A tracklet at 10 frames a second from each begin to each end, and what each looks like."""
    counts = [round((end - begin) * 10) + 1 for begin, end in spans]
    parts = [begin + np.arange(n) / 10 for (begin, _), n in zip(spans, counts, strict=True)]
    time = np.concatenate([np.empty(0), *parts])
    k, m = len(time), len(spans)
    x = np.arange(k, dtype=np.float32)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    appearance = None
    if looks is not None:
        appearance = Appearance(np.arange(m + 1), offsets[:-1], looks, np.ones(m, np.float32))
    return Tracklets(
        camera=CameraId(camera),
        fps=10,
        width=640,
        height=360,
        tracklet_id=np.arange(1, m + 1),
        class_id=np.zeros(m, np.int32),
        offsets=offsets,
        frame=np.rint(time * 10).astype(np.int64),
        time=time,
        xyxy=np.stack([x, x * 0 + 10, x + 20, x * 0 + 60], axis=1),
        score=np.ones(k, np.float32),
        detection=np.arange(k),
        appearance=appearance,
    )


def looks(*which: int, size: int = 8) -> F32:
    """Unit vectors along these axes."""
    return np.eye(size, dtype=np.float32)[list(which)]


def write_site(folder: Path, linker: str, cameras: str = "") -> int:
    """The site file; `linker` and `cameras` are what it says besides."""
    return (folder / "site.yaml").write_text(
        "site: s\ncameras:\n  - {name: cam_a, source: a.mp4}\n"
        f"  - {{name: cam_b, source: b.mp4}}\n{cameras}linker: {{{linker}}}\n"
    )


LAYOUT = """\
fps
10 10
offset
0 0
compatibility
0 1
1 0
dtmin
0 4
4 0
dtmax
0 30
30 0
"""


def two_cameras(folder: Path) -> Path:
    """A site of two cameras with two tracklets each, the same two objects in both, 10 s apart."""
    a = tracklets("cam_a", (0, 5), (3, 9), looks=looks(0, 1))
    b = tracklets("cam_b", (15, 20), (19, 24), looks=looks(0, 1))
    for each in (a, b):
        write_tracklets(folder / each.camera / "tracklets_refined.npz", each)
    (folder / "layout.txt").write_text(LAYOUT)
    write_site(folder, "layout: layout.txt")
    return folder


def assert_one_line(done: Any, told: str) -> None:
    """It was refused, and says why in a line."""
    assert done.status == 2, done
    assert done.out == ""
    assert len(done.err.splitlines()) == 1, done
    assert told in done.err, done
