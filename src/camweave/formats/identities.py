"""`identities.json`: who is who on a site, where and when each was seen, and why it is one.

One identity a line, so that the file can be searched and read piece by piece. The same sightings
and identities always give the same bytes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NoReturn

import numpy as np

from camweave.core.arrays import F64, FLOAT64, I32, I64, INT32, INT64, column
from camweave.core.errors import FileFormatError, InputError, ShapeError
from camweave.core.frame import CameraId
from camweave.core.identities import Identities, Link, TrackletKey
from camweave.core.plain_events import Unfit, plain_part, read_id, read_link, read_real, read_whole
from camweave.core.sightings import Sightings
from camweave.core.tracks import UNLINKED
from camweave.formats.atomic import written_whole
from camweave.formats.camera_name import checked_camera
from camweave.formats.text import read_text

KIND: Final = "identities"
VERSION: Final = 1
MOST_BYTES: Final = 512 << 20
NO_CLASS: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class IdentityTable:
    """What the file tells: the identities, and when each of their N tracklets was seen."""

    identities: Identities
    begin: F64  # (N,) s, on the site's clock
    end: F64  # (N,) s
    frames: I64  # (N,) how many it was seen in
    class_id: I32  # (N,) index into `class_names`; -1 while unknown
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what was assumed when they were linked
    aliases: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # ids that stand for it
    next_id: int = 0  # the id that is given out next; 0: the highest plus one

    def __post_init__(self) -> None:
        n, put = len(self.identities), object.__setattr__
        put(self, "begin", column("begin", self.begin, FLOAT64, n))
        put(self, "end", column("end", self.end, FLOAT64, n))
        put(self, "frames", column("frames", self.frames, INT64, n))
        put(self, "class_id", column("class_id", self.class_id, INT32, n))


def table_of(
    sightings: Sightings, identities: Identities, notes: Sequence[str] = ()
) -> IdentityTable:
    """What the file tells of sightings and the identities that were found in them.

    Raises:
        ShapeError: their rows are not the same tracklets.
    """
    same = (
        sightings.cameras == identities.cameras
        and np.array_equal(sightings.camera, identities.camera)
        and np.array_equal(sightings.tracklet_id, identities.tracklet_id)
    )
    if not same:
        raise ShapeError("identities: expected the same rows as the sightings")
    return IdentityTable(
        identities=identities,
        begin=sightings.begin,
        end=sightings.end,
        frames=sightings.frames,
        class_id=sightings.class_id,
        class_names=sightings.class_names,
        notes=tuple(notes),
    )


def write_identities(
    path: Path,
    sightings: Sightings,
    identities: Identities,
    notes: Sequence[str] = (),
    *,
    aliases: Mapping[int, tuple[int, ...]] | None = None,
    next_id: int = 0,
) -> None:
    """Write it whole, under the schema `camweave.identities/1`.

    Raises:
        OutputError: the file could not be written.
    """
    table = table_of(sightings, identities, notes)
    table = replace(table, aliases=aliases or {}, next_id=next_id)
    with written_whole(path) as part, part.open("w", encoding="utf-8") as file:
        file.writelines(_lines(table))


def _lines(table: IdentityTable) -> Iterator[str]:
    """The text, identity by identity."""
    who, rows = table.identities, _rows_by_identity(table)
    links = _links_by_identity(who)
    unlinked = rows.pop(int(UNLINKED), np.empty(0, np.int64))
    yield "{" + f'"schema": "camweave.{KIND}/{VERSION}",\n'
    yield f'"cameras": {_text(list(who.cameras))},\n'
    yield f'"class_names": {_text(list(table.class_names))},\n'
    yield f'"notes": {_text(list(table.notes))},\n'
    if table.next_id > int(who.identity.max(initial=0)) + 1:
        yield f'"next_id": {table.next_id},\n'
    yield '"identities": ['
    for at, (identity, members) in enumerate(rows.items()):
        yield ("," if at else "") + "\n" + _text(_entry(table, identity, members, links))
    yield '\n],\n"unlinked": ['
    for at, member in enumerate(_members(table, unlinked)):
        yield ("," if at else "") + "\n" + _text(member)
    yield "\n]}\n"


def _rows_by_identity(table: IdentityTable) -> dict[int, I64]:
    """The rows of each identity in order of time; identities rise."""
    who = table.identities
    order = np.lexsort((who.tracklet_id, who.camera, table.begin, who.identity)).astype(np.int64)
    found, first = np.unique(who.identity[order], return_index=True)
    pieces = np.split(order, first[1:])
    return dict(zip(found.tolist(), pieces, strict=False))


def _links_by_identity(who: Identities) -> dict[int, list[Link]]:
    keys = zip(who.camera.tolist(), who.tracklet_id.tolist(), strict=True)
    of = {
        TrackletKey(who.cameras[camera], number): identity
        for (camera, number), identity in zip(keys, who.identity.tolist(), strict=True)
    }
    links: dict[int, list[Link]] = {}
    for link in who.links:
        home = of.get(link.other, int(UNLINKED))
        if home != UNLINKED and of.get(link.one) == home:
            links.setdefault(home, []).append(link)
    return links


def _entry(
    table: IdentityTable, identity: int, rows: I64, links: dict[int, list[Link]]
) -> dict[str, Any]:
    kinds = np.unique(table.class_id[rows])
    frames = [int(table.frames[rows][table.class_id[rows] == kind].sum()) for kind in kinds]
    kind = int(kinds[int(np.argmax(frames))])
    return {
        "global_id": identity,
        **({"aliases": list(others)} if (others := table.aliases.get(identity)) else {}),
        "class": _class(table, kind),
        "begin": float(table.begin[rows].min()),
        "end": float(table.end[rows].max()),
        "members": list(_members(table, rows)),
        "links": [plain_part(link) for link in links.get(identity, [])],
    }


def _members(table: IdentityTable, rows: I64) -> Iterator[dict[str, Any]]:
    who = table.identities
    for row in rows.tolist():
        yield {
            "camera": who.cameras[who.camera[row]],
            "tracklet_id": int(who.tracklet_id[row]),
            "class": _class(table, int(table.class_id[row])),
            "begin": float(table.begin[row]),
            "end": float(table.end[row]),
            "frames": int(table.frames[row]),
        }


def _class(table: IdentityTable, class_id: int) -> str | int | None:
    """Its name; its number where there are no names."""
    if class_id == NO_CLASS:
        return None
    return table.class_names[class_id] if table.class_names else class_id


def _text(plain: Any) -> str:  # noqa: ANN401 - any of JSON's types
    return json.dumps(plain, allow_nan=False, default=lambda number: number.item())


def read_identities(path: Path) -> IdentityTable:
    """All of a file; rows are in order of camera and tracklet id.

    Raises:
        FileFormatError: not such a file, of a newer version, or with something in it that cannot
            be: the message says where.
    """
    reader = _Reader(path)
    try:
        plain = json.loads(read_text(path, "identities.json", MOST_BYTES))
    except (ValueError, RecursionError) as error:
        raise FileFormatError(f"{path}: damaged: {str(error)[:80]}") from error
    return reader.table(plain)


class _Reader:
    """Reads one file; it knows its path, to name it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[TrackletKey, tuple[int, Any, float, float, int]] = {}
        self.ids: set[int] = set()
        self.aliases: dict[int, tuple[int, ...]] = {}
        self.links: list[Link] = []

    def fail(self, text: str) -> NoReturn:
        raise FileFormatError(f"{self.path}: {text}")

    def table(self, plain: Any) -> IdentityTable:  # noqa: ANN401 - whatever the JSON holds
        self.check_schema(plain)
        names = self.texts(plain, "class_names")
        cameras = self.cameras(plain)
        for at, entry in enumerate(self.list_of(plain, "identities")):
            self.read_entry(f"identities[{at}]", entry)
        for at, member in enumerate(self.list_of(plain, "unlinked")):
            self.read_member(f"unlinked[{at}]", member, int(UNLINKED))
        next_id = plain.get("next_id", 0)
        if type(next_id) is not int:
            self.fail(f"next_id: expected a whole number, found {repr(next_id)[:60]}")
        for key in self.rows:
            if key.camera not in cameras:
                self.fail(f"camera {key.camera!r} is not in cameras")
        made = self.made(cameras, names, self.texts(plain, "notes"))
        return replace(made, aliases=self.aliases, next_id=next_id)

    def check_schema(self, plain: Any) -> None:  # noqa: ANN401 - as above
        schema = str(plain.get("schema")) if isinstance(plain, dict) else "none"
        name, _, version = schema.rpartition("/")
        if name != f"camweave.{KIND}" or not version.isdecimal():
            self.fail(f"expected schema camweave.{KIND}/{VERSION}, found {schema[:60]!r}")
        if int(version) > VERSION:
            self.fail(f"{schema} was written by a newer camweave; this one reads up to {VERSION}")

    def list_of(self, plain: dict[str, Any], name: str) -> list[Any]:
        found = plain.get(name)
        if not isinstance(found, list):
            self.fail(f"{name}: expected a list, found {repr(found)[:60]}")
        return found

    def texts(self, plain: dict[str, Any], name: str) -> tuple[str, ...]:
        found = self.list_of(plain, name)
        if not all(isinstance(each, str) for each in found):
            self.fail(f"{name}: expected text")
        return tuple(found)

    def cameras(self, plain: dict[str, Any]) -> tuple[CameraId, ...]:
        names = self.texts(plain, "cameras")
        if len(set(names)) < len(names):
            self.fail("cameras: a name is there twice")
        try:
            return tuple(sorted(checked_camera(name) for name in names))
        except InputError as error:
            self.fail(f"cameras: {error}")

    def read_entry(self, place: str, entry: Any) -> None:  # noqa: ANN401 - as above
        if not isinstance(entry, dict):
            self.fail(f"{place}: expected an object, found {repr(entry)[:60]}")
        try:
            identity = read_id(entry.get("global_id"))
            aliases = tuple(map(read_id, entry.get("aliases") or ()))
        except (Unfit, TypeError) as error:
            self.fail(f"{place}: global_id: {error}")
        for each in (identity, *aliases):
            if each in self.ids:
                self.fail(f"{place}: identity {each} is there twice")
            self.ids.add(each)
        self.aliases |= {identity: aliases} if aliases else {}
        for at, member in enumerate(self.list_of(entry, "members")):
            self.read_member(f"{place}: members[{at}]", member, identity)
        for at, link in enumerate(self.list_of(entry, "links")):
            try:
                self.links.append(read_link(link))
            except Unfit as error:
                self.fail(f"{place}: links[{at}]: {error}")

    def read_member(self, place: str, member: Any, identity: int) -> None:  # noqa: ANN401 - as above
        if not isinstance(member, dict):
            self.fail(f"{place}: expected an object, found {repr(member)[:60]}")
        try:
            key = TrackletKey(
                CameraId(str(member.get("camera"))), read_whole(member.get("tracklet_id"))
            )
            begin, end = read_real(member.get("begin")), read_real(member.get("end"))
            frames = read_whole(member.get("frames"))
        except Unfit as error:
            self.fail(f"{place}: {error}")
        if key in self.rows:
            self.fail(f"{place}: {key.camera}/{key.tracklet_id} is there twice")
        self.rows[key] = (identity, member.get("class"), begin, end, frames)

    def made(
        self, cameras: tuple[CameraId, ...], names: tuple[str, ...], notes: tuple[str, ...]
    ) -> IdentityTable:
        keys = sorted(self.rows)
        rows = [self.rows[key] for key in keys]
        index = {camera: at for at, camera in enumerate(cameras)}
        return IdentityTable(
            identities=Identities(
                cameras=cameras,
                camera=np.array([index[key.camera] for key in keys], np.int64),
                tracklet_id=np.array([key.tracklet_id for key in keys], np.int64),
                identity=np.array([row[0] for row in rows], np.int64),
                links=tuple(sorted(self.links, key=self.place_of)),
            ),
            begin=np.array([row[2] for row in rows], np.float64),
            end=np.array([row[3] for row in rows], np.float64),
            frames=np.array([row[4] for row in rows], np.int64),
            class_id=np.array([self.class_id(row[1], names) for row in rows], np.int32),
            class_names=names,
            notes=notes,
        )

    def place_of(self, link: Link) -> tuple[float, TrackletKey, TrackletKey]:
        """Links are in order of time."""
        if link.other not in self.rows:
            self.fail(f"a link names {link.other.camera}/{link.other.tracklet_id}, which is absent")
        return self.rows[link.other][2], link.other, link.one

    def class_id(self, found: Any, names: tuple[str, ...]) -> int:  # noqa: ANN401 - as above
        if found is None:
            return NO_CLASS
        if isinstance(found, str) and found in names:
            return names.index(found)
        if type(found) is not int or names or not 0 <= found < 1 << 31:
            self.fail(f"class: expected one of class_names, found {repr(found)[:60]}")
        return found
