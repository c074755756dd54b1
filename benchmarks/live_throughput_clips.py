"""Real clips as the cameras of a benchmark: all of one size and rate, H.264 without B-frames."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import count, islice, repeat
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np

from camweave.core.frame import Frame
from camweave.sources.video import VideoSource

CLIPS: Final = (
    "video/PETS09-S2L1_View001_480x360.mp4",
    "video/intel_car-detection.mp4",
    "video/intel_one-by-one-person-detection.mp4",
    "video/iacv_A12_tunnelligure.mp4",
)
FPS: Final = 25  # frames/s that they all declare, so that a tick has a frame of each
FRAMES: Final = 375  # of each: what the shortest has
ROUNDS: Final = 12  # of them in the file
QUICK: Final = {"preset": "ultrafast", "crf": "23", "tune": "zerolatency"}  # as cameras code


def camera_clips(data: Path, folder: Path, size: tuple[int, int], cameras: int) -> list[Path]:
    """So many cameras' files of (width, height) px, one after the other of the real clips."""
    return [_clip(data / CLIPS[at % len(CLIPS)], folder, size) for at in range(cameras)]


def _clip(source: Path, folder: Path, size: tuple[int, int]) -> Path:
    """The clip at this size; made the first time it is asked for."""
    made = folder / f"{source.stem}_{size[0]}x{size[1]}.mp4"
    if not made.exists():
        with VideoSource(source, camera="clip") as video:
            _write(made, islice(video, FRAMES), size)
    return made


def _write(path: Path, frames: Iterator[Frame], size: tuple[int, int]) -> None:
    """The frames, coded once and laid into the file several times: no run comes to its end."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options=QUICK)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, FPS)
        pictures = [*map(_picture, frames, repeat(size), count())]
        coded = [packet for each in (*pictures, None) for packet in stream.encode(each)]
        for at in range(ROUNDS):
            for index, packet in enumerate(coded, at * len(coded)):
                again = av.Packet(bytes(packet))
                again.stream, again.time_base = stream, Fraction(1, FPS)
                again.pts = again.dts = index
                again.is_keyframe = packet.is_keyframe
                container.mux(again)


def _picture(frame: Frame, size: tuple[int, int], index: int) -> av.VideoFrame:
    image = cv2.resize(frame.image, size, interpolation=cv2.INTER_LINEAR)
    picture = av.VideoFrame.from_ndarray(np.asarray(image, np.uint8), format="bgr24")
    picture.pts = index
    return picture
