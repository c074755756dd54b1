"""A small recorded world: people in coats of their own walk from camera to camera."""

import re
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from camweave.core.arrays import U8
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.formats.detections import write_detections

CAMERAS: Final = (CameraId("west"), CameraId("mid"), CameraId("east"))
WIDTH, HEIGHT = 160, 120  # px
FPS: Final = 10.0
FRAMES: Final = 90  # of each camera, less those by which the second ends earlier
SHORTER: Final = 7
CROSSING, AWAY = 20, 5  # frames in which a view is crossed, and between two views
APART: Final = 5  # frames from one walker to the next
LANES: Final = 3
COATS: Final = (
    (40, 40, 220), (40, 200, 40), (220, 60, 40), (40, 220, 230), (220, 60, 220), (230, 230, 60),
    (30, 120, 250), (250, 250, 250),
)  # fmt: skip
RECORDED: Final = re.compile(r"\{kind: recorded[^}]*\}")
SITE: Final = """
site: SITE
cameras:
CAMERAS
embedder: {kind: histogram, bands: 1}
tracker: {kind: weave}
linker:
  interval: 0.5
  learn: off
  transitions: {west -> mid: [0, 2], mid -> east: [0, 2]}
live: {fps: 10}
store: STORE
"""


def frames_of(camera: CameraId) -> int:
    """How many there are."""
    return FRAMES - SHORTER if camera == CAMERAS[1] else FRAMES


def film(folder: Path) -> None:
    """Write the video and the detections of every camera."""
    for place, camera in enumerate(CAMERAS):
        ground = np.random.default_rng(place).integers(90, 110, (HEIGHT, WIDTH, 3), np.uint8)
        writer = cv2.VideoWriter(
            str(folder / f"{camera}.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT)
        )
        boxes: list[tuple[int, list[float]]] = []
        for frame in range(frames_of(camera)):
            image = ground.copy()
            boxes += [(frame, box) for box in _draw(image, place, frame)]
            writer.write(image)
        writer.release()
        write_detections(folder / f"{camera}.npz", _log(camera, boxes))


def write_site(folder: Path, films: Path, site: str, store: str = "sqlite:///walk.db") -> Path:
    """A site file over them."""
    rows = [
        f"  - {{name: {camera}, source: {films / camera}.mp4, "
        f"detector: {{kind: recorded, path: {films / camera}.npz}}}}"
        for camera in CAMERAS
    ]
    file = folder / "site.yaml"
    text = SITE.replace("CAMERAS", "\n".join(rows)).replace("SITE", site).replace("STORE", store)
    file.write_text(text)
    return file


def endless(file: Path, fps: int = 10) -> Path:
    """That site, over films that go on and on; by motion, as what is recorded ends with them."""
    text = RECORDED.sub("{kind: motion}", file.read_text())
    file.write_text(text.replace("{fps: 10}", f"{{fps: {fps}, loop: true}}"))
    return file


def _draw(image: U8, place: int, frame: int) -> list[list[float]]:
    """Draw who is there; their boxes."""
    boxes: list[list[float]] = []
    for walker, coat in enumerate(COATS):
        since = frame - walker * APART - place * (CROSSING + AWAY)
        if 0 <= since < CROSSING:
            x, y = round(since * (WIDTH - 20) / CROSSING), 6 + 38 * (walker % LANES)
            cv2.rectangle(image, (x, y), (x + 16, y + 34), coat, -1)
            boxes.append([x, y, x + 17, y + 35])
    return boxes


def _log(camera: CameraId, boxes: list[tuple[int, list[float]]]) -> DetectionLog:
    count = frames_of(camera)
    return DetectionLog(
        camera=camera,
        frame=np.array([frame for frame, _ in boxes], np.int64),
        xyxy=np.array([box for _, box in boxes], np.float32),
        score=np.full(len(boxes), 0.9, np.float32),
        class_id=np.zeros(len(boxes), np.int32),
        fps=FPS,
        width=WIDTH,
        height=HEIGHT,
        frame_times=np.arange(count) / FPS,
        class_names=("person",),
    )
