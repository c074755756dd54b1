"""Whether a stage's output can stay: the same program made it, the same way, from what is there.

An output is up to date when it is not older than any of its inputs, and notes the digest of what
it would be made of now: the stage, its settings, the inputs' places and sizes, and the version of
camweave.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Final

from camweave.formats.made_from import read_made_from
from camweave.formats.timing import own_version

NAMING_FILES: Final = (
    "model",
    "card",
    "path",
    "mask",
    "layout",
    "topology",
)  # settings that name an input
DIGITS: Final = 32  # of the digest


class Unknown(Exception):  # noqa: N818 - it is an answer, not a failure
    """A part that was handed in ready made: nobody knows how."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one stage makes its output of."""

    stage: str
    inputs: tuple[Path, ...]  # files, or folders of files
    settings: Mapping[str, Any]  # numbers, text, dataclasses of parameters, None

    @classmethod
    def of(cls, stage: str, made_of: Iterable[object], **settings: object) -> "Recipe":
        """A recipe of files, of addresses such as `synthetic:plaza/cam_a`, and of settings."""
        given = list(made_of)
        files = [Path(each) for each in given if isinstance(each, str | Path) and exists(each)]
        rest = [each for each in given if not (isinstance(each, str | Path) and exists(each))]
        return cls(stage, tuple(files), {**settings, "made_of": rest})

    def digest(self) -> str | None:
        """A short text that another recipe does not have; None where a part is unknown."""
        try:
            made_of = {
                "version": own_version(),
                "stage": self.stage,
                "settings": plain(self.settings),
                "inputs": [[str(path.resolve()), size(path)] for path in self.every_input()],
            }
        except (Unknown, OSError):  # OSError: an input is not there, as whoever reads it will say
            return None
        text = json.dumps(made_of, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]

    def stands(self, output: Path) -> bool:
        """Whether `output`, an `.npz`, is up to date."""
        return output.is_file() and self.explains(output, read_made_from(output))

    def explains(self, output: Path, noted: object) -> bool:
        """Whether an output that notes this digest is up to date."""
        digest = self.digest()
        if digest is None or noted != digest:
            return False
        made = output.stat().st_mtime_ns
        return all(changed(path) <= made for path in self.every_input())

    def every_input(self) -> Iterator[Path]:
        """The inputs, and the files that the settings name."""
        yield from self.inputs
        yield from files_named(self.settings)


def exists(place: str | Path) -> bool:
    """Whether it is a file or a folder."""
    try:
        return Path(place).exists()
    except OSError:  # a text too long to be a name
        return False


def plain(value: object) -> object:
    """The same in JSON's types.

    Raises:
        Unknown: a part that is not made of them.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Path):
        return str(value.resolve())
    if isinstance(value, str | int | float | bool | None):
        return value
    raise Unknown


def files_named(settings: object) -> Iterator[Path]:
    """The files that parameters name: models, masks, recordings."""
    if isinstance(settings, Mapping):
        for value in settings.values():
            yield from files_named(value)
    elif is_dataclass(settings) and not isinstance(settings, type):
        for each in fields(settings):
            value = getattr(settings, each.name)
            if each.name in NAMING_FILES and isinstance(value, str | Path) and value:
                yield from files_of(Path(value))


def files_of(named: Path) -> Iterable[Path]:
    """The file of a name; all its kinds where a model is named without its ending."""
    return [named] if named.exists() else sorted(named.parent.glob(f"{named.name}.*")) or [named]


def size(path: Path) -> int:
    """Bytes of a file, or how many entries a folder has."""
    return sum(1 for _ in path.iterdir()) if path.is_dir() else path.stat().st_size


def changed(path: Path) -> int:
    """When a file, or anything in a folder, was last changed: ns."""
    inside = path.iterdir() if path.is_dir() else ()
    times: list[int] = [each.stat().st_mtime_ns for each in (path, *inside)]
    return max(times)
