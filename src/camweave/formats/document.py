"""YAML text to plain data, every value with the line and column it came from."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

from camweave.core.errors import FileFormatError

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 24  # the site file itself needs 6
MAX_VALUES: Final = 20_000  # aliases counted each time they are used
TAG: Final = "tag:yaml.org,2002:"
VARIABLE: Final = re.compile(r"\$\{([^{}\n]*)\}")
LONGEST_SHOWN: Final = 60  # characters of a value in a message
OPEN: Final = "\ue000\ue000"
CLOSE: Final = "\ue001"
HELD: Final = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
# While YAML reads, `${X}` stands as characters of private use, as many: braces mean a mapping.
VARIABLE_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# The types of YAML 1.2: `no` and `12:30` stay text, `1e-3` is a number.
SCALARS: Final = {
    "null": (r"(?:~|null|Null|NULL)?", "~nN"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+", "-+0123456789"),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)",
        "-+.0123456789",
    ),
    "merge": (r"<<", "<"),
}

Key: TypeAlias = str | int
Place: TypeAlias = tuple[Key, ...]  # keys and list positions from the top of the file


@dataclass(frozen=True, slots=True)
class Mark:
    """A position in the file, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file says, and where it says it."""

    name: str  # of the file, as messages show it
    data: Any  # dict, list, str, int, float, bool or None
    marks: Mapping[Place, Mark] = field(default_factory=dict)
    variables: Mapping[Place, str] = field(default_factory=dict)  # text as written, with ${VAR}

    def mark(self, place: Place) -> Mark:
        """Where this place, or the nearest place around it, stands."""
        while place and place not in self.marks:
            place = place[:-1]
        return self.marks.get(place, Mark(1, 1))

    def error(self, place: Place, message: str) -> str:
        """One line: file, line, column, path of the key, and what is wrong there."""
        mark, path = self.mark(place), path_text(place)
        return f"{self.name}:{mark.line}:{mark.column}: {path}{': ' if path else ''}{message}"


def path_text(place: Place) -> str:
    """`cameras[0].source` for ("cameras", 0, "source")."""
    text = ""
    for key in place:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text


def read_text(path: Path, most: int = MAX_BYTES) -> str:
    """A text file of at most so many bytes.

    Raises:
        FileFormatError: the file cannot be read, is larger, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except FileNotFoundError:
        raise FileFormatError(f"{path}: no such file") from None
    except OSError as error:
        raise FileFormatError(f"{path}: cannot be read: {os.strerror(error.errno or 0)}") from None
    if len(raw) > most:
        raise FileFormatError(f"{path}: larger than {most >> 20} MiB; is it a text file?")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FileFormatError(f"{path}:{line}:1: not UTF-8 text") from None


def parse_document(
    text: str,
    name: str,
    environment: Mapping[str, str] = os.environ,
    most: int = MAX_VALUES,
) -> Document:
    """YAML text as a document of at most so many values; `name` stands for the file in messages.

    Raises:
        FileFormatError: it is no plain YAML; file, line and column are named.
    """
    text = VARIABLE.sub(rf"{OPEN}\1{CLOSE}", text)
    try:
        check_size(text, name, most)
        root = yaml.compose(text, Loader=loader())
    except yaml.MarkedYAMLError as error:
        raise FileFormatError(syntax_message(text, name, error)) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        message = f"character {chr(error.character)!r} is not allowed in YAML"
        raise FileFormatError(f"{name}:{line}:1: {message}") from None
    plain = Plain(name, environment, most)
    data = None if root is None else plain.value(root, ())
    if plain.problems:
        raise FileFormatError("\n".join(plain.problems))
    return Document(name, data, plain.marks, plain.variables)


@cache
def loader() -> Any:  # noqa: ANN401 - PyYAML's loader classes share no typed base
    """The C loader where PyYAML has it, with the scalars above and nothing else."""
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class PlainLoader(base):  # type: ignore[misc] # the base is chosen at run time
        yaml_implicit_resolvers: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own interface

    for kind, (pattern, first) in SCALARS.items():
        starts = [*first, ""] if kind == "null" else list(first)
        PlainLoader.add_implicit_resolver(TAG + kind, re.compile(f"(?:{pattern})$"), starts)
    return PlainLoader


