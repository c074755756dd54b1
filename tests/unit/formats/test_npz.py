import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from camweave.core.errors import FileFormatError
from camweave.formats import npz
from camweave.formats.npz import read_npz, write_npz

PLAIN: dict[str, Any] = {"frame_numbers": np.arange(50), "bboxes": np.ones((50, 4), np.float32)}

arrays = st.one_of(
    *(
        nps.arrays(kind, nps.array_shapes(min_dims=0, min_side=0, max_side=5))
        for kind in (np.float32, np.float64, np.int64, np.int32, np.uint8, np.bool_)
    ),
    nps.arrays(
        np.dtype("<U5"),
        nps.array_shapes(min_side=0),
        elements=st.text("aé车 ", max_size=5),
    ),
)


def header(descr: str, shape: tuple[int, ...]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        buffer, {"descr": descr, "fortran_order": False, "shape": shape}
    )
    return buffer.getvalue()


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@given(values=st.dictionaries(st.sampled_from(["a", "b", "c_1"]), arrays))
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, np.ndarray]
) -> None:
    path = tmp_path_factory.mktemp("npz") / "a.npz"
    write_npz(path, values)
    back = read_npz(path)
    assert back.keys() == values.keys()
    for name, value in values.items():
        assert back[name].dtype == value.dtype
        np.testing.assert_array_equal(back[name], value)


def test_numpy_reads_what_we_write_and_we_read_what_numpy_writes(tmp_path: Path) -> None:
    write_npz(tmp_path / "ours.npz", PLAIN)
    np.savez_compressed(tmp_path / "theirs.npz", **PLAIN)
    theirs = np.load(tmp_path / "ours.npz", allow_pickle=False)
    for name, value in PLAIN.items():
        np.testing.assert_array_equal(theirs[name], value)
        np.testing.assert_array_equal(read_npz(tmp_path / "theirs.npz")[name], value)


def test_arrays_stored_by_columns_and_other_byte_orders_are_read(tmp_path: Path) -> None:
    boxes = np.asfortranarray(np.arange(12, dtype=">f4").reshape(3, 4))
    np.savez(tmp_path / "a.npz", boxes=boxes)
    np.testing.assert_array_equal(read_npz(tmp_path / "a.npz")["boxes"], boxes)


def test_the_same_arrays_give_the_same_bytes(tmp_path: Path) -> None:
    write_npz(tmp_path / "a.npz", PLAIN)
    write_npz(tmp_path / "b.npz", PLAIN)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_pickled_objects_are_refused_and_never_run(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, tracklets=np.array([{"tracklet_id": 0}], dtype=object))
    with pytest.raises(FileFormatError, match=r"tracklets: holds pickled Python objects") as caught:
        read_npz(path)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file"),
        (b"", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n and so on", "not an .npz file"),
        (b"\x93NUMPY\x01\x00", "a single array"),
        (b"PK\x03\x04 and then nothing", "cut short or damaged"),
    ],
)
def test_what_is_no_npz_is_named(tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "a.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileFormatError, match=says) as caught:
        read_npz(path)
    assert str(caught.value).startswith(str(path))


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="cannot be read: Is a directory"):
        read_npz(tmp_path)


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    write_npz(tmp_path / "a.npz", PLAIN)
    whole = (tmp_path / "a.npz").read_bytes()
    cut = tmp_path / "cut.npz"
    for length in range(0, len(whole), 7):
        cut.write_bytes(whole[:length])
        with pytest.raises(FileFormatError):
            read_npz(cut)


def test_a_flipped_bit_in_the_data_is_noticed(tmp_path: Path) -> None:
    write_npz(tmp_path / "a.npz", {"bboxes": np.ones((500, 4), np.float32)})
    damaged = bytearray((tmp_path / "a.npz").read_bytes())
    damaged[len(damaged) // 2] ^= 0x10
    (tmp_path / "a.npz").write_bytes(damaged)
    with pytest.raises(FileFormatError, match="Bad CRC-32"):
        read_npz(tmp_path / "a.npz")


@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_any_damage_is_either_harmless_or_refused(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int
) -> None:
    path = tmp_path_factory.mktemp("damage") / "a.npz"
    write_npz(path, PLAIN)
    data = bytearray(path.read_bytes())
    data[place % len(data)] = value
    path.write_bytes(data)
    try:
        back = read_npz(path)
    except FileFormatError:
        return
    for name in PLAIN.keys() & back.keys():
        np.testing.assert_array_equal(back[name], PLAIN[name])


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.npz"
    zeros = bytes(1 << 20)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("bboxes.npy", "w") as member,
    ):
        member.write(header("<f4", (80 << 18,)))
        for _ in range(80):
            member.write(zeros)
    monkeypatch.setattr(npz, "read_member", None)  # reaching it would raise something else
    with pytest.raises(FileFormatError, match="times its size; refused"):
        read_npz(path)


def test_a_constant_column_is_no_bomb(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", classes=np.zeros(1_000_000, np.int32))
    assert read_npz(tmp_path / "a.npz")["classes"].sum() == 0


def test_a_directory_that_claims_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    write_npz(path, {"a": np.ones(10, np.float32)})
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 24, 0xFFFFFFF0)  # unpacked size
    path.write_bytes(data)
    with pytest.raises(FileFormatError, match="times its size; refused"):
        read_npz(path)


def test_a_directory_that_claims_too_little_gives_no_more_than_it_claims(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.npz", {"a.npy": header("<f4", (1 << 20,)) + bytes(4 << 20)})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 1000)
    path.write_bytes(data)
    with pytest.raises(FileFormatError, match=r"Bad CRC-32|it has fewer"):
        read_npz(path)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (header("<f4", (10**13,)) + b"1234", "header says 40000000000000 bytes"),
        (header("<f4", (2**62, 2**62)) + b"1234", "it has fewer"),
        (header("<f4", (4,)) + bytes(12), "header says 16 bytes, it has fewer|do not agree"),
        (header("<f4", (4,)) + bytes(20), "do not agree"),
        (header("<f4", (-1,)) + bytes(4), "unexpected type"),
        (header("<c8", (1,)) + bytes(8), "unexpected type complex64"),
        (header("<M8[s]", (1,)) + bytes(8), "unexpected type datetime64"),
        (header("|V8", (1,)) + bytes(8), "unexpected type"),
        (header("<U0", (1,)), "unexpected type"),
        (b"no header at all", "cut short or damaged"),
        (b"", "cut short or damaged"),
    ],
)
def test_a_header_is_believed_only_as_far_as_the_data_goes(
    tmp_path: Path, data: bytes, says: str
) -> None:
    path = zipped(tmp_path / "a.npz", {"bboxes.npy": data})
    with pytest.raises(FileFormatError, match=says):
        read_npz(path)


@pytest.mark.parametrize(
    "name", ["../../evil.npy", "/etc/passwd", "a b.npy", "a.txt", ".npy", "x/"]
)
def test_an_unexpected_member_is_refused(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.npz", {name: b""})
    with pytest.raises(FileFormatError, match="unexpected member"):
        read_npz(path)


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.npz", {f"a{i}.npy": b"" for i in range(100)})
    with pytest.raises(FileFormatError, match="100 members"):
        read_npz(path)


def test_a_rare_way_of_packing_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.npy", header("<f4", (0,)))
    with pytest.raises(FileFormatError, match="packed in an unknown way"):
        read_npz(tmp_path / "a.npz")
