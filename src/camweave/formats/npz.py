"""Arrays in an `.npz` file: read without trust, written so that equal values are equal bytes.

A reader of foreign files must not run their code (pickle), nor let a small file fill the memory.
So every member's name, size and NumPy header is checked before its data is unpacked.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from camweave.core.errors import FileFormatError
from camweave.formats.atomic import written_whole

Arrays = dict[str, npt.NDArray[Any]]


class Every:
    """Holds every name."""

    def __contains__(self, name: object) -> bool:
        return True


EVERY = Every()

MOST_MEMBERS = 64
MOST_BYTES = 4 << 30  # unpacked, all members together
HARMLESS_BYTES = 64 << 20  # below this, any ratio of unpacked to packed is fine
MOST_RATIO = 200.0  # real columns stay under 20; a bomb of zeros reaches 1000
KINDS = "biufU"  # bool, integers, floats, text
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1  # bit of a member's flags
MAGIC_ZIP, MAGIC_EMPTY_ZIP, MAGIC_NPY = b"PK\x03\x04", b"PK\x05\x06", b"\x93NUMPY"
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError)


def read_npz(path: Path, only: Container[str] = EVERY) -> Arrays:
    """Every array of the file whose name is in `only`, by name, read-only.

    Raises:
        FileFormatError: missing, not an `.npz`, cut short, damaged, too large, or holding
            anything but plain numbers and text. Nothing is unpacked before that is known.
    """
    with refusals(path), path.open("rb") as file:
        check_beginning(path, file)
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            check_members(path, members)
            wanted = [member for member in members if member.filename[:-4] in only]
            return {each.filename[:-4]: read_member(path, archive, each) for each in wanted}


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn what the libraries raise on a bad file into one line."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileFormatError(f"{path}: no such file") from error
    except OSError as error:
        raise FileFormatError(f"{path}: cannot be read: {error.strerror or error}") from error
    except BROKEN as error:
        raise FileFormatError(f"{path}: cut short or damaged ({first_line(error)})") from error


def first_line(error: BaseException) -> str:
    """What an error says, short."""
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def check_beginning(path: Path, file: IO[bytes]) -> None:
    """Name the usual mistakes before the zip reader says something vague."""
    start = file.read(len(MAGIC_NPY))
    file.seek(0)
    if not start:
        raise FileFormatError(f"{path}: the file is empty")
    if start == MAGIC_NPY:
        raise FileFormatError(f"{path}: a single array (.npy); expected an .npz with named ones")
    if not start.startswith((MAGIC_ZIP, MAGIC_EMPTY_ZIP)):
        raise FileFormatError(f"{path}: not an .npz file")


def check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Names and sizes of all members, from the directory alone."""
    if len(members) > MOST_MEMBERS:
        raise FileFormatError(f"{path}: {len(members)} members; at most {MOST_MEMBERS} expected")
    names = [member.filename for member in members]
    for member in members:
        name = member.filename
        if not name.endswith(".npy") or not name[:-4].isidentifier() or names.count(name) > 1:
            raise FileFormatError(f"{path}: unexpected member {name[:80]!r}")
        if member.flag_bits & ENCRYPTED or member.compress_type not in PACKINGS:
            raise FileFormatError(f"{path}: {name}: encrypted or packed in an unknown way")
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if unpacked > MOST_BYTES:
        raise FileFormatError(f"{path}: unpacks to {unpacked / 1e9:.1f} GB; refused")
    if unpacked > HARMLESS_BYTES and unpacked > MOST_RATIO * packed:
        raise FileFormatError(f"{path}: unpacks to {unpacked / packed:.0f} times its size; refused")


def read_member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> npt.NDArray[Any]:
    """One array: its header is believed only as far as the member's size bears it out."""
    with archive.open(member) as file:
        shape, by_columns, dtype = read_header(file)
        name = f"{path}: {member.filename[:-4]}"
        if dtype.hasobject:
            raise FileFormatError(
                f"{name}: holds pickled Python objects, which can run code (rows of different "
                "lengths become such); refused. Write it again as a plain array"
            )
        if dtype.kind not in KINDS or dtype.itemsize == 0 or any(axis < 0 for axis in shape):
            raise FileFormatError(f"{name}: unexpected type {dtype} {shape}")
        size = dtype.itemsize
        for axis in shape:  # Python integers: NumPy's would overflow
            size *= axis
        if size > member.file_size:
            raise FileFormatError(f"{name}: its header says {size} bytes, it has fewer")
        data = file.read(size)
        if len(data) != size or file.read(1):  # reading to the end also checks the CRC
            raise FileFormatError(f"{name}: its header and its length do not agree")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if by_columns else "C")


def read_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether stored by columns, and dtype, of versions 1 and 2."""
    if np.lib.format.read_magic(file) == (1, 0):
        return np.lib.format.read_array_header_1_0(file)
    return np.lib.format.read_array_header_2_0(file)


def write_npz(path: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write the arrays whole; the same arrays always give the same bytes.

    Numbers that count (frames, times, ids) are packed at the lightest level, measurements
    (float32) are not: they do not shrink. That halves a file at no cost in time.

    Raises:
        OutputError: the file could not be written.
    """
    with written_whole(path) as part, zipfile.ZipFile(part, "w") as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy")  # dated 1980: no clock in the bytes
            member.external_attr = 0o644 << 16
            packing = zipfile.ZIP_STORED if array.dtype == np.float32 else zipfile.ZIP_DEFLATED
            archive.writestr(member, to_npy(array), packing, compresslevel=1)


def to_npy(array: npt.NDArray[Any]) -> bytes:
    """The array as a `.npy` file."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asarray(array, order="C"), allow_pickle=False)
    return buffer.getvalue()
