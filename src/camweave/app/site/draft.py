"""A site file being written: its keys, and where each value came from."""

from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from camweave.formats.plain_yaml import key_text, scalar

Path: TypeAlias = tuple[str | int, ...]

SECTIONS: Final = (
    "site",
    "cameras",
    "detector",
    "camera_motion",
    "embedder",
    "tracker",
    "refine",
    "linker",
    "live",
    "serve",
    "store",
    "mqtt",
    "transitions",
)


@dataclass(slots=True)
class Draft:
    """Keys of a site file in the order they come; each once."""

    values: dict[Path, Any] = field(default_factory=dict)
    notes: dict[Path, str] = field(default_factory=dict)

    def put(self, path: Path, value: Any, note: str = "") -> bool:  # noqa: ANN401 - YAML holds anything
        """Set a key; returns False where it is set already."""
        if path in self.values:
            return False
        self.values[path] = value
        if note:
            self.notes[path] = note
        return True

    def text(self) -> str:
        """The site file, with a comment on each line that says where it comes from."""
        lines: list[str] = []
        for section in SECTIONS:
            inside = {path: each for path, each in self.values.items() if path[0] == section}
            if section == "cameras":
                lines += self._cameras(inside)
            elif (section,) in inside:
                lines.append(self._line("", (section,)))
            elif inside:
                lines.append(f"{section}:")
                lines += self._nested(sorted(inside, key=kind_first), 1)
        return "\n".join(lines) + "\n"

    def _cameras(self, inside: dict[Path, Any]) -> list[str]:
        lines = ["cameras:"]
        for at in sorted({path[1] for path in inside}, key=int):
            own = [path for path in inside if path[1] == at]
            block = self._nested(sorted(own, key=name_first), 2, after=2)
            lines += ["  - " + block[0].lstrip(), *block[1:]]
        return lines

    def _nested(self, paths: list[Path], depth: int, after: int = 1) -> list[str]:
        """Lines of the keys below `after` steps, indented."""
        lines: list[str] = []
        opened: set[Path] = set()
        for path in paths:
            for deep in range(after, len(path) - 1):
                above = path[: deep + 1]
                if above not in opened:
                    opened.add(above)
                    lines.append("  " * (depth + deep - after) + f"{key_text(above[-1])}:")
            lines.append(self._line("  " * (depth + len(path) - 1 - after), path))
        return lines

    def _line(self, indent: str, path: Path) -> str:
        line = f"{indent}{key_text(path[-1])}: {scalar(self.values[path])}"
        note = self.notes.get(path, "")
        return f"{line}  # {' '.join(note.split())}" if note else line


def kind_first(path: Path) -> tuple[bool, int]:
    """`kind` opens a section, and nested mappings close it."""
    return path[-1] != "kind", len(path)


def name_first(path: Path) -> tuple[int, bool, int]:
    """A camera begins with its name and its source."""
    order = {"name": 0, "source": 1}
    return order.get(str(path[2]), 2), path[-1] != "kind", len(path)
