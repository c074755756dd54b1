"""Frames, ends and sites as messages: what is packed is read, and no lie gets through."""

import struct
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.formats.messages.ends import EndOfStream, pack_end, read_end
from camweave.formats.messages.frames import (
    SentFrame,
    overtaken,
    pack_frame,
    read_frame,
    sent_frame,
)
from camweave.formats.messages.packed import Address, kind_of
from camweave.formats.messages.sites import SiteNotice, pack_site, read_site

HERE = Address("crossroad", "2026-11-22T01")
GATE = CameraId("gate")
NOTICE = SiteNotice(
    HERE, True, "2026-11-22T01:00:00Z", [{"name": "gate", "mask": None}], {"tracker": {"high": 0.6}}
)


def picture(width: int = 64, height: int = 48) -> Frame:
    ramp = np.arange(width * height * 3, dtype=np.uint32) // width
    return Frame(Stamp(12.5, GATE, 7, 1), (ramp % 251).astype(np.uint8).reshape(height, width, 3))


def told(**changes: object) -> tuple[dict[str, Any], bytes]:
    """A frame's headers, some of them changed or (None) missing, and its body."""
    packed = pack_frame(sent_frame(picture(), HERE))
    headers = {**packed.headers, **changes}
    return {name: value for name, value in headers.items() if value is not None}, packed.body


def test_a_raw_frame_is_read_as_it_was_packed() -> None:
    packed = pack_frame(sent_frame(picture(), HERE, codec="raw"))
    sent = read_frame(packed.headers, packed.body)
    assert sent.address == HERE
    assert sent.frame.stamp == picture().stamp
    np.testing.assert_array_equal(sent.frame.image, picture().image)


def test_a_jpeg_looks_as_the_frame_did() -> None:
    packed = pack_frame(sent_frame(picture(), HERE, quality=95))
    read = read_frame(packed.headers, packed.body).frame
    assert np.abs(read.image.astype(int) - picture().image).mean() < 6
    assert len(packed.body) < picture().image.nbytes / 2


def test_the_same_frame_has_the_same_name_and_another_one_another() -> None:
    one, two = picture(), Frame(replace(picture().stamp, index=8), picture().image)
    names = {pack_frame(sent_frame(frame, HERE)).id for frame in (one, one, two)}
    assert names == {"crossroad/2026-11-22T01/gate/1/7", "crossroad/2026-11-22T01/gate/1/8"}


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(0, 2**62),
    st.integers(0, 1000),
    st.text(min_size=1, max_size=40),
)
def test_every_stamp_survives(time: float, index: int, epoch: int, site: str) -> None:
    stamp = Stamp(time, GATE, index, epoch)
    sent = SentFrame(Address(site, "r"), stamp, (2, 1), "raw", bytes(6))
    packed = pack_frame(sent)
    assert read_frame(packed.headers, packed.body).stamp == stamp


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"time": float("nan")}, "frame message: time: expected a finite number, found nan"),
        ({"time": "soon"}, "frame message: time: expected a finite number, found 'soon'"),
        ({"frame": -1}, "frame message: frame: expected 0 to"),
        ({"frame": True}, "frame message: frame: expected a whole number, found True"),
        ({"epoch": None}, "frame message: the header epoch is missing"),
        ({"camera": "../etc"}, "frame message: camera: camera name '../etc': expected 1 to 64"),
        ({"site": ""}, "frame message: site: expected 1 to 200 characters, found 0"),
        ({"codec": "gif"}, "frame message: codec: expected jpeg or raw, found 'gif'"),
        ({"width": 0}, "frame message: width: expected 1 to 65536, found 0"),
        ({"width": 65}, "frame 7 of gate: the headers say 65x48 px, its JPEG 64x48; refused"),
        ({"codec": "raw"}, "frame 7 of gate: 64x48 px are 9216 bytes, found"),
        ({"width": 65536, "height": 65536}, "frame 7 of gate: claims 65536x65536 px; refused"),
        ({"schema": "camweave.frame/2"}, "camweave.frame/2 was written by a newer camweave"),
        ({"schema": "camweave.found/1"}, "message: expected a frame, found a found"),
        (
            {"schema": "order/1"},
            "message: expected a schema camweave.KIND/VERSION, found 'order/1'",
        ),
        ({"schema": None}, "message: expected a schema camweave.KIND/VERSION, found none"),
    ],
)
def test_headers_that_lie_are_refused(changes: dict[str, object], line: str) -> None:
    headers, body = told(**changes)
    with pytest.raises(FileFormatError) as refused:
        read_frame(headers, body)
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"", "the body is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "the body is no JPEG"),
        (b"\xff\xd8", "the body is no JPEG"),
        (bytes(50_000_000), "50.0 MB; at most 16.8 MB are taken"),
    ],
)
def test_bodies_that_are_none_are_refused(body: bytes, line: str) -> None:
    with pytest.raises(FileFormatError, match=line):
        read_frame(told()[0], body)


def test_a_small_jpeg_that_claims_400_million_pixels_is_never_decoded() -> None:
    headers, body = told(width=20_000, height=20_000)
    at = body.index(b"\xff\xc0") + 5
    bomb = body[:at] + struct.pack(">HH", 20_000, 20_000) + body[at + 4 :]
    with pytest.raises(FileFormatError, match="claims 20000x20000 px; refused"):
        read_frame(headers, bomb)


