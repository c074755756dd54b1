"""Deletes old data in small transactions, so that writers need not wait."""

from functools import partial
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import Connection

from camweave.store.access import Access
from camweave.store.measuring import ends, sizes
from camweave.store.states import forget_looks
from camweave.store.values import Pruned

AT_ONCE: Final = 2000  # frames of one transaction

# Frames are found by time and deleted by key, the order they are stored in.
OLD_FRAMES: Final = text(
    "SELECT epoch, frame FROM frame WHERE camera_id = :camera AND time < :before "
    "ORDER BY time LIMIT :most"
)
DROP_POINTS: Final = text(
    "DELETE FROM track_point WHERE camera_id = :camera AND epoch = :epoch AND frame = :frame"
)
DROP_FRAME: Final = text(
    "DELETE FROM frame WHERE camera_id = :camera AND epoch = :epoch AND frame = :frame"
)
CAMERAS: Final = text(
    "SELECT camera.id, run.began FROM camera JOIN run ON run.id = camera.run_id ORDER BY camera.id"
)
DROP_TRACKLETS: Final = text("DELETE FROM tracklet WHERE camera_id = :camera AND ended < :before")
SITES: Final = text(
    "SELECT site.id, max(run.began) AS began FROM site JOIN run ON run.site_id = site.id "
    "GROUP BY site.id"
)
DROP_VISITS: Final = text("DELETE FROM visit WHERE site_id = :site AND ended < :before")
# A link is of use only while both its ends are there.
DROP_LINKS: Final = text(
    "DELETE FROM link WHERE site_id = :site AND (NOT EXISTS (SELECT 1 FROM visit "
    "WHERE visit.site_id = :site AND camera = one_camera AND tracklet_id = one_tracklet) "
    "OR NOT EXISTS (SELECT 1 FROM visit "
    "WHERE visit.site_id = :site AND camera = other_camera AND tracklet_id = other_tracklet))"
)
# Events before a snapshot are not needed any more.
DROP_EVENTS: Final = text(
    "DELETE FROM event WHERE site_id = :site AND time < :before "
    "AND seq <= (SELECT seq FROM snapshot WHERE site_id = :site)"
)


NOTHING: Final = Pruned(frames=0, rows=0, tracklets=0, visits=0, events=0)
LEAST: Final = 0.01  # share of the stored time span that one round deletes, at least


def prune(access: Access, older_than: float | None, larger_than: int | None, now: float) -> Pruned:
    """Delete what is older than `older_than` s, then the oldest while it is `larger_than` bytes."""
    made = NOTHING if older_than is None else prune_before(access, now - older_than)
    while larger_than is not None:
        if access.address.kind == "postgresql":
            access.statement("ANALYZE track_point, frame")
        used, _ = access.read(lambda connection: sizes(connection, access.address))
        span = access.read(ends)
        if used <= larger_than or span is None:
            break
        share = max(1 - larger_than / used, LEAST)
        before = span[0] + (span[1] - span[0]) * share
        made = plus(made, prune_before(access, before if share < 1 else before + 1))
    return made


def prune_before(access: Access, before: float) -> Pruned:
    """Delete what was captured before `before`, s since 1970."""
    frames = rows = dropped = visits = events = 0
    for camera, at in access.read(lambda c: old_cameras(c, before)):
        some = (AT_ONCE, 0)
        while some[0] == AT_ONCE:
            some = access.write(partial(drop_frames, camera=camera, before=at))
            frames, rows = frames + some[0], rows + some[1]
        dropped += access.write(partial(drop_tracklets, camera=camera, before=at))
        access.write(partial(forget_looks, camera=camera))
    for site, at in access.read(lambda c: old_sites(c, before)):
        gone = access.write(partial(drop_visits, site=site, before=at))
        visits, events = visits + gone[0], events + gone[1]
    return Pruned(frames=frames, rows=rows, tracklets=dropped, visits=visits, events=events)


def plus(one: Pruned, other: Pruned) -> Pruned:
    """The sum of two counts."""
    return Pruned(
        frames=one.frames + other.frames,
        rows=one.rows + other.rows,
        tracklets=one.tracklets + other.tracklets,
        visits=one.visits + other.visits,
        events=one.events + other.events,
    )


def old_cameras(connection: Connection, before: float) -> list[tuple[int, float]]:
    """The number of each camera of each run, and `before` (s since 1970) on its clock."""
    return [(row.id, before - row.began) for row in connection.execute(CAMERAS)]


def drop_frames(connection: Connection, camera: int, before: float) -> tuple[int, int]:
    """Delete the oldest frames of a camera, `AT_ONCE` at most; returns how many frames and rows."""
    asked = {"camera": camera, "before": before, "most": AT_ONCE}
    keys = [
        {"camera": camera, "epoch": row.epoch, "frame": row.frame}
        for row in connection.execute(OLD_FRAMES, asked)
    ]
    if not keys:
        return 0, 0
    rows = connection.execute(DROP_POINTS, keys).rowcount
    return connection.execute(DROP_FRAME, keys).rowcount, rows


def drop_tracklets(connection: Connection, camera: int, before: float) -> int:
    """Delete the tracklets of a camera that ended before `before` s; returns how many."""
    return connection.execute(DROP_TRACKLETS, {"camera": camera, "before": before}).rowcount


def old_sites(connection: Connection, before: float) -> list[tuple[int, float]]:
    """The number of each site, and `before` (s since 1970) on its clock."""
    return [(row.id, before - row.began) for row in connection.execute(SITES)]


def drop_visits(connection: Connection, site: int, before: float) -> tuple[int, int]:
    """Delete visits that ended before `before` s, and their links and events; returns how many.

    Identities and aliases stay: an id resolves for ever, and is never given out twice. So do
    corrections, which hold until they are undone.
    """
    asked = {"site": site, "before": before}
    visits = connection.execute(DROP_VISITS, asked).rowcount
    if visits:
        connection.execute(DROP_LINKS, asked)
    return visits, connection.execute(DROP_EVENTS, asked).rowcount
