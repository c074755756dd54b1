"""`seqinfo.ini`: what MOTChallenge says of a sequence beside its boxes."""

import configparser
from dataclasses import dataclass
from pathlib import Path

from camweave.core.errors import FileFormatError
from camweave.formats.members import MOST_FRAMES, MOST_SIDE

NAME = "seqinfo.ini"
MOST_FPS = 10_000


@dataclass(frozen=True, slots=True)
class SequenceInfo:
    """Rate, size and length; None where the file does not say."""

    fps: float | None = None  # frames/s
    width: int | None = None  # px
    height: int | None = None  # px
    frame_count: int | None = None


def find_sequence_info(path: Path) -> SequenceInfo | None:
    """That of the sequence a file belongs to."""
    file = sequence_file(path)
    return None if file is None else read_sequence_info(file)


def sequence_file(path: Path) -> Path | None:
    """The `seqinfo.ini` beside a file, or one folder up (`det/det.txt`)."""
    folders = (path.parent, path.parent.parent)
    return next((folder / NAME for folder in folders if (folder / NAME).is_file()), None)


def read_sequence_info(path: Path) -> SequenceInfo:
    """Read one file.

    Raises:
        FileFormatError: not such a file, or a value that cannot be.
    """
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text("utf-8-sig"))
        section = parser["Sequence"]
    except (OSError, UnicodeDecodeError, configparser.Error, KeyError) as error:
        raise FileFormatError(f"{path}: expected a section [Sequence] of key=value") from error
    return SequenceInfo(
        fps=number(path, section, "frameRate", MOST_FPS),
        width=whole_number(path, section, "imWidth", MOST_SIDE),
        height=whole_number(path, section, "imHeight", MOST_SIDE),
        frame_count=whole_number(path, section, "seqLength", MOST_FRAMES),
    )


def number(path: Path, section: configparser.SectionProxy, key: str, most: int) -> float | None:
    """A number above 0, or None where the key is absent."""
    text = section.get(key)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= most:
        raise FileFormatError(f"{path}: {key}: expected a number from 0 to {most}, found {text!r}")
    return value


def whole_number(path: Path, section: configparser.SectionProxy, key: str, most: int) -> int | None:
    """The same, and whole."""
    value = number(path, section, key, most)
    if value is None:
        return None
    if value != int(value):
        raise FileFormatError(f"{path}: {key}: expected a whole number, found {section[key]!r}")
    return int(value)
