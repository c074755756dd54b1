"""Named arrays in a run of bytes: a JSON header, then each array as it lies in memory.

    length of the header, uint32 little-endian | header, JSON in UTF-8 | zeros up to a multiple of 8
    | array, zeros up to a multiple of 8 | ... | what the header calls `rest`, as it is

The header's `columns` lists [name, type, shape] of each array in order; types are `<f4` `<f8` `<i4`
`<i8`, little-endian. The rest of the header is the writer's.
"""

import json
import struct
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from camweave.core.errors import FileFormatError

Arrays: TypeAlias = dict[str, npt.NDArray[Any]]

TYPES: Final = frozenset({"<f4", "<f8", "<i4", "<i8"})
MOST_COLUMNS: Final = 64
MOST_AXES: Final = 3
STEP: Final = 8  # bytes: arrays begin at multiples of it


def to_bytes(arrays: Mapping[str, npt.NDArray[Any]], told: Mapping[str, object]) -> bytes:
    """The arrays, with what the header is to tell besides; `rest` may be added behind."""
    columns = [[name, array.dtype.str, list(array.shape)] for name, array in arrays.items()]
    header = json.dumps({**told, "columns": columns}, separators=(",", ":")).encode()
    parts = [struct.pack("<I", len(header)) + header]
    parts += [array.tobytes() for array in arrays.values()]
    return b"".join(part + bytes(-len(part) % STEP) for part in parts)


def from_bytes(data: bytes) -> tuple[Arrays, dict[str, Any], bytes]:
    """The arrays, read-only; the header; and the bytes behind them.

    Raises:
        FileFormatError: the bytes are no such thing.
    """
    header, at = _header(data)
    columns = header.pop("columns", None)
    if not isinstance(columns, list) or len(columns) > MOST_COLUMNS:
        raise FileFormatError("its header lists no columns")
    arrays: Arrays = {}
    for column in columns:
        name, dtype, shape = _column(column)
        size = dtype.itemsize
        for axis in shape:  # Python integers: NumPy's would overflow
            size *= axis
        if at + size > len(data):
            raise FileFormatError(
                f"{name}: its header says {size} bytes, {len(data) - at} are left"
            )
        arrays[name] = np.frombuffer(data, dtype, size // dtype.itemsize, at).reshape(shape)
        at += size + -size % STEP
    return arrays, header, data[at:]


def _header(data: bytes) -> tuple[dict[str, Any], int]:
    """What it tells, and where the arrays begin."""
    if len(data) < 4:  # noqa: PLR2004 - the length itself
        raise FileFormatError(f"the body has {len(data)} bytes; expected columns")
    length = struct.unpack_from("<I", data)[0]
    if 4 + length > len(data):
        raise FileFormatError(f"its header has {length} bytes, {len(data) - 4} are left")
    try:
        header = json.loads(data[4 : 4 + length])
    except (ValueError, RecursionError):
        raise FileFormatError("its header is no JSON") from None
    if not isinstance(header, dict):
        raise FileFormatError("its header is no JSON object")
    return header, 4 + length + -(4 + length) % STEP


def _column(column: object) -> tuple[str, np.dtype[Any], tuple[int, ...]]:
    match column:
        case [str(name), str(dtype), list(shape)] if (
            dtype in TYPES
            and len(shape) <= MOST_AXES
            and all(type(axis) is int and 0 <= axis < 1 << 32 for axis in shape)
        ):
            return name, np.dtype(dtype), tuple(shape)
        case _:
            raise FileFormatError(f"its header lists an unknown column {repr(column)[:60]}")
