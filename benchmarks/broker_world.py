"""A site for roles to work on: cameras whose detections are recorded, and pictures of one size."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from camweave.app.jobs.roles.notices import notice_of
from camweave.app.jobs.roles.publish import PublishParams, topology_of
from camweave.app.site.written import Written
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId, Stamp
from camweave.formats.detections import write_detections
from camweave.formats.messages.frames import SentFrame
from camweave.formats.messages.packed import Address
from camweave.formats.messages.pictures import picture_bytes
from camweave.formats.messages.sites import SiteNotice

WIDTH, HEIGHT = 640, 360  # px
FPS: Final = 25.0
PACE: Final = 1000.0  # frames/s by their stamps: live, none is so late that it is let go
OBJECTS: Final = 5  # in every frame
QUALITY: Final = 90
NOISE: Final = 5.5  # grey levels: what makes a JPEG of 60 kB
RUN: Final = "run"


def names(cameras: int) -> tuple[CameraId, ...]:
    """The cameras."""
    return tuple(CameraId(f"cam_{number:02d}") for number in range(cameras))


def write_site(
    folder: Path, site: str, cameras: Sequence[CameraId], frames: int, *, picture: str = "none"
) -> Written:
    """A site file with its detections; frames come from elsewhere, or from one file for all."""
    rows = []
    for camera in cameras:
        write_detections(folder / f"{camera}.npz", _walkers(camera, frames))
        detector = f"{{kind: recorded, path: {camera}.npz}}"
        rows.append(f"  - {{name: {camera}, source: {picture}, detector: {detector}}}")
    file = folder / "site.yaml"
    sections = [
        f"site: {site}",
        "cameras:",
        *rows,
        "embedder: {kind: none}",
        "tracker: {kind: bytetrack}",
        "linker: null",
        f"store: sqlite:///{site}.db",
    ]
    file.write_text("\n".join(sections) + "\n")
    return Written.read(file)


def notice(written: Written, *, lossless: bool) -> SiteNotice:
    """What workers are told of it."""
    address = Address(written.site.site, RUN)
    topology = topology_of(written.site, PublishParams(lossless=lossless))
    began = datetime.fromtimestamp(0, UTC)
    return notice_of(written, address, lossless=lossless, began=began, topology=topology)


def sent(site: str, camera: CameraId, index: int, time: float | None = None) -> SentFrame:
    """One frame on its way, captured at `time` s; the picture is always the same."""
    stamp = Stamp(index / PACE if time is None else time, camera, index)
    return SentFrame(Address(site, RUN), stamp, (WIDTH, HEIGHT), "jpeg", picture())


@cache
def picture() -> bytes:
    """A JPEG of 60 kB, more or less."""
    rng = np.random.default_rng(1)
    ground = np.linspace(60, 180, WIDTH)[None, :, None]
    noise = rng.normal(0, NOISE, (HEIGHT, WIDTH, 1))
    image = np.broadcast_to(ground + noise, (HEIGHT, WIDTH, 3))
    return picture_bytes(image.clip(0, 255).astype(np.uint8), "jpeg", QUALITY)


def _walkers(camera: CameraId, frames: int) -> DetectionLog:
    """Some who walk, each in a lane of its own, and begin anew at the other end."""
    frame = np.repeat(np.arange(frames), OBJECTS)
    lane = np.tile(np.arange(OBJECTS), frames)
    left = (frame * 3.0 + lane * 90) % (WIDTH - 40)
    top = 10.0 + lane * 65
    return DetectionLog(
        camera=camera,
        frame=frame,
        xyxy=np.column_stack([left, top, left + 30, top + 60]).astype(np.float32),
        score=np.full(len(frame), 0.9, np.float32),
        class_id=np.zeros(len(frame), np.int32),
        fps=FPS,
        width=WIDTH,
        height=HEIGHT,
        frame_times=np.arange(frames) / FPS,
        class_names=("person",),
    )
