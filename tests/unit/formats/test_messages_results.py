"""Results as messages: bit by bit what was packed, and nothing that cannot be."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from camweave.core.detections import Detections
from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Tracks
from camweave.formats.messages.columns import from_bytes, to_bytes
from camweave.formats.messages.packed import Address
from camweave.formats.messages.pictures import picture_bytes
from camweave.formats.messages.results import Found, pack_found, read_found, stamp_of

HERE = Address("crossroad", "r1")
GATE = CameraId("gate")


def boxes(draw: st.DrawFn, n: int) -> npt.NDArray[np.float32]:
    place = st.floats(-5000, 5000, width=32)
    corner = draw(arrays(np.float32, (n, 2), elements=place))
    size = draw(arrays(np.float32, (n, 2), elements=st.floats(0, 3000, width=32)))
    return np.concatenate([corner, corner + size], axis=1)


@st.composite
def found(draw: st.DrawFn) -> Found:
    n, t, d = draw(st.integers(0, 6)), draw(st.integers(0, 6)), draw(st.integers(1, 8))
    stamp = Stamp(draw(st.floats(0, 1e9)), GATE, draw(st.integers(0, 1 << 40)), 3)
    share = st.floats(0, 1, width=32)
    looks = draw(arrays(np.float32, (n, d), elements=st.floats(-1, 1, width=32)))
    looks[:, 0] += np.where(np.abs(looks).max(axis=1, initial=0) < 0.1, 1, 0).astype(np.float32)
    looks /= np.linalg.norm(looks, axis=1, keepdims=True)
    looks[draw(arrays(np.bool_, n))] = 0
    detections = Detections(
        stamp,
        boxes(draw, n),
        draw(arrays(np.float32, n, elements=share)),
        draw(arrays(np.int32, n, elements=st.integers(-1, 1))),
        draw(st.sampled_from([None, looks])),
        draw(st.none() | arrays(np.float64, (2, 3), elements=st.floats(-1e6, 1e6))),
    )
    tracks = Tracks(
        stamp,
        draw(arrays(np.int64, t, elements=st.integers(1, 1 << 60))),
        boxes(draw, t),
        draw(arrays(np.float32, t, elements=share)),
        draw(arrays(np.int32, t, elements=st.integers(-1, 1))),
        draw(arrays(np.int64, t, elements=st.integers(-1, n - 1))),
    )
    picture = draw(st.sampled_from([b"", PICTURE]))
    return Found(
        HERE, (8, 6), detections, tracks, ("person", "Käfer"), draw(st.booleans()), picture
    )


PICTURE = picture_bytes(np.zeros((6, 8, 3), np.uint8), "jpeg", 80)
DETECTED = ("xyxy", "score", "class_id", "embedding", "camera_motion")
FOLLOWED = ("track_id", "xyxy", "score", "class_id", "detection")


def bits(value: object) -> tuple[object, ...] | None:
    return None if value is None else (value.dtype, value.shape, value.tobytes())  # type: ignore[attr-defined]  # an array


@given(found())
@settings(max_examples=60)
def test_what_is_packed_is_read_bit_by_bit(made: Found) -> None:
    packed = pack_found(made)
    read = read_found(packed.headers, packed.body)
    assert (read.address, read.stamp, read.size) == (made.address, made.stamp, made.size)
    assert (read.class_names, read.detected) == (made.class_names, made.detected)
    assert read.picture == made.picture
    for name in DETECTED:
        assert bits(getattr(read.detections, name)) == bits(getattr(made.detections, name)), name
    for name in FOLLOWED:
        assert bits(getattr(read.tracks, name)) == bits(getattr(made.tracks, name)), name


def one() -> Found:
    stamp = Stamp(1.0, GATE, 4)
    box = np.array([[1, 2, 3, 4]], np.float32)
    score, number = np.array([0.5], np.float32), np.array([0], np.int32)
    detections = Detections(stamp, box, score, number)
    tracks = Tracks(stamp, np.array([7]), box, score, number, np.array([0]))
    return Found(HERE, (8, 6), detections, tracks, ("person",))


def changed(**columns: npt.NDArray[Any]) -> bytes:
    """The body of `one`, with these columns instead."""
    arrays_, header, rest = from_bytes(pack_found(one()).body)
    return to_bytes(arrays_ | columns, header) + rest


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (changed(score=np.array([np.nan], np.float32)), "score: row 0 is nan: not a finite number"),
        (changed(xyxy=np.zeros((1, 3), np.float32)), "xyxy: expected floats (1, 4), found"),
        (
            changed(xyxy=np.array([[5, 0, 1, 1]], np.float32)),
            "xyxy: row 0 is [5.0, 0.0, 1.0, 1.0]: x2 < x1",
        ),
        (changed(class_id=np.array([3], np.int32)), "class_id: row 0 is 3: beyond 1 class_names"),
        (changed(track_id=np.array([0])), "track_id: row 0 is 0: less than 1"),
        (changed(track_detection=np.array([1])), "track_detection: row 0 is 1: not one of 1"),
        (changed(embedding=np.array([[3, 4]], np.float32)), "embedding: row 0 has length 5"),
        (b"", "the body has 0 bytes; expected columns"),
        (b"\xff\xff\xff\xff{}", "its header has 4294967295 bytes, 2 are left"),
        (b"\x02\0\0\0{]" + bytes(10), "its header is no JSON"),
        (b"\x02\0\0\0[]" + bytes(10), "its header is no JSON object"),
        (b"\x02\0\0\0{}" + bytes(10), "its header lists no columns"),
        (pack_found(one()).body[:-9], "bytes, "),
        (pack_found(one()).body + b"no JPEG", "the body is no JPEG"),
    ],
)
def test_a_row_that_cannot_be_is_refused(body: bytes, line: str) -> None:
    with pytest.raises(FileFormatError) as refused:
        read_found(pack_found(one()).headers, body)
    assert line in str(refused.value)
    assert str(refused.value).startswith("found message: gate, frame 4: ")


@pytest.mark.parametrize(
    "column", [["x", "<f4", [1 << 40]], ["x", "|O", [1]], ["x", "<f4", [-1]], ["x", "<f4"], 3]
)
def test_columns_are_believed_as_far_as_their_bytes_go(column: object) -> None:
    import json

    header = json.dumps({"columns": [column]}).encode()
    with pytest.raises(FileFormatError, match=r"its header (lists an unknown column|says)"):
        from_bytes(len(header).to_bytes(4, "little") + header + bytes(100))


def test_a_column_that_is_not_known_yet_is_passed_over() -> None:
    packed = pack_found(one())
    read = read_found(packed.headers, changed(speed=np.zeros(1)))
    assert len(read.detections) == 1


def test_results_of_a_newer_version_are_refused_by_name() -> None:
    packed = pack_found(one())
    with pytest.raises(FileFormatError, match=r"camweave\.found/2 was written by a newer camweave"):
        read_found({**packed.headers, "schema": "camweave.found/2"}, packed.body)


def test_whose_a_message_is_can_be_told_by_its_headers() -> None:
    assert stamp_of(pack_found(one()).headers) == (HERE, one().stamp)
