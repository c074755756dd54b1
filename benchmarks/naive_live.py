"""The specification's live line: a thread, a model and an encoder for each camera.

Written from its documents 2 and 3. Each camera's thread reads a frame, runs its own session with
the runtime's default threads, follows, draws, and encodes, watched or not; each viewer has a
thread that sends the newest picture again every 33 ms. In three points it is cheaper than theirs:
the tracker is ours, nothing is embedded or linked, and viewers share encodings.

`python -m benchmarks.naive_live yolo FPS MODEL CLIP ...` or `... motion FPS CLIP ...` answers with
marks. At 0 FPS files are read as fast as can be; else a frame is taken when it is due, and one
after the other is read, as from a camera that waits for nobody.
"""

import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias

import cv2
import numpy as np
import onnxruntime

from benchmarks.live_throughput_marks import Mark, answer
from benchmarks.mjpeg_servers import ANSWER, PAUSE, jpeg_of
from camweave.core.arrays import F32, U8
from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Stamp
from camweave.core.picture import Picture
from camweave.core.tracks import Tracks
from camweave.detection.layouts.layout import grid
from camweave.tracking.bytetrack import ByteTrack
from camweave.web.multipart import OPENING, part

SIDE: Final = 416  # px of the canvas
GREY: Final = 114
LEAST: Final = 0.1  # score
OVERLAP: Final = 0.65
FPS: Final = 25.0  # frames/s
SMALLEST: Final = 100.0  # px² of what moves

Found: TypeAlias = tuple[F32, F32, F32]  # (N, 4) px, (N,) score, (N,) class
Finder: TypeAlias = Callable[[U8], Found]


class YoloFinder:
    """A session of its own, with as many threads as the runtime likes."""

    def __init__(self, model: str) -> None:
        self._session = onnxruntime.InferenceSession(model)
        self._name = self._session.get_inputs()[0].name
        self._corner, self._stride = grid(SIDE, SIDE, (8, 16, 32))

    def __call__(self, frame: U8) -> Found:
        """Boxes of one frame."""
        height, width = frame.shape[:2]
        ratio = min(SIDE / width, SIDE / height)
        canvas = np.full((SIDE, SIDE, 3), GREY, np.uint8)
        small = cv2.resize(frame, (int(width * ratio), int(height * ratio)))
        canvas[: small.shape[0], : small.shape[1]] = small
        blob = canvas.transpose(2, 0, 1)[None].astype(np.float32)
        rows = np.asarray(self._session.run(None, {self._name: blob})[0])[0]
        scores = rows[:, 4:5] * rows[:, 5:]
        best = scores.max(axis=1)
        sure = best > LEAST
        size = np.exp(rows[sure, 2:4]) * self._stride[sure]
        low = (rows[sure, :2] + self._corner[sure]) * self._stride[sure] - size / 2
        boxes = np.hstack([low, size]).tolist()
        kept = cv2.dnn.NMSBoxes(boxes, best[sure].tolist(), LEAST, OVERLAP)
        at = np.asarray(kept, np.int64).ravel()
        xyxy = np.hstack([low, low + size])[at] / ratio
        return xyxy, best[sure][at], scores[sure].argmax(axis=1)[at]


class MotionFinder:
    """OpenCV's background of one camera."""

    def __init__(self) -> None:
        self._background = cv2.createBackgroundSubtractorMOG2()

    def __call__(self, frame: U8) -> Found:
        """What moves in one frame; shadows are 127."""
        front = np.asarray(self._background.apply(frame) > 200, np.uint8)
        outlines, _ = cv2.findContours(front, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        found = [cv2.boundingRect(each) for each in outlines if cv2.contourArea(each) > SMALLEST]
        xyxy = np.array([(x, y, x + w, y + h) for x, y, w, h in found], np.float32).reshape(-1, 4)
        return xyxy, np.ones(len(xyxy), np.float32), np.zeros(len(xyxy), np.float32)


class CameraWorker(threading.Thread):
    """One camera, from its file to JPEGs, over and over."""

    def __init__(self, name: str, clip: Path, find: Finder, pace: float) -> None:
        super().__init__(name=name, daemon=True)
        self.newest: tuple[float, bytes] | None = None  # Unix time of capture, JPEG
        self.frames = 0
        self._find, self._pace = find, pace
        self._tracker = ByteTrack(fps=FPS)
        self._capture = cv2.VideoCapture(str(clip))

    def run(self) -> None:
        """Read, look, draw, encode."""
        begun = time.time()
        while True:
            taken = begun + self.frames / self._pace if self._pace else time.time()
            time.sleep(max(0.0, taken - time.time()))
            done, image = self._capture.read()
            if not done:
                self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
                continue
            frame = np.asarray(image, np.uint8)
            stamp = Stamp(self.frames / FPS, CameraId(self.name), self.frames)
            tracks = self._tracker.update(detections_of(stamp, self._find(frame)))
            self.newest = taken, jpeg_of(annotated(frame, tracks))
            self.frames += 1


def detections_of(stamp: Stamp, found: Found) -> Detections:
    """What the tracker takes."""
    xyxy, score, class_id = found
    good = (xyxy[:, 2:] > xyxy[:, :2]).all(axis=1)
    return Detections(
        stamp,
        xyxy[good].astype(np.float32),
        np.minimum(score[good], 1).astype(np.float32),
        class_id[good].astype(np.int32),
    )


def annotated(frame: U8, tracks: Tracks) -> U8:
    """Boxes, ids, and the frame's number, as document 2 draws them."""
    vis = frame.copy()
    boxes = tracks.xyxy.astype(int).tolist()
    for track_id, (x1, y1, x2, y2) in zip(tracks.track_id.tolist(), boxes, strict=True):
        colour = (37 * track_id % 256, 91 * track_id % 256, 163 * track_id % 256)
        cv2.rectangle(vis, (x1, y1), (x2, y2), colour, 2)
        write(vis, str(track_id), (x1, y1 - 6), colour)
    write(vis, f"t={tracks.stamp.index}", (8, 24), (255, 255, 255))
    return vis


def write(vis: U8, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    """Its lettering."""
    cv2.putText(vis, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.7, colour, 2, cv2.LINE_AA)


def serve(workers: dict[str, CameraWorker]) -> int:
    """A thread for each viewer; the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            worker = workers[self.path.strip("/").removesuffix(".mjpg")]
            self.wfile.write(ANSWER + OPENING)
            for seq in count():
                if worker.newest is not None:
                    taken, jpeg = worker.newest
                    picture = Picture(CameraId(worker.name), seq, taken, jpeg, 0, 0)
                    self.wfile.write(part(picture, 0.0))
                time.sleep(PAUSE)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A viewer went."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def main(kind: str, pace: float, files: list[str]) -> None:
    """Run all cameras, and answer once every one was seen."""
    finder: Callable[[], Finder] = MotionFinder
    if kind == "yolo":
        finder = partial(YoloFinder, files.pop(0))
    made = [CameraWorker(f"c{n}", Path(clip), finder(), pace) for n, clip in enumerate(files)]
    port = serve({each.name: each for each in made})
    for worker in made:
        worker.start()
    while not all(worker.frames for worker in made):
        time.sleep(0.02)

    def mark() -> Mark:
        frames = sum(worker.frames for worker in made)
        return Mark(time.monotonic(), time.process_time(), frames, frames)

    answer(port, mark)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
