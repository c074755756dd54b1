"""A site's topology as YAML: who can follow whom after how long, zones, and homographies.

cameras: [cam_a, cam_b]                  may be left out
strict: true                             windows are walls, not priors
transitions:
cam_a/exit -> cam_b: [8, 12]           see `topology_entries`
zones:
cam_a:
exit: [[0, 300], [80, 300], [80, 720]]
homographies:
cam_a: [[0.01, 0, -3], [0, 0.02, -5], [0, 0.001, 1]]    image px to ground m
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from camweave.core.arrays import F64
from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId
from camweave.core.nearest import did_you_mean
from camweave.core.topology import Topology, Transition, Zone
from camweave.formats.atomic import written_whole
from camweave.formats.camera_name import checked_camera
from camweave.formats.document import parse_document, read_text, shown_value
from camweave.formats.plain_yaml import key_text, scalar
from camweave.formats.topology_entries import (
    Told,
    edge_entry,
    edge_name,
    is_numbers,
    refuse_unknown,
    tell_strangers,
    transitions_in,
    zone_entry,
    zones_in,
)
from camweave.ops.ground import checked

KEYS: Final = ("cameras", "strict", "transitions", "zones", "homographies")
SIDE: Final = 3  # of a homography
MOST_BYTES, MOST_VALUES = 1 << 24, 1_000_000  # a hundred cameras' learned zones are a tenth of it


def read_topology(
    path: str | Path, *, cameras: Sequence[CameraId] | None = None, zones: Sequence[Zone] = ()
) -> Topology:
    """The topology in a YAML file.

    Args:
        path: of the file.
        cameras: those of the site that it must fit; without them, those that it names.
        zones: drawn elsewhere, that its transitions may name; they are part of the result.

    Raises:
        FileFormatError: one line per problem: file, line, column, key, and what was expected.
    """
    path = Path(path)
    return parse_topology(read_text(path, MOST_BYTES), str(path), cameras=cameras, zones=zones)


def parse_topology(
    text: str, name: str, *, cameras: Sequence[CameraId] | None = None, zones: Sequence[Zone] = ()
) -> Topology:
    """The same from text; `name` stands for the file in messages."""
    document = parse_document(text, name, {}, MOST_VALUES)
    told: Told = []
    data = document.data if isinstance(document.data, dict) else {}
    if not data:
        has = shown_value(document.data)
        told.append(((), f"expected transitions, zones or homographies, got {has}"))
    refuse_unknown(data, KEYS, (), told)
    transitions = transitions_in(data.get("transitions") or {}, ("transitions",), told)
    own = tuple(all_zones(data.get("zones") or {}, told))
    homographies = dict(all_homographies(data.get("homographies") or {}, told))
    listed = listed_cameras(data.get("cameras"), told)
    if listed is not None and cameras is not None:
        tell_unlisted(listed, cameras, told)
    known = listed if cameras is None else cameras
    tell_others(data, told, (own, homographies), (known, zones))
    if not isinstance(data.get("strict", False), bool):
        told.append((("strict",), "expected true or false"))
    if told:
        raise FileFormatError("\n".join(document.error(*each) for each in told))
    return Topology(
        cameras=named_in(known, transitions, own, homographies),
        transitions=transitions,
        zones=tuple(dict.fromkeys([*zones, *own])),
        homographies=homographies,
        strict=data.get("strict", False),
    )


def all_zones(data: object, told: Told) -> Iterable[Zone]:
    """The zones of every camera."""
    if not isinstance(data, dict):
        told.append((("zones",), f"expected a mapping of cameras, got {shown_value(data)}"))
        return
    for camera, zones in data.items():
        yield from zones_in(zones, CameraId(camera), ("zones", camera), told)


def all_homographies(data: object, told: Told) -> Iterable[tuple[CameraId, F64]]:
    """The homography of every camera that has one."""
    if not isinstance(data, dict):
        told.append((("homographies",), f"expected a mapping of cameras, got {shown_value(data)}"))
        return
    for camera, rows in data.items():
        place = ("homographies", camera)
        square = isinstance(rows, list) and len(rows) == SIDE
        if not square or not all(is_numbers(row, SIDE, finite=True) for row in rows):
            told.append((place, "expected three rows of three numbers"))
            continue
        try:
            yield CameraId(camera), checked(np.array(rows, np.float64))
        except InputError as error:
            told.append((place, str(error)))


def listed_cameras(data: object, told: Told) -> tuple[CameraId, ...] | None:
    """The names that the file lists; None where it lists none."""
    if data is None:
        return None
    names = data if isinstance(data, list) else []
    try:
        listed = tuple(checked_camera(str(name)) for name in names)
    except InputError as error:
        told.append((("cameras",), str(error)))
        return None
    if not listed or len(set(listed)) < len(listed):
        told.append((("cameras",), "expected a list of names, each once"))
        return None
    return listed


def named_in(
    known: Sequence[CameraId] | None,
    transitions: Iterable[Transition],
    zones: Iterable[Zone],
    homographies: Iterable[CameraId],
) -> tuple[CameraId, ...]:
    """The cameras: those known, or in the order that the file names them."""
    if known is not None:
        return tuple(known)
    ends = [camera for each in transitions for camera in (each.source, each.target)]
    return tuple(dict.fromkeys([*ends, *(zone.camera for zone in zones), *homographies]))


def tell_others(
    data: Mapping[str, Any],
    told: Told,
    found: tuple[Sequence[Zone], Iterable[CameraId]],
    known: tuple[Sequence[CameraId] | None, Sequence[Zone]],
) -> None:
    """Tell of cameras and zones that are named and not there; without cameras, all are there."""
    zones, homographies = found
    cameras, drawn = known
    tell_strangers(data.get("transitions"), ("transitions",), told, (cameras, [*drawn, *zones]))
    for key, named in (("zones", [zone.camera for zone in zones]), ("homographies", homographies)):
        for camera in dict.fromkeys(named):
            if cameras is not None and camera not in cameras:
                hint = did_you_mean(camera, cameras)
                told.append(((key, camera), f"no camera {camera!r} in this site{hint}"))
    before = {(zone.camera, zone.name): zone for zone in drawn}
    twice = [zone for zone in zones if before.get((zone.camera, zone.name), zone) != zone]
    reason = "another zone of this name is in the site file"
    told += [(("zones", zone.camera, zone.name), reason) for zone in twice]


def tell_unlisted(listed: Sequence[CameraId], cameras: Sequence[CameraId], told: Told) -> None:
    """Tell of cameras that only one of file and site has."""
    for camera in [each for each in listed if each not in cameras]:
        hint = did_you_mean(camera, cameras)
        told.append((("cameras",), f"camera {camera!r} is missing from the site{hint}"))
    for camera in [each for each in cameras if each not in listed]:
        told.append((("cameras",), f"camera {camera!r} of the site is missing"))


def format_topology(topology: Topology, note: str = "") -> str:
    """The topology as YAML; `parse_topology` gives back the same. `note` is put on top.

    Raises:
        InputError: a name that no such file can hold, or two windows for one edge.
    """
    text = "".join(f"# {line}\n" for line in note.splitlines()) + body(topology)
    try:
        parse_topology(text, "topology")
    except FileFormatError as error:
        first = str(error).splitlines()[0]
        raise InputError(f"this topology cannot be written: {first}") from None
    return text


def body(topology: Topology) -> str:
    """All sections, those that have nothing to say left out."""
    lines = [f"cameras: {scalar(list(topology.cameras))}"] if topology.cameras else []
    lines += ["strict: true"] if topology.strict else []
    edges = [(edge_name(each), edge_entry(each)) for each in topology.transitions]
    lines += section("transitions", edges)
    lines += ["zones:"] if topology.zones else []
    for camera in dict.fromkeys(zone.camera for zone in topology.zones):
        own = [(each.name, zone_entry(each)) for each in topology.zones if each.camera == camera]
        lines += [f"  {line}" for line in section(camera, own)]
    rows = [(camera, matrix.tolist()) for camera, matrix in topology.homographies.items()]
    return "".join(f"{line}\n" for line in [*lines, *section("homographies", rows)])


def section(title: str, entries: Sequence[tuple[str, Any]]) -> list[str]:
    """A mapping with one entry a line; nothing where there is none."""
    inside = [f"  {key_text(key)}: {scalar(entry)}" for key, entry in entries]
    return [f"{key_text(title)}:", *inside] if inside else []


def write_topology(path: Path, topology: Topology, note: str = "") -> None:
    """Write it.

    Raises:
        InputError: as `format_topology`.
        OutputError: the file could not be written.
    """
    text = format_topology(topology, note)
    with written_whole(path) as part:
        part.write_text(text, encoding="utf-8")
