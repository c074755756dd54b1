"""The test camera as a process of its own, told its faults line by line on standard input.

    python -m tests.support.rtsp [FILM.mp4] [--port N]

prints its address, then takes: freeze, thaw, still, corrupt SHARE, drop SHARE, rate FPS, switch
FILE, hang, heal, kick, refuse, accept, answer STATUS; each is answered by one line. It ends with
its input.
"""

import argparse
import sys
from pathlib import Path

from tests.support.rtsp.film import film_of, numbered_film
from tests.support.rtsp.server import RtspServer


def main() -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(description="A camera for tests.")
    parser.add_argument("film", nargs="?", type=Path)
    parser.add_argument("--port", type=int, default=0)
    wish = parser.parse_args()
    film = film_of(wish.film) if wish.film else numbered_film()
    with RtspServer(film, port=wish.port) as camera:
        say(camera.url)
        for line in sys.stdin:
            obey(camera, line.split())
            say(f"clients {camera.clients} shown {camera.shown}")


def say(text: str) -> None:
    """One line at once."""
    print(text, flush=True)  # noqa: T201 - it is what this process is for


def obey(camera: RtspServer, words: list[str]) -> None:
    """Carry out one order."""
    match words:
        case ["freeze" | "thaw" | "hang" | "heal" | "kick" | "refuse" | "accept" as order]:
            getattr(camera, order)()
        case ["still"]:
            camera.hold_still()
        case ["corrupt", share]:
            camera.corrupt(float(share))
        case ["drop", share]:
            camera.drop(float(share))
        case ["rate", fps]:
            camera.rate(float(fps))
        case ["switch", file]:
            camera.switch(film_of(Path(file)))
        case ["answer", status]:
            camera.answer(int(status))
        case _:
            say(f"no such order: {' '.join(words)}")


if __name__ == "__main__":
    main()
