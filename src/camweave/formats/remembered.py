"""What is remembered of one camera as bytes: a few kilobytes, written after every frame.

    4 bytes "CWR" and the version, 4 bytes CRC-32 of all that follows
    parts: count; each: role, kind, version (2 bytes), and its arrays
    arrays: count; each: name, type (2 letters, as NumPy has them), axes, length of each (4 bytes)
    then the arrays' bytes, in the same order, by rows

All numbers are little-endian and unsigned; counts take a byte, and so does the length of a text,
which is a name. Nothing is compressed: no bytes become more in memory than they are.
"""

import struct
from collections.abc import Mapping
from functools import cache, lru_cache
from math import prod
from typing import Any, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from camweave.core.errors import InputError
from camweave.core.remembered import Remembered

MAGIC: Final = b"CWR"
VERSION: Final = 1
HEAD: Final = struct.Struct("<3sBI")
TYPES: Final = {np.dtype(f"<{name}"): name.encode() for name in ("f4", "f8", "i4", "i8", "u1")}
DTYPES: Final = {name: dtype for dtype, name in TYPES.items()}
SHAPES: Final = tuple(struct.Struct(f"<B{axes}I") for axes in range(5))  # by axes
PART: Final = struct.Struct("<HB")
BROKEN: Final = (ValueError, KeyError)  # what the reader and NumPy raise on what cannot be


def packed(parts: Mapping[str, Remembered]) -> bytes:
    """What each part of a camera's line remembers, by its role there. Equal values, equal bytes."""
    told: list[bytes] = [bytes([len(parts)])]
    for role, part in parts.items():
        told += (_text(role), _text(part.kind), PART.pack(part.version, len(part.arrays)))
        told += [
            _text(name) + _form(array.dtype, array.shape) for name, array in part.arrays.items()
        ]
    told += [array.tobytes() for part in parts.values() for array in part.arrays.values()]
    body = b"".join(told)
    return HEAD.pack(MAGIC, VERSION, crc32(body)) + body


def unpacked(blob: bytes) -> dict[str, Remembered]:
    """What `packed` was given.

    Raises:
        InputError: these bytes are something else, damaged, or of a newer version.
    """
    if len(blob) < HEAD.size or not blob.startswith(MAGIC):
        raise InputError("what is remembered of a camera: these bytes are something else")
    _, version, told = HEAD.unpack_from(blob)
    if version != VERSION:
        raise InputError(
            f"what is remembered of a camera: its format is {version}; this camweave reads "
            f"{VERSION}. Begin anew, or go on with the camweave that wrote it"
        )
    body = memoryview(blob)[HEAD.size :]
    if crc32(body) != told:
        raise InputError("what is remembered of a camera: cut short or damaged. Begin anew")
    try:
        return _parts(body)
    except BROKEN as error:
        raise InputError(
            f"what is remembered of a camera: not what it says ({error}). Begin anew"
        ) from error


class _Reader:
    """Reads from the front; beyond the end, or on what cannot be, it raises one of BROKEN."""

    def __init__(self, body: memoryview) -> None:
        self._body, self._at = body, 0

    def take(self, size: int) -> memoryview:
        if size > len(self._body) - self._at:
            raise ValueError("it ends too soon")
        self._at += size
        return self._body[self._at - size : self._at]

    def number(self, size: int = 1) -> int:
        return int.from_bytes(self.take(size), "little")

    def text(self) -> str:
        text = str(self.take(self.number()), "ascii")
        if not text.isidentifier():
            raise ValueError(f"{text!r} is no name")
        return text

    def form(self) -> tuple[np.dtype[Any], tuple[int, ...]]:
        dtype, axes = DTYPES[bytes(self.take(2))], self.number()
        if axes >= len(SHAPES):
            raise ValueError(f"an array of {axes} axes")
        return dtype, tuple(self.number(4) for _ in range(axes))

    def array(self, dtype: np.dtype[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
        array = np.frombuffer(self.take(dtype.itemsize * prod(shape)), dtype).reshape(shape).copy()
        array.setflags(write=False)
        return array

    def end(self) -> None:
        if self._at < len(self._body):
            raise ValueError("it goes on after its end")


def _parts(body: memoryview) -> dict[str, Remembered]:
    reader = _Reader(body)
    heads = [_part(reader) for _ in range(reader.number())]
    parts = {
        role: Remembered(kind, version, {name: reader.array(*form) for name, form in forms})
        for role, kind, version, forms in heads
    }
    reader.end()
    if len(parts) < len(heads):
        raise ValueError("a role is told twice")
    return parts


def _part(reader: _Reader) -> tuple[str, str, int, list[tuple[str, Any]]]:
    role, kind, version = reader.text(), reader.text(), reader.number(2)
    forms = [(reader.text(), reader.form()) for _ in range(reader.number())]
    if len({name for name, _ in forms}) < len(forms):
        raise ValueError("a name is told twice")
    return role, kind, version, forms


@cache
def _text(text: str) -> bytes:
    """A name that the code has: there are few."""
    return bytes([len(text)]) + text.encode("ascii")


@lru_cache(1024)
def _form(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    return TYPES[dtype] + SHAPES[len(shape)].pack(len(shape), *shape)
