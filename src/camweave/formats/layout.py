"""The camera layout text of vehicle_mtmc: rates, clocks, and who can follow whom after how long.

The first comment is ours: whose rows these are. Without it they go by the order of a site.

    # cameras: north south
    fps              # frames/s
    10 8
    scales           # recorded seconds per real second; 1 where the section is missing
    1 1
    offset           # s that each camera's clock is behind
    0 1.64
    compatibility    # row i, column j: 1 where who leaves i can enter j
    0 1
    1 0
    dtmin            # s, least from leaving i to entering j; below 0 the views overlap
    0 -5
    2 0
    dtmax            # s, most; inf is allowed
    0 inf
    30 0
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId
from camweave.core.topology import Topology, Transition
from camweave.formats.atomic import written_whole
from camweave.formats.layout_text import parse_tables
from camweave.formats.plain_yaml import number
from camweave.formats.text import read_text

LARGEST: Final = 1 << 24  # bytes: 1000 cameras are 10 MB

Row: TypeAlias = tuple[float, ...]  # (n,)
Matrix: TypeAlias = tuple[Row, ...]  # (n, n)


class Clock(NamedTuple):
    """What turns a camera's recorded seconds into the site's: recorded / scale + offset."""

    scale: float = 1.0  # recorded seconds per real second
    offset: float = 0.0  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a layout file says of n cameras, in its own order."""

    fps: Row  # (n,) frames/s
    scales: Row  # (n,) recorded seconds per real second
    offset: Row  # (n,) s
    compatibility: tuple[tuple[bool, ...], ...]  # (n, n) from i to j; the diagonal says nothing
    dtmin: Matrix  # (n, n) s; counts only where compatible
    dtmax: Matrix  # (n, n) s
    cameras: tuple[CameraId, ...] = ()  # (n,) their names where a comment tells them, else none

    @property
    def windows(self) -> dict[tuple[int, int], tuple[float, float]]:
        """Least and most s of the pairs (from, to) that can follow; inf to inf is never."""
        n = len(self.fps)
        return {
            (i, j): (self.dtmin[i][j], self.dtmax[i][j])
            for i in range(n)
            for j in range(n)
            if i != j
            and self.compatibility[i][j]
            and self.dtmin[i][j] < inf
            and self.dtmax[i][j] > -inf
        }

    def clocks(self, cameras: Sequence[CameraId]) -> dict[CameraId, Clock]:
        """The clock of each of these cameras, which are named as in `rows_of`."""
        rows = zip(rows_of(self, cameras), cameras, strict=True)
        return {camera: Clock(self.scales[at], self.offset[at]) for at, camera in rows}

    def topology(self, cameras: Sequence[CameraId], *, strict: bool = False) -> Topology:
        """Its windows between these cameras, which are named as in `rows_of`."""
        name_of = dict(zip(rows_of(self, cameras), cameras, strict=True))
        windows = sorted(self.windows.items())
        return Topology(
            cameras=tuple(cameras),
            transitions=tuple(
                Transition(source=name_of[i], target=name_of[j], least=least, most=most)
                for (i, j), (least, most) in windows
            ),
            strict=strict,
        )


def rows_of(layout: Layout, cameras: Sequence[CameraId]) -> list[int]:
    """The layout's row of each camera: by name where the layout has names, else by order.

    Raises:
        InputError: the layout has other cameras, more of them or fewer.
    """
    if layout.cameras:
        refuse_others(set(layout.cameras), set(cameras))
        return [layout.cameras.index(camera) for camera in cameras]
    if len(layout.fps) != len(cameras):
        raise InputError(
            f"{len(layout.fps)} cameras, where the site has {len(cameras)} "
            f"({', '.join(cameras)}); its rows go by the order of the site file"
        )
    return list(range(len(cameras)))


def refuse_others(layout: set[CameraId], site: set[CameraId]) -> None:
    """Refuse a camera that only one of them has."""
    if missing := sorted(site - layout):
        raise InputError(f"camera {missing[0]!r} of the site is missing from the layout")
    if missing := sorted(layout - site):
        raise InputError(f"camera {missing[0]!r} of the layout is missing from the site")


def is_layout(text: str) -> bool:
    """Whether this is layout text: its first word is one of the section names."""
    words = [line.split("#")[0].strip() for line in text.splitlines()]
    first = next((word for word in words if word), "")
    return bool(first) and first.split()[0].rstrip(":") in SECTIONS


SECTIONS: Final = ("fps", "scales", "offset", "compatibility", "dtmin", "dtmax")


