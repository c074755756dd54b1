"""A playlist leads elsewhere as a redirect does: it is followed only where that is wished."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from camweave.app.runtime.site_clock import SiteClock
from camweave.core.errors import StreamError
from camweave.sources.streams.av_stream import AvStream
from camweave.sources.streams.params import StreamParams


@contextmanager
def answering(text: str, kind: str) -> Iterator[tuple[str, list[str]]]:
    """A server that answers everything so; its address, and what it was asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its base has it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("redirects", "followed"), [(False, False), (True, True)])
def test_a_playlist_is_followed_only_where_redirects_are(redirects: bool, followed: bool) -> None:
    with answering("secret", "video/mp2t") as (inside, asked):
        text = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{inside}/inside.ts\n#EXT-X-ENDLIST\n"
        with answering(text, "application/vnd.apple.mpegurl") as (outside, _):
            params = StreamParams(redirects=redirects, open_timeout=3.0)
            stream = AvStream(
                f"{outside}/live.m3u8", camera="cam", now=SiteClock().now, params=params
            )
            with pytest.raises(StreamError):
                stream.__enter__()
    assert bool(asked) == followed
