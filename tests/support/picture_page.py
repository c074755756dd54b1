"""The other end of `/ws/pictures`: a page, without a browser."""

import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from websockets.sync.client import ClientConnection, connect

HEAD = struct.Struct("<BId")
TIMEOUT = 20.0  # s; tests fail, they do not hang


@dataclass(frozen=True)
class Shown:
    index: int
    seq: int
    time: float  # s
    jpeg: bytes


class PicturePage:
    def __init__(self, line: ClientConnection) -> None:
        self.line = line

    def watch(self, *wanted: tuple[str, int | None]) -> dict[str, Any]:
        """Say what is watched; the answer, past all pictures that were still under way."""
        cameras = [
            {"camera": name} if width is None else {"camera": name, "width": width}
            for name, width in wanted
        ]
        self.line.send(json.dumps({"watch": cameras}))
        while not isinstance(said := self.line.recv(TIMEOUT), str):
            pass
        answer: dict[str, Any] = json.loads(said)
        return answer

    def next(self, *, drawn: bool = True) -> Shown:
        """The next picture; unless told otherwise, it is drawn."""
        data = self.line.recv(TIMEOUT)
        assert isinstance(data, bytes), data
        index, seq, taken = HEAD.unpack_from(data)
        shown = Shown(index, seq, taken, data[HEAD.size :])
        if drawn:
            self.drawn(shown)
        return shown

    def drawn(self, shown: Shown) -> None:
        self.line.send(struct.pack("<BI", shown.index, shown.seq))

    def said(self) -> Any:
        """The next text."""
        text = self.line.recv(TIMEOUT)
        assert isinstance(text, str)
        return json.loads(text)

    def silent_for(self, seconds: float) -> bool:
        """Whether nothing comes within so many seconds."""
        try:
            self.line.recv(seconds)
        except TimeoutError:
            return True
        return False


@contextmanager
def picture_page(url: str) -> Iterator[PicturePage]:
    """An open page of the server at this URL."""
    with connect(f"{url.replace('http', 'ws', 1)}/ws/pictures", close_timeout=2) as line:
        yield PicturePage(line)