def test_a_jpeg_that_was_cut_short_is_refused() -> None:
    headers, body = told()
    with pytest.raises(FileFormatError, match="frame 7 of gate: its JPEG is cut short"):
        read_frame(headers, body[: len(body) // 2])


def test_a_jpeg_of_rubbish_is_refused_where_it_is_decoded() -> None:
    headers, body = told()
    rubbish = body[:20] + bytes(len(body) - 200) + body[-180:]
    with pytest.raises(FileFormatError, match="frame 7 of gate"):
        _ = read_frame(headers, rubbish).frame.image


def test_a_frame_that_nobody_looks_at_is_never_decoded_and_yet_has_a_size() -> None:
    headers, _ = told(width=640, height=360)
    hollow = b"\xff\xd8\xff\xc0\0\x0b\x08" + struct.pack(">HH", 360, 640) + bytes(99) + b"\xff\xd9"
    frame = read_frame(headers, hollow).frame
    assert frame.size == (640, 360)
    with pytest.raises(FileFormatError, match="frame 7 of gate: its JPEG cannot be decoded"):
        _ = frame.image


def test_a_frame_is_decoded_once() -> None:
    frame = read_frame(*told()).frame
    assert frame.image is frame.image
    assert frame.size == frame.image.shape[1::-1] == picture().size


def test_a_jpeg_is_not_turned_by_what_it_says_of_its_camera() -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    headers, body = told()
    turned = body[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + body[2:]
    seen = cv2.imdecode(np.frombuffer(turned, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    assert seen.shape == (64, 48, 3)
    assert read_frame(headers, turned).frame.image.shape == (48, 64, 3)


def test_a_raw_frame_that_no_broker_takes_is_refused_before_it_is_sent() -> None:
    frame = Frame(Stamp(0.0, GATE, 0), np.zeros((3000, 3000, 3), np.uint8))
    with pytest.raises(FileFormatError, match=r"27\.0 MB as raw; a message holds 16\.8 MB"):
        sent_frame(frame, HERE, codec="raw")


def test_an_end_is_read_as_it_was_packed() -> None:
    end = EndOfStream(HERE, GATE, 2, 4500, "the file is over")
    packed = pack_end(end)
    assert kind_of(packed.headers) == "end"
    assert read_end(packed.headers, packed.body) == end


def test_an_end_that_brings_something_is_refused() -> None:
    packed = pack_end(EndOfStream(HERE, GATE, 0, 1, ""))
    with pytest.raises(FileFormatError, match="end message: expected no body, found 3 bytes"):
        read_end(packed.headers, b"hey")


def test_a_site_is_read_as_it_was_packed() -> None:
    packed = pack_site(NOTICE)
    read = read_site(packed.headers, packed.body)
    assert (read.address, read.lossless, read.began) == (HERE, True, NOTICE.began)
    assert (read.cameras, read.sections, read.names) == (
        NOTICE.cameras,
        NOTICE.sections,
        (GATE,),
    )
    assert not read.over


@pytest.mark.parametrize(
    ("notice", "place"),
    [
        (
            replace(NOTICE, cameras=[{"name": "gate", "source": "rtsp://u:p@x"}]),
            "cameras[0].source",
        ),
        (replace(NOTICE, sections={"mqtt": {"password": "p"}}), "sections.mqtt.password"),
    ],
)
def test_what_gives_access_to_a_camera_never_leaves_the_machine(
    notice: SiteNotice, place: str
) -> None:
    with pytest.raises(InputError) as refused:
        pack_site(notice)
    assert str(refused.value) == f"site crossroad: {place} must not leave this machine"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"", "site message: crossroad: not JSON"),
        (b"[" * 100_000, "site message: crossroad: not JSON"),
        (b"{}", "site message: crossroad: expected lossless, began, cameras, sections"),
        (
            b'{"lossless":true,"began":"","cameras":[{"name":"a/b"}],"sections":{}}',
            "site message: crossroad: camera name 'a/b'",
        ),
    ],
)
def test_a_site_that_is_none_is_refused(body: bytes, line: str) -> None:
    with pytest.raises(FileFormatError) as refused:
        read_site(pack_site(NOTICE).headers, body)
    assert str(refused.value).startswith(line)


def test_a_site_of_a_newer_camweave_is_refused_by_name() -> None:
    headers = {**pack_site(NOTICE).headers, "schema": "camweave.site/9"}
    with pytest.raises(FileFormatError, match=r"camweave\.site/9 was written by a newer camweave"):
        read_site(headers, b"{}")


@given(times=st.tuples(*[st.floats(0, 1e6)] * 2), by=st.floats(0, 1e3))
def test_of_two_frames_at_most_one_is_overtaken_and_it_is_the_older(
    times: tuple[float, float], by: float
) -> None:
    one, other = (told(time=repr(time))[0] for time in times)
    assert overtaken(one, other, by) == (times[1] - times[0] > by)
    assert not (overtaken(one, other, by) and overtaken(other, one, by))


@pytest.mark.parametrize(
    "changes",
    [
        {"camera": "yard"},
        {"run": "another"},
        {"schema": "camweave.end/1"},
        {"schema": "something"},
        {"time": None},
        {"time": "soon"},
        {"time": "nan"},
    ],
)
def test_nothing_but_a_frame_of_the_camera_overtakes_and_is_overtaken(
    changes: dict[str, object],
) -> None:
    older, newer = (told(time=time)[0] for time in ("1.0", "3.0"))
    assert overtaken(older, newer, by=1.0)
    for one, other in ((older | changes, newer), (older, newer | changes)):
        kept = {name: value for name, value in one.items() if value is not None}
        assert not overtaken(kept, other, by=1.0)