def read_layout(path: str | Path) -> Layout:
    """The layout in a text file.

    Raises:
        FileFormatError: it cannot be read, or is no such layout; file and line are named.
    """
    return parse_layout(read_text(Path(path), "a camera layout", LARGEST), str(path))


def parse_layout(text: str, name: str) -> Layout:
    """The same from text; `name` stands for the file in messages."""
    tables = parse_tables(text, name)
    rows = {section: tables.row(section) for section in ("fps", "scales", "offset")}
    layout = Layout(
        fps=rows["fps"],
        scales=rows["scales"],
        offset=rows["offset"],
        compatibility=tuple(tuple(map(bool, row)) for row in tables.matrix("compatibility")),
        dtmin=tables.matrix("dtmin"),
        dtmax=tables.matrix("dtmax"),
        cameras=tables.cameras(),
    )
    for (i, j), (least, most) in layout.windows.items():
        if least > most:
            place, pair = tables.place("dtmin", i), " to ".join(named(layout, i, j))
            message = f"camera {pair}: dtmin {least:g} is more than dtmax {most:g}"
            raise FileFormatError(f"{place}: {message} (line {tables.line('dtmax', j=i)})")
    return layout


def named(layout: Layout, *rows: int) -> list[str]:
    """Cameras by name, or by number where they have none; the first is 0."""
    return [str(layout.cameras[row] if layout.cameras else row) for row in rows]


def layout_of(
    topology: Topology,
    *,
    fps: Mapping[CameraId, float],
    clocks: Mapping[CameraId, Clock] | None = None,
) -> Layout:
    """A topology as a layout: of several windows from one camera to another, all that they span.

    Zones, homographies and sample counts have no place in a layout.

    Args:
        topology: whose transitions are written.
        fps: frames/s of every camera.
        clocks: what the times were made with, where a layout said it.
    """
    cameras, clock = topology.cameras, {name: Clock() for name in topology.cameras}
    clock |= clocks or {}
    spans = spanned(topology.transitions)
    pairs = [[(one, other) for other in cameras] for one in cameras]
    return Layout(
        fps=tuple(fps[camera] for camera in cameras),
        scales=tuple(clock[camera].scale for camera in cameras),
        offset=tuple(clock[camera].offset for camera in cameras),
        compatibility=tuple(tuple(pair in spans for pair in row) for row in pairs),
        dtmin=tuple(tuple(spans.get(pair, (0.0, 0.0))[0] for pair in row) for row in pairs),
        dtmax=tuple(tuple(spans.get(pair, (0.0, 0.0))[1] for pair in row) for row in pairs),
        cameras=cameras,
    )


def spanned(
    transitions: Sequence[Transition],
) -> dict[tuple[CameraId, CameraId], tuple[float, float]]:
    """Least and most s from camera to camera, whatever the zones."""
    spans: dict[tuple[CameraId, CameraId], tuple[float, float]] = {}
    for each in transitions:
        pair = each.source, each.target
        least, most = spans.get(pair, (each.least, each.most))
        spans[pair] = min(least, each.least), max(most, each.most)
    return spans


def format_layout(layout: Layout, note: str = "") -> str:
    """The layout as text; `parse_layout` gives back the same numbers. `note` is put on top."""
    head = [f"# {line}" for line in note.splitlines()]
    if layout.cameras:
        head.append(f"# cameras: {' '.join(layout.cameras)}")
    matrices: tuple[tuple[str, Sequence[Sequence[float]]], ...] = (
        ("compatibility", layout.compatibility),
        ("dtmin", layout.dtmin),
        ("dtmax", layout.dtmax),
    )
    return "".join(
        [
            *(f"{line}\n" for line in head),
            table_text("fps", [layout.fps]),
            table_text("scales", [layout.scales]),
            table_text("offset", [layout.offset]),
            *(table_text(title, rows) for title, rows in matrices),
        ]
    )


def table_text(title: str, rows: Sequence[Sequence[float]]) -> str:
    """A section: its title, and a line per row, in columns."""
    cells = [[plain_number(value) for value in row] for row in rows]
    width = max(len(cell) for row in cells for cell in row) if len(rows) > 1 else 0
    lines = [" ".join(cell.rjust(width) for cell in row) for row in cells]
    return "\n".join([title, *lines, ""])


def plain_number(value: float) -> str:
    """Exact, with `inf` for infinity and 1 for true."""
    return number(float(value)).replace(".inf", "inf")


def write_layout(path: Path, layout: Layout, note: str = "") -> None:
    """Write it.

    Raises:
        OutputError: the file could not be written.
    """
    with written_whole(path) as part:
        part.write_text(format_layout(layout, note), encoding="utf-8")