def check_size(text: str, name: str, most: int) -> None:
    """Refuse what is too deep or too large before anything is built of it."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=loader())):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or count > 2 * most:
            mark = mark_of(event)
            limit = f"nested deeper than {MAX_DEPTH} levels"
            if depth <= MAX_DEPTH:
                limit = f"more than {most} values"
            raise FileFormatError(f"{name}:{mark.line}:{mark.column}: {limit}")


def syntax_message(text: str, name: str, error: yaml.MarkedYAMLError) -> str:
    """A parser's complaint as one line."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return f"{name}: not YAML"
    place = f"{name}:{mark.line + 1}:{mark.column + 1}"
    lines = text.splitlines()
    if mark.line < len(lines) and lines[mark.line][mark.column :].startswith("\t"):
        return f"{place}: a tab; YAML is indented with spaces"
    said = [part for part in (error.context, error.problem) if part]
    return f"{place}: not YAML: {' '.join(', '.join(said).split())}"


class Plain:
    """Builds plain data from YAML nodes, noting marks and problems as it goes."""

    def __init__(self, name: str, environment: Mapping[str, str], most: int) -> None:
        self.name = name
        self.most = most
        self.environment = environment
        self.marks: dict[Place, Mark] = {}
        self.variables: dict[Place, str] = {}
        self.problems: list[str] = []
        self.count = 0

    def value(self, node: yaml.Node, place: Place) -> Any:  # noqa: ANN401 - YAML holds anything
        """The node as dict, list, str, int, float, bool or None."""
        self.count += 1
        if self.count > self.most or len(place) > MAX_DEPTH:
            raise FileFormatError(f"{self.where(node)}: aliases expand to too much")
        self.marks.setdefault(place, mark_of(node))
        if isinstance(node, yaml.MappingNode) and node.tag == TAG + "map":
            return self.mapping(node, place)
        if isinstance(node, yaml.SequenceNode) and node.tag == TAG + "seq":
            return [self.value(item, (*place, at)) for at, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, place)
        return self.problem(node, f"tag {short(node.tag)} is not allowed here")

    def mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        """A mapping; what `<<` brings in yields to what is written out."""
        built: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key, item in node.value:
            if key.tag == TAG + "merge":
                continue
            if not isinstance(key, yaml.ScalarNode):
                self.problem(key, "a key must be plain text")
            elif key.value in first:
                self.problem(key, f"duplicate key {key.value!r} (first on line {first[key.value]})")
            else:
                first[key.value] = mark_of(key).line
                self.marks[(*place, key.value)] = mark_of(key)
                built[key.value] = self.value(item, (*place, key.value))
        for key, item in node.value:
            if key.tag == TAG + "merge":
                self.merge(item, place, built)
        return built

    def merge(self, node: yaml.Node, place: Place, into: dict[str, Any]) -> None:
        """Add the keys of `<<: *other` that are not there yet."""
        for source in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if not isinstance(source, yaml.MappingNode):
                self.problem(source, "`<<` takes a mapping")
                continue
            for key, item in self.mapping(source, (*place, "<<")).items():
                into.setdefault(key, item)
                self.marks.setdefault((*place, key), mark_of(node))

    def scalar(self, node: yaml.ScalarNode, place: Place) -> Any:  # noqa: ANN401 - text, number, bool or None
        """Text, number, bool or None, with ${VAR} filled in."""
        text, tag = node.value, node.tag
        if OPEN in text:
            self.variables[place] = HELD.sub(r"${\1}", text)
            text = HELD.sub(lambda found: self.variable(node, found[1]), text)
            if not node.style:  # plain: ${PORT} may be a number
                tag = loader()("").resolve(yaml.ScalarNode, text, (True, False))
        match tag.removeprefix(TAG):
            case "str":
                return text
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text) if len(text) < 20 else float(text)  # noqa: PLR2004 - digits of an int64
            case "float":
                return float(text.lower().replace(".inf", "inf"))
            case _:
                return self.problem(node, f"tag {short(tag)} is not allowed here")

    def variable(self, node: yaml.Node, name: str) -> str:
        """The value of an environment variable."""
        if not VARIABLE_NAME.fullmatch(name):
            self.problem(node, "${...} takes the name of an environment variable")
        elif name not in self.environment:
            self.problem(node, f"environment variable {name} is not set")
        return self.environment.get(name, "")

    def problem(self, node: yaml.Node, message: str) -> None:
        """Note what is wrong; reading goes on, so that all problems are told at once."""
        self.problems.append(f"{self.where(node)}: {message}")

    def where(self, node: yaml.Node) -> str:
        """file:line:column of a node."""
        mark = mark_of(node)
        return f"{self.name}:{mark.line}:{mark.column}"


def mark_of(node: yaml.Node | yaml.Event) -> Mark:
    """Line and column, counted from 1."""
    mark = node.start_mark
    return Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)


def short(tag: str) -> str:
    """A tag as its writer wrote it."""
    return tag.replace(TAG, "!!")


def shown_value(value: object) -> str:
    """A value for a message: short, and on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
