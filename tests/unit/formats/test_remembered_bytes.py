"""What is remembered of one camera, as bytes and back; and what strange bytes get."""

import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from camweave.core.errors import InputError
from camweave.core.remembered import Remembered
from camweave.formats.remembered import HEAD, MAGIC, VERSION, packed, unpacked

NAMES = st.from_regex(r"[a-z_]{1,20}", fullmatch=True)
ARRAYS = st.one_of(
    *(
        nps.arrays(kind, nps.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
        for kind in (np.float32, np.float64, np.int32, np.int64, np.uint8)
    )
)
PARTS = st.dictionaries(
    NAMES,
    st.builds(Remembered, NAMES, st.integers(0, 65535), st.dictionaries(NAMES, ARRAYS, max_size=4)),
    max_size=4,
)
ONE = {
    "tracker": Remembered(
        "weave", 3, {"numbers": np.arange(6.0).reshape(2, 3), "made_with": np.arange(9, dtype="u1")}
    ),
    "glances": Remembered("glances", 1, {}),
}


def assert_same(a: Mapping[str, Remembered], b: Mapping[str, Remembered]) -> None:
    assert list(a) == list(b)
    for one, other in zip(a.values(), b.values(), strict=True):
        assert (one.kind, one.version, list(one.arrays)) == (
            other.kind,
            other.version,
            list(other.arrays),
        )
        for name, array in one.arrays.items():
            assert array.dtype == other.arrays[name].dtype
            np.testing.assert_array_equal(array, other.arrays[name])


@settings(max_examples=30)
@given(PARTS)
def test_what_was_packed_comes_back(parts: dict[str, Remembered]) -> None:
    assert_same(unpacked(packed(parts)), parts)


@settings(max_examples=30)
@given(PARTS)
def test_equal_values_are_equal_bytes(parts: dict[str, Remembered]) -> None:
    assert packed(unpacked(packed(parts))) == packed(parts)


def test_arrays_that_lie_in_memory_otherwise_come_back_as_they_look() -> None:
    strange = np.arange(24.0).reshape(4, 6)[::2, ::-1].T
    back = unpacked(packed({"a": Remembered("a", 1, {"x": strange})}))["a"].arrays["x"]
    np.testing.assert_array_equal(back, strange)
    assert not back.flags.writeable
    assert back.flags.aligned


@given(st.data())
def test_a_part_of_the_bytes_is_refused(data: st.DataObject) -> None:
    blob = packed(ONE)
    with pytest.raises(InputError, match=r"^what is remembered of a camera: "):
        unpacked(blob[: data.draw(st.integers(0, len(blob) - 1))])


@given(st.data())
def test_a_bit_that_has_turned_over_is_refused(data: st.DataObject) -> None:
    blob = bytearray(packed(ONE))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(InputError, match=r"^what is remembered of a camera: "):
        unpacked(bytes(blob))


def signed(body: bytes) -> bytes:
    """Any bytes, made to look as if we had written them."""
    return HEAD.pack(MAGIC, VERSION, crc32(body)) + body


def held(blob: bytes) -> int:
    """How many bytes of arrays are in it; none where it is refused, as it may be."""
    with suppress(InputError):
        parts = unpacked(blob)
        return sum(each.nbytes for part in parts.values() for each in part.arrays.values())
    return 0


@given(st.binary(max_size=200))
def test_bytes_that_only_look_like_ours_are_refused_or_are_small(body: bytes) -> None:
    assert held(signed(body)) <= len(body)


@given(st.data(), st.binary(min_size=1, max_size=3))
def test_a_lie_within_is_refused_or_is_small(data: st.DataObject, lie: bytes) -> None:
    body = packed(ONE)[HEAD.size :]
    at = data.draw(st.integers(0, len(body)))
    assert held(signed(body[:at] + lie + body[at + len(lie) :])) <= len(body)


def one_array(form: bytes, rest: bytes = b"") -> bytes:
    """One part with one array of this form."""
    return b"\x01\x01a\x01a" + struct.pack("<HB", 1, 1) + b"\x01x" + form + rest


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "ends too soon"),
        (b"\x00more", "goes on after its end"),
        (one_array(b"f8\x01" + struct.pack("<I", 2), bytes(15)), "ends too soon"),
        (one_array(b"f8\x01" + struct.pack("<I", 2), bytes(17)), "goes on"),
        (one_array(b"f8\x02" + struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF)), "ends too soon"),
        (one_array(b"f8\x09" + bytes(36)), "9 axes"),
        (one_array(b"O8\x00", bytes(8)), "O8"),
        (one_array(b"\xff\xfe\x00"), "xff"),
        (b"\x01\x01\xe9\x01a" + struct.pack("<HB", 1, 0), "ascii"),
        (b"\x01\x01\n\x01a" + struct.pack("<HB", 1, 0), "is no name"),
        (b"\x02" + 2 * (b"\x01a\x01a" + struct.pack("<HB", 1, 0)), "a role is told twice"),
        (
            b"\x01\x01a\x01a" + struct.pack("<HB", 1, 2) + 2 * (b"\x01xu1\x01" + bytes(4)),
            "a name is told twice",
        ),
    ],
)
def test_a_lie_is_refused_with_its_reason(body: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why) as refused:
        unpacked(signed(body))
    assert "\n" not in str(refused.value)


def test_no_array_is_so_long_that_nothing_holds_it() -> None:
    endless = one_array(b"f8\x04" + struct.pack("<IIII", 0, *[0xFFFFFFFF] * 3))
    with pytest.raises(InputError, match="not what it says"):
        unpacked(signed(endless))


def test_a_newer_format_is_refused_by_its_number() -> None:
    blob = bytearray(packed(ONE))
    blob[3] = VERSION + 1
    with pytest.raises(InputError, match="its format is 2; this camweave reads 1"):
        unpacked(bytes(blob))


@pytest.mark.parametrize("blob", [b"", b"PK\x03\x04", b"\x80\x04\x95" + bytes(20), b"CW"])
def test_something_else_is_refused(blob: bytes) -> None:
    with pytest.raises(InputError, match="these bytes are something else"):
        unpacked(blob)


def test_what_is_asked_for_is_checked() -> None:
    part = ONE["tracker"]
    np.testing.assert_array_equal(part.array("numbers", np.float64, -1, 3), part.arrays["numbers"])
    for shape in [(2, 4), (6,), (-1,), (2, 3, 1)]:
        with pytest.raises(
            InputError, match=r"^weave: .* damaged: numbers is float64 \(2, 3\), not"
        ):
            part.array("numbers", np.float64, *shape)
    with pytest.raises(InputError, match=r"float64 \(2, 3\), not float32 \(-1, 3\)\. Begin"):
        part.array("numbers", np.float32, -1, 3)
    with pytest.raises(InputError, match="weave: what is remembered is damaged: looks is missing"):
        part.array("looks", np.float32, -1)
    with pytest.raises(InputError, match="version 4; this camweave reads 3"):
        replace(part, version=4).check("weave", 3)
