"""Three ways to send one camera to many viewers: ours, a bare loop, and the naive one.

`python -m benchmarks.mjpeg_servers WAY` is one of them, in a process of its own: it prints its
port, and what it spent from then on when its standard input ends.
"""

import json
import os
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Event, Thread
from typing import Final

import cv2
import numpy as np

from camweave.app.runtime.showing import Showing
from camweave.core.arrays import U8
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.picture import Picture
from camweave.core.tracks import Tracks, View
from camweave.web.app import make_app
from camweave.web.multipart import MEDIA_TYPE, OPENING, part
from camweave.web.server import ServerParams, WebServer, listen

CAMERA: Final = CameraId("gate")
PATH: Final = f"/{CAMERA}.mjpg"
FPS: Final = 10.0
SIZE: Final = (1280, 720)  # px, width and height
PAUSE: Final = 0.033  # s between two pictures of the naive server, as document 3 has it
ANSWER: Final = f"HTTP/1.1 200 OK\r\nContent-Type: {MEDIA_TYPE}\r\n\r\n".encode()


@dataclass
class Spent:
    """What a server spent while it was watched."""

    seconds: float
    cpu: float  # s of the thread that serves; of the process where there are many
    encoded: int
    shown: int
    peak_mib: float


@dataclass
class Tally:
    """What there is to count."""

    cpu: Callable[[], float]
    encoded: Callable[[], int]
    shown: Callable[[], int]

    def until_told(self, port: int) -> Spent:
        """Say the port, and count until standard input ends."""
        before = time.monotonic(), self.cpu(), self.encoded(), self.shown()
        print(port, flush=True)
        sys.stdin.read()
        after = time.monotonic(), self.cpu(), self.encoded(), self.shown()
        seconds, cpu, encoded, shown = (b - a for a, b in zip(before, after, strict=True))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return Spent(seconds, cpu, int(encoded), int(shown), peak)


def ours() -> Spent:
    """`Showing` and `WebServer`."""
    film, showing = Film(), Showing([CAMERA], ("person",))
    app = make_app(showing, began=film.began)
    with (
        showing,
        film.shown_to(showing.show),
        WebServer(app, ServerParams(port=0)) as server,
    ):
        return Tally(
            cpu_of("web"),
            lambda: showing.counts()[CAMERA].encoded,
            lambda: showing.counts()[CAMERA].shown,
        ).until_told(server.port)


def bare() -> Spent:
    """One loop that writes the same bytes to every socket, and nothing else."""
    film, newest, stop = Film(), list[bytes](), Event()

    def show(frame: Frame, _: View) -> None:
        picture = Picture(CAMERA, 0, frame.stamp.time, jpeg_of(frame.image), *SIZE)
        newest[:] = [part(picture, film.began)]

    def write(listening: socket.socket) -> None:
        viewers = list[socket.socket]()
        while not stop.wait(0.001):
            accept_all(listening, viewers)
            if newest:
                content = newest.pop()
                for viewer in viewers:
                    viewer.sendall(content)

    with listen("127.0.0.1", 0) as listening, film.shown_to(show):
        listening.setblocking(False)
        loop = Thread(target=write, args=(listening,), name="bare", daemon=True)
        loop.start()
        tally = Tally(cpu_of("bare"), lambda: film.index, lambda: film.index)
        spent = tally.until_told(listening.getsockname()[1])
        stop.set()
    return spent


def accept_all(listening: socket.socket, viewers: list[socket.socket]) -> None:
    """Let in whoever waits."""
    while True:
        try:
            made = listening.accept()[0]
        except BlockingIOError:
            return
        made.settimeout(10)
        made.recv(4096)
        made.sendall(ANSWER + OPENING)
        viewers.append(made)


def naive() -> Spent:
    """A thread for each viewer, which encodes for that one, changed or not, again and again."""
    film, newest, encoded = Film(), list[Frame](), count()

    def show(frame: Frame, _: View) -> None:
        newest[:] = [frame]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.wfile.write(ANSWER + OPENING)
            while True:
                frame = newest[0]
                picture = Picture(CAMERA, 0, frame.stamp.time, jpeg_of(frame.image), *SIZE)
                next(encoded)
                self.wfile.write(part(picture, film.began))
                time.sleep(PAUSE)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 512

        def handle_error(self, *_: object) -> None:
            """A viewer went."""

    with Server(("127.0.0.1", 0), Handler) as server, film.shown_to(show):
        Thread(target=server.serve_forever, daemon=True).start()
        tally = Tally(time.process_time, lambda: peek(encoded), lambda: film.index)
        spent = tally.until_told(server.server_port)
        server.shutdown()
    return spent


class Film:
    """A scene of a fixed picture with something that moves, at the rate."""

    def __init__(self) -> None:
        width, height = SIZE
        random = np.random.default_rng(3)
        rough = random.integers(0, 255, (height // 40, width // 40, 3), np.uint8)
        smooth = np.asarray(cv2.resize(rough, SIZE, interpolation=cv2.INTER_CUBIC), np.uint8)
        self._image: U8 = smooth // 2 + 60 + random.integers(0, 6, smooth.shape, np.uint8)
        self.began = time.time()
        self.index = 0

    @contextmanager
    def shown_to(self, show: Callable[[Frame, View], None]) -> Iterator[None]:
        """Frames for as long as the block lasts."""
        stop = Event()

        def run() -> None:
            due = time.monotonic()
            while not stop.wait(max(0.0, due - time.monotonic())):
                show(*self._next())
                due += 1 / FPS

        thread = Thread(target=run, name="film", daemon=True)
        show(*self._next())
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _next(self) -> tuple[Frame, View]:
        """One more frame, taken now."""
        self.index += 1
        image, x = self._image.copy(), 11 * self.index % (SIZE[0] - 100)
        image[200:400, x : x + 90] = 220
        stamp = Stamp(time.time() - self.began, CAMERA, self.index)
        box = np.array([[x, 200, x + 90, 400]], np.float32)
        one, none = np.ones(1, np.int64), np.zeros(1, np.int32)
        tracks = Tracks(stamp, one, box, np.ones(1, np.float32), none, one)
        return Frame(stamp, image), View(stamp, tracks)


def jpeg_of(image: U8) -> bytes:
    """Encoded as ours are."""
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())


def cpu_of(name: str) -> Callable[[], float]:
    """Tells the CPU time of the thread of this name, in s."""
    thread = next(each for each in threading.enumerate() if each.name == name)
    clock = time.pthread_getcpuclockid(thread.ident or threading.get_ident())
    return lambda: time.clock_gettime(clock)


def peek(counter: "count[int]") -> int:
    """How far a counter has come."""
    return int(repr(counter)[len("count(") : -1])


if __name__ == "__main__":
    ways = {"ours": ours, "bare": bare, "naive": naive}
    print(json.dumps(asdict(ways[sys.argv[1]]())), flush=True)
    os._exit(0)  # without the naive one's threads, which would never end
