"""Addresses of cameras, and what of them may be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.errors import SourceError
from camweave.sources.streams.address import place_of, scheme_of
from camweave.sources.streams.knock import request_for

words = st.text("abcxyzABC019-_.~!$&'()*+,;=:", min_size=1, max_size=12)


@given(words, words, words)
def test_no_secret_of_an_address_is_shown(name: str, password: str, path: str) -> None:
    address = f"rtsp://{name}:QQ{password}QQ@10.0.0.7:8554/{path}?key=QQ"
    assert place_of(address) == "10.0.0.7:8554"
    assert b"QQ" not in request_for(address).replace(b"?key=QQ", b"")
    assert b"DESCRIBE rtsp://10.0.0.7:8554/" in request_for(address)
    assert request_for(address.replace("rtsp:", "http:")).startswith(f"GET /{path}?key".encode())


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("rtsp://cam.example/live", "cam.example:554"),
        ("rtsps://cam.example/live", "cam.example:322"),
        ("https://cam.example/a.mjpg", "cam.example:443"),
        ("udp://239.0.0.1:5000", "239.0.0.1:5000"),
        ("rtsp://[::1]:99/live", "::1:99"),
        ("rtsp://admin:12/34@10.0.0.7/live", "the camera"),
    ],
)
def test_a_place_is_host_and_port(address: str, place: str) -> None:
    assert place_of(address) == place


@pytest.mark.parametrize("address", ["file:///etc/passwd", "concat:a|b", "a.mp4", "", "://x"])
def test_what_is_no_stream_is_refused(address: str) -> None:
    with pytest.raises(SourceError, match="begins with one of"):
        scheme_of(address)


def test_a_port_must_be_a_number() -> None:
    with pytest.raises(SourceError, match="port"):
        place_of("rtsp://cam:camera/live")
