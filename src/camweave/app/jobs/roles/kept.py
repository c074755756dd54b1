"""What a store keeps of a camera for whoever works on it next, as bytes.

    length of the header, uint32 little-endian | header, JSON in UTF-8 | the line's memory
    | body of each result

The header has `memory`, its length in bytes, and `results`: id, headers and length of each. They
are those that may not have reached anybody: their frames come again, and their pictures with them.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from camweave.core.errors import InputError
from camweave.formats.messages.packed import Packed

VERSION: Final = 1
LENGTH: Final = struct.Struct("<I")


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A camera after a frame."""

    memory: bytes  # of its place in the line, `formats.remembered`
    results: Sequence[Packed]  # without their pictures, in order of frames

    def to_bytes(self) -> bytes:
        """All of it."""
        results = [[each.id, dict(each.headers), len(each.body)] for each in self.results]
        header = json.dumps({"memory": len(self.memory), "results": results}).encode()
        bodies = [each.body for each in self.results]
        return b"".join([LENGTH.pack(len(header)), header, self.memory, *bodies])


def kept_in(data: bytes, version: int) -> Kept:
    """What was kept.

    Raises:
        InputError: another version, or something else.
    """
    if version != VERSION:
        raise InputError(f"what was kept of it is version {version}; this camweave reads {VERSION}")
    try:
        return _read(data)
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise InputError(f"what was kept of it is damaged ({error})") from None


def _read(data: bytes) -> Kept:
    at = LENGTH.size + LENGTH.unpack_from(data)[0]
    header: dict[str, Any] = json.loads(data[LENGTH.size : at])
    memory = data[at : at + header["memory"]]
    at += header["memory"]
    results = []
    for name, headers, size in header["results"]:
        results.append(Packed(name, headers, data[at : at + size]))
        at += size
    if at != len(data):
        raise ValueError(f"{len(data)} bytes, of {at}")
    return Kept(memory, results)
