"""Reads identities from the store: journeys, links, corrections."""

import json
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.engine import Connection

from camweave.core.corrections import Correction
from camweave.core.frame import CameraId
from camweave.core.identities import Link
from camweave.core.plain_events import read_correction, read_link
from camweave.store.values import StoredIdentity, Visit

ROOT: Final = text("SELECT identity FROM alias WHERE site_id = :site AND alias = :identity")

NAMES: Final = text("SELECT alias FROM alias WHERE site_id = :site AND identity = :identity")
# One id at a time and without ORDER BY: else SQLite scans all visits of the site.
VISITS: Final = text(
    "SELECT camera, tracklet_id, began, ended, growing FROM visit "
    "WHERE site_id = :site AND identity = :identity"
)
IDENTITIES: Final = text(
    "SELECT identity, created, confirmed, closed FROM identity WHERE site_id = :site "
    "AND NOT EXISTS (SELECT 1 FROM alias WHERE alias.site_id = :site "
    "AND alias.alias = identity.identity) ORDER BY identity"
)
ALIASES: Final = text(
    "SELECT alias, identity FROM alias WHERE site_id = :site ORDER BY identity, alias"
)
LINKS: Final = text(
    "SELECT seq, place, other_camera, other_tracklet, body FROM link WHERE site_id = :site "
    "AND one_camera = :camera AND one_tracklet = :tracklet AND ended_by IS NULL"
)
STANDING: Final = text(
    "SELECT number, body FROM correction WHERE site_id = :site AND undone_by IS NULL "
    "ORDER BY number"
)


def resolve(connection: Connection, site: int, identity: int) -> int:
    """The identity that an id stands for now; itself, where it is no alias."""
    found: int | None = connection.scalar(ROOT, {"site": site, "identity": identity})
    return identity if found is None else found


def journey(connection: Connection, site: int, identity: int) -> tuple[Visit, ...]:
    """Where and when an identity was seen, in order of time."""
    root = resolve(connection, site, identity)
    aliases = connection.scalars(NAMES, {"site": site, "identity": root}).all()
    visits = [
        _visit(row)
        for each in (root, *aliases)
        for row in connection.execute(VISITS, {"site": site, "identity": each})
    ]
    return tuple(sorted(visits, key=lambda visit: (visit.began, visit.camera, visit.tracklet_id)))


def _visit(row: Any) -> Visit:  # noqa: ANN401 - a row has the columns that were asked for
    return Visit(
        camera=CameraId(row.camera),
        tracklet_id=row.tracklet_id,
        began=row.began,
        ended=row.ended,
        growing=bool(row.growing),
    )


def identities(connection: Connection, site: int) -> tuple[StoredIdentity, ...]:
    """All that stand for themselves, rising."""
    under: dict[int, list[int]] = {}
    for row in connection.execute(ALIASES, {"site": site}):
        under.setdefault(row.identity, []).append(row.alias)
    return tuple(
        StoredIdentity(
            identity=row.identity,
            created=row.created,
            confirmed=row.confirmed,
            closed=row.closed,
            aliases=tuple(under.get(row.identity, ())),
        )
        for row in connection.execute(IDENTITIES, {"site": site})
    )


def links(connection: Connection, site: int, identity: int) -> tuple[Link, ...]:
    """Why its tracklets are one: the links that hold, in the order in which they came."""
    keys = [(visit.camera, visit.tracklet_id) for visit in journey(connection, site, identity)]
    own = set(keys)
    found = [
        (row.seq, row.place, row.body)
        for camera, tracklet in keys
        for row in connection.execute(LINKS, {"site": site, "camera": camera, "tracklet": tracklet})
        if (row.other_camera, row.other_tracklet) in own
    ]
    return tuple(read_link(json.loads(body)) for _, _, body in sorted(found))


def corrections(connection: Connection, site: int) -> dict[int, Correction]:
    """What people said and did not take back, by number."""
    rows = connection.execute(STANDING, {"site": site})
    return {row.number: read_correction(json.loads(row.body)) for row in rows}
