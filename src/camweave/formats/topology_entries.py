"""Transitions and zones as YAML has them, in a topology file and in a site file alike.

    cam_a -> cam_b: [8, 12]                          s: least, most
    cam_a/exit <-> cam_b/gate: [8, 12]               both ways, between two zones
    cam_a -> cam_b: {window: [8, 12], origin: learned, samples: 14, locked: true}

    gate: [[0, 300], [80, 300], [80, 720]]           px: three corners or more
    gate: {ways: exit, outline: [[0, 300], [80, 300], [80, 720]]}

What is wrong is collected with its place, so that a file's problems are all told at once.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, TypeAlias

from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.nearest import did_you_mean
from camweave.core.topology import Origin, Point, Transition, Zone
from camweave.formats.camera_name import checked_camera
from camweave.formats.document import LONGEST_SHOWN, Place, shown_value
from camweave.formats.plain_yaml import scalar

Told: TypeAlias = list[tuple[Place, str]]  # place and problem

EDGE: Final = re.compile(r"\s*([^\s/]+)(?:/([^\s/]+))?\s*(<->|->)\s*([^\s/]+)(?:/([^\s/]+))?\s*")
EDGE_FORM: Final = "expected `camera -> camera` or `camera <-> camera`, with /zone where one is"
WINDOW_FORM: Final = "expected [least, most] in seconds"
EDGE_KEYS: Final = ("window", "origin", "samples", "locked")
ZONE_KEYS: Final = ("outline", "ways", "origin", "samples")
ORIGINS: Final[tuple[Origin, ...]] = ("drawn", "learned")
WAYS: Final = ("entry", "exit", "both")
CORNERS: Final = 3  # of the smallest outline
PAIR: Final = 2


def transitions_in(data: object, place: Place, told: Told) -> tuple[Transition, ...]:
    """The transitions of a mapping of edges, those that are right; the rest is told."""
    if not isinstance(data, dict):
        told.append((place, f"expected a mapping of edges, got {shown_value(data)}"))
        return ()
    made = (
        transition
        for edge, entry in data.items()
        for transition in edge_transitions(str(edge), entry, (*place, str(edge)), told)
    )
    return without_repeats(list(made), place, told)


def without_repeats(made: list[Transition], place: Place, told: Told) -> tuple[Transition, ...]:
    """The same, told where `a <-> b` says again what `a -> b` says."""
    first: dict[str, Transition] = {}
    for each in made:
        if first.setdefault(edge_name(each), each) is not each:
            told.append((place, f"{edge_name(each)}: there are two windows for it"))
    return tuple(first.values())


def edge_transitions(edge: str, entry: object, place: Place, told: Told) -> Iterator[Transition]:
    """The one or two transitions of an edge; none where something is wrong with it."""
    found = EDGE.fullmatch(edge)
    if found is None:
        told.append((place, EDGE_FORM))
        return
    source, exit_zone, arrow, target, entry_zone = found.groups()
    if arrow == "<->" and (source, exit_zone) == (target, entry_zone):
        told.append((place, "a transition joins two different places; for a return write ->"))
        return
    settings = edge_settings(entry, place, told)
    if settings is None:
        return
    one, other = (CameraId(source), exit_zone), (CameraId(target), entry_zone)
    for (a, leaving), (b, entering) in [(one, other), (other, one)][: 1 + (arrow == "<->")]:
        try:
            yield Transition(source=a, target=b, exit_zone=leaving, entry_zone=entering, **settings)
        except InputError as error:
            told.append((place, str(error).partition(": ")[2]))
            return


def edge_settings(entry: object, place: Place, told: Told) -> dict[str, Any] | None:
    """What an edge's window or mapping says."""
    said: dict[str, Any] = entry if isinstance(entry, dict) else {"window": entry}
    before = len(told)
    refuse_unknown(said, EDGE_KEYS, place, told)
    window = said.get("window")
    if not is_numbers(window, PAIR):
        told.append((place, f"{WINDOW_FORM}, got {scalar(window)[:LONGEST_SHOWN]}"))
        return None
    learned = learned_settings(said, place, told)
    if len(told) > before or window is None:
        return None
    least, most = map(float, window)
    return {"least": least, "most": most, "locked": said.get("locked", False), **learned}


def learned_settings(entry: Mapping[str, Any], place: Place, told: Told) -> dict[str, Any]:
    """Where it comes from, and how sure that is; told where it is no such thing."""
    origin, samples = entry.get("origin", "drawn"), entry.get("samples", 0)
    if origin not in ORIGINS:
        told.append(((*place, "origin"), one_of(ORIGINS, origin)))
    if not isinstance(samples, int) or isinstance(samples, bool) or samples < 0:
        told.append(((*place, "samples"), f"expected a whole number, got {shown_value(samples)}"))
    if not isinstance(entry.get("locked", False), bool):
        told.append(((*place, "locked"), "expected true or false"))
    return {"origin": origin, "samples": samples}


