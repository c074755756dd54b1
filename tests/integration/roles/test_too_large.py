"""Pictures that no message holds: one line, and all others go on."""

import logging
from pathlib import Path
from struct import pack

import cv2
import numpy as np
import pytest
from tests.support.rabbitmq import Node
from tests.support.roles import (
    LOSSLESS,
    SOON,
    Embedded,
    all_ended,
    listening,
    published,
    store_of,
    stored,
    working,
)
from tests.support.waiting import until
from tests.support.walk import CAMERAS, frames_of

from camweave.app.jobs.roles.reaching import broker_at
from camweave.broker.publisher import Publisher
from camweave.broker.topology import Topology
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.formats.detections import write_detections
from camweave.formats.messages.packed import MOST_BYTES, HeaderValue, Packed

WIDE = CameraId("wide")
SIZE = (3840, 2160)
COMMENT = 65_000  # bytes of one


def with_wide_camera(file: Path) -> None:
    """One more camera, of two pictures of 25 MB raw."""
    film = cv2.VideoWriter(
        str(file.parent / "wide.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 10.0, SIZE
    )
    for _ in range(2):
        film.write(np.full((SIZE[1], SIZE[0], 3), 99, np.uint8))
    film.release()
    nothing = DetectionLog(
        camera=WIDE,
        fps=10.0,
        width=SIZE[0],
        height=SIZE[1],
        frame_times=np.arange(2) / 10.0,
        frame=np.zeros(0, np.int64),
        xyxy=np.zeros((0, 4), np.float32),
        score=np.zeros(0, np.float32),
        class_id=np.zeros(0, np.int32),
        class_names=("person",),
    )
    write_detections(file.parent / "wide.npz", nothing)
    row = f"  - {{name: {WIDE}, source: wide.mp4, detector: {{kind: recorded, path: wide.npz}}}}\n"
    file.write_text(file.read_text().replace("embedder:", f"{row}embedder:"))


def test_a_camera_whose_frames_no_message_holds_is_left_out_and_the_others_go_on(
    node: Node, site: str, file: Path, expected: Embedded, *, caplog: pytest.LogCaptureFixture
) -> None:
    with_wide_camera(file)
    with listening(node, site) as ear, working(node), caplog.at_level(logging.ERROR, "camweave"):
        done = published(node, file, LOSSLESS)
        all_ended(ear, len(CAMERAS) + 1)
    assert done.refused == {WIDE: 2}
    assert ear.heard == {WIDE: [-1], **{each: [*range(frames_of(each)), -1] for each in CAMERAS}}
    assert stored(store_of(file), site) == expected.rows
    lines = [each.getMessage() for each in caplog.records if "publish: left" in each.getMessage()]
    assert lines == [
        "publish: left out, and others like it: frame 0 of wide: 24.9 MB as raw; a message holds "
        "16.8 MB. Send it as jpeg"
    ]


def jpeg_of(size: int) -> bytes:
    """A picture of 160 x 120 px that has so many bytes, most of them comments."""
    done, data = cv2.imencode(".jpg", np.full((120, 160, 3), 99, np.uint8))
    assert done
    start, rest = data.tobytes()[:2], data.tobytes()[2:]
    comments, left = [], size - len(start) - len(rest)
    while left:
        length = left if left <= COMMENT else min(COMMENT, left - 4)
        comments.append(b"\xff\xfe" + pack(">H", length - 2) + bytes(length - 4))
        left -= length
    return b"".join([start, *comments, rest])


def test_a_result_that_its_picture_would_make_too_large_is_told_without_it(
    node: Node, site: str, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    topology = Topology(site=site, lossless=True)
    headers: dict[str, HeaderValue] = {
        "schema": "camweave.frame/1", "site": site, "run": "one", "camera": CAMERAS[0],
        "width": 160, "height": 120, "codec": "jpeg",
    }  # fmt: skip
    with (
        listening(node, site) as ear,
        broker_at(node.url) as broker,
        Publisher(broker, topology.frames.name, topology.declaration(CAMERAS)) as sender,
        caplog.at_level(logging.WARNING, "camweave"),
        working(node),
    ):
        for frame, size in enumerate((1000, MOST_BYTES, 1000)):
            place = {"epoch": 1, "frame": frame, "time": 100.0 + frame / 10}
            sender.publish(Packed(f"{frame}", {**headers, **place}, jpeg_of(size)), CAMERAS[0])
        published(node, file)  # tells workers of the site; its own frames are of an epoch before
        until(lambda: len(ear.heard.get(CAMERAS[0], ())) >= 3, within=SOON)
        until(lambda: -1 in ear.heard[CAMERAS[0]], within=SOON)
    assert ear.heard[CAMERAS[0]][:3] == [0, 1, 2]
    assert ear.pictures == sum(map(len, ear.heard.values())) - ear.ended - 1
    assert sum("without its picture" in each.getMessage() for each in caplog.records) == 1
