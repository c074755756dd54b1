"""The text of a file that others wrote: unpacked where it is gzipped, and never too much of it."""

import gzip
import zlib
from pathlib import Path
from typing import IO, Final, cast

from camweave.core.errors import FileFormatError

MOST_BYTES: Final = 1 << 30  # of text, unpacked
GZIP: Final = b"\x1f\x8b"


def read_text(path: Path, expected: str, most: int = MOST_BYTES) -> str:
    """All of it; `expected` says for a message what it should have been.

    Raises:
        FileFormatError: missing, not UTF-8, cut short, or more than `most` bytes.
    """
    return decoded(path, read_bytes(path, most), expected)


def read_beginning(path: Path, count: int) -> bytes:
    """The first bytes of a file, unpacked where it is gzipped; fewer where it is shorter.

    Raises:
        FileFormatError: missing, or cut short before that.
    """
    return read_some(path, count)


def read_bytes(path: Path, most: int) -> bytes:
    """All of a file that has at most so many bytes."""
    data = read_some(path, most + 1)
    if len(data) > most:
        raise FileFormatError(f"{path}: more than {most >> 20} MiB of text; refused")
    return data


def read_some(path: Path, count: int) -> bytes:
    """Up to `count` bytes, unpacked."""
    try:
        with path.open("rb") as file, opened(file) as unpacked:
            return unpacked.read(count)
    except FileNotFoundError as error:
        raise FileFormatError(f"{path}: no such file") from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        reason = str(error).rstrip(".")
        raise FileFormatError(f"{path}: cut short or damaged ({reason})") from error
    except OSError as error:
        raise FileFormatError(f"{path}: cannot be read: {error.strerror or error}") from error


def opened(file: IO[bytes]) -> IO[bytes]:
    """The same file, or what is packed in it."""
    start = file.read(len(GZIP))
    file.seek(0)
    return cast("IO[bytes]", gzip.open(file)) if start == GZIP else file


def decoded(path: Path, data: bytes, expected: str) -> str:
    """Bytes as UTF-8 text, with or without a byte order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{path}: not text; expected {expected}") from error
