"""HTTP cameras that play a clip over and over, and hang up on whoever watches every few seconds.

`python -m benchmarks.live_soak_cameras FPS HOLD CLIP ...` prints its port; it has `/c0.mjpg` ...
"""

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, islice
from pathlib import Path
from typing import Final

from benchmarks.mjpeg_servers import ANSWER, jpeg_of
from camweave.core.frame import CameraId
from camweave.core.picture import Picture
from camweave.sources.video import VideoSource
from camweave.web.multipart import OPENING, part

FRAMES: Final = 150  # of each clip, ready as JPEGs


def pictures_of(clip: Path) -> list[bytes]:
    """A clip as JPEGs."""
    with VideoSource(clip, camera="clip") as source:
        return [jpeg_of(frame.image) for frame in islice(source, FRAMES)]


def main(fps: float, hold: float, clips: list[Path]) -> None:
    """Serve until whoever started it ends it."""
    films = {f"/c{at}.mjpg": pictures_of(clip) for at, clip in enumerate(clips)}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            film, begun = films[self.path], time.monotonic()
            self.wfile.write(ANSWER + OPENING)
            for at in count():
                due = begun + at / fps
                time.sleep(max(0.0, due - time.monotonic()))
                if due - begun > hold:
                    return
                picture = Picture(CameraId("c"), at, due, film[at % len(film)], 0, 0)
                self.wfile.write(part(picture, 0.0))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A viewer went."""

    with Server(("127.0.0.1", 0), Handler) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]), [Path(clip) for clip in sys.argv[3:]])