def zones_in(data: object, camera: CameraId, place: Place, told: Told) -> tuple[Zone, ...]:
    """The zones of one camera, those that are right; the rest is told."""
    if not isinstance(data, dict):
        told.append((place, f"expected a mapping of zones, got {shown_value(data)}"))
        return ()
    made = (zone_of(str(name), entry, camera, (place, told)) for name, entry in data.items())
    return tuple(zone for zone in made if zone is not None)


def zone_of(name: str, entry: object, camera: CameraId, where: tuple[Place, Told]) -> Zone | None:
    """One zone; None where something is wrong with it."""
    place, told = (*where[0], name), where[1]
    before = len(told)
    said: dict[str, Any] = entry if isinstance(entry, dict) else {"outline": entry}
    try:
        checked_camera(name)
    except InputError:
        told.append((place, "a zone's name is 1 to 64 of A-Z a-z 0-9 _ -"))
    refuse_unknown(said, ZONE_KEYS, place, told)
    ways = said.get("ways", "both")
    if ways not in WAYS:
        told.append(((*place, "ways"), one_of(WAYS, ways)))
    learned = learned_settings(said, place, told)
    outline = outline_of(said.get("outline"), place, told)
    if len(told) > before:
        return None
    return Zone(camera=camera, name=name, outline=outline, ways=ways, **learned)


def outline_of(corners: object, place: Place, told: Told) -> tuple[Point, ...]:
    """The corners of an outline; told where they span no area."""
    rows = corners if isinstance(corners, list) else []
    if len(rows) < CORNERS or not all(is_numbers(row, PAIR, finite=True) for row in rows):
        told.append((place, f"expected an outline of {CORNERS} corners [x, y] in px, or more"))
        return ()
    outline = tuple((float(x), float(y)) for x, y in rows)
    if not area(outline):
        told.append((place, "the outline spans no area"))
    return outline


def area(outline: tuple[Point, ...]) -> float:
    """px², by the shoelace formula, relative to the first corner."""
    x0, y0 = outline[0]
    near = [(x - x0, y - y0) for x, y in outline]
    pairs = zip(near, [*near[1:], near[0]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def is_numbers(value: object, count: int, *, finite: bool = False) -> bool:
    """Whether this is a list of so many numbers."""
    return (
        isinstance(value, list)
        and len(value) == count
        and all(isinstance(each, int | float) and not isinstance(each, bool) for each in value)
        and not (finite and any(abs(each) == float("inf") for each in value))
    )


def one_of(words: Collection[str], got: object) -> str:
    """A word that is none of the few allowed."""
    near = did_you_mean(got, words) if isinstance(got, str) else ""
    hint = near if near.startswith(" (") else ""
    return f"expected one of {', '.join(words)}, got {shown_value(got)}{hint}"


def refuse_unknown(
    data: Mapping[str, Any], keys: Collection[str], place: Place, told: Told
) -> None:
    """Tell of every key that there is not."""
    for key in data:
        if key not in keys:
            told.append(((*place, key), f"unknown key{did_you_mean(key, keys)}"))


def tell_strangers(
    data: object,
    place: Place,
    told: Told,
    known: tuple[Collection[CameraId] | None, Collection[Zone]],
) -> None:
    """Tell of edges that name a camera or a zone that is not known; None knows every camera."""
    cameras, zones = known
    drawn = {(zone.camera, zone.name) for zone in zones}
    for edge in data if isinstance(data, dict) else ():
        found = EDGE.fullmatch(str(edge))
        ends = [] if found is None else [found.group(1, 2), found.group(4, 5)]
        for camera, zone in dict.fromkeys(ends):
            if cameras is not None and camera not in cameras:
                hint = did_you_mean(camera, sorted(cameras))
                told.append(((*place, edge), f"no camera {camera!r} in this site{hint}"))
            elif zone is not None and (camera, zone) not in drawn:
                hint = did_you_mean(zone, sorted(name for of, name in drawn if of == camera))
                told.append(((*place, edge), f"camera {camera} has no zone {zone!r}{hint}"))


def edge_name(transition: Transition) -> str:
    """`cam_a/exit -> cam_b`."""
    ends = (transition.source, transition.exit_zone), (transition.target, transition.entry_zone)
    return " -> ".join(camera if zone is None else f"{camera}/{zone}" for camera, zone in ends)


def edge_entry(transition: Transition) -> list[float] | dict[str, Any]:
    """What stands behind an edge: its window, and what is not as usual."""
    window = [transition.least, transition.most]
    rest: dict[str, Any] = unusual(transition.origin, transition.samples)
    if transition.locked:
        rest["locked"] = True
    return {"window": window, **rest} if rest else window


def zone_entry(zone: Zone) -> list[list[float]] | dict[str, Any]:
    """What stands behind a zone's name: its outline, and what is not as usual."""
    outline = [list(corner) for corner in zone.outline]
    rest: dict[str, Any] = {"ways": zone.ways} if zone.ways != "both" else {}
    rest |= unusual(zone.origin, zone.samples)
    return {"outline": outline, **rest} if rest else outline


def unusual(origin: Origin, samples: int) -> dict[str, Any]:
    """Origin and samples, where they are not those of a thing that was drawn."""
    rest: dict[str, Any] = {} if origin == "drawn" else {"origin": origin}
    return rest | ({"samples": samples} if samples else {})
