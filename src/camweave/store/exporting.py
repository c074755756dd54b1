"""Tables for other programs: named columns, and rows in order, read in pieces."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.engine import Connection

PIECE: Final = 10_000  # rows in memory at one time


@dataclass(frozen=True, slots=True)
class Export:
    """A query, and the names and types of its columns."""

    columns: Mapping[str, type]
    query: str
    by_camera: bool = False  # queried per camera, so that rows come in the order they are stored in


TRACKS: Final = Export(
    {
        "site": str, "run": str, "camera": str, "epoch": int, "frame": int, "time": float,
        "captured": float, "track_id": int, "identity": int, "x_min": float, "y_min": float,
        "x_max": float, "y_max": float, "score": float, "class_id": int,
    },
    "SELECT site.name, run.name, camera.name, p.epoch, p.frame, p.time, run.began + p.time, "
    "p.track_id, coalesce(alias.identity, visit.identity), p.x_min, p.y_min, p.x_max, p.y_max, "
    "p.score, p.class_id FROM track_point AS p JOIN camera ON camera.id = p.camera_id "
    "JOIN run ON run.id = camera.run_id JOIN site ON site.id = run.site_id "
    "LEFT JOIN visit ON visit.site_id = site.id AND visit.camera = camera.name "
    "AND visit.tracklet_id = p.track_id "
    "LEFT JOIN alias ON alias.site_id = site.id AND alias.alias = visit.identity "
    "WHERE p.camera_id = :camera ORDER BY p.epoch, p.frame, p.track_id",
    by_camera=True,
)  # fmt: skip
TRACKLETS: Final = Export(
    {
        "site": str, "run": str, "camera": str, "tracklet_id": int, "class_id": int,
        "began": float, "ended": float, "frames": int, "crops": int,
    },
    "SELECT site.name, run.name, camera.name, t.tracklet_id, t.class_id, t.began, t.ended, "
    "t.frames, t.crops FROM tracklet AS t JOIN camera ON camera.id = t.camera_id "
    "JOIN run ON run.id = camera.run_id JOIN site ON site.id = run.site_id "
    "WHERE t.camera_id = :camera ORDER BY t.tracklet_id",
    by_camera=True,
)  # fmt: skip
JOURNEYS: Final = Export(
    {
        "site": str, "identity": int, "camera": str, "tracklet_id": int, "began": float,
        "ended": float, "growing": int,
    },
    "SELECT site, identity, camera, tracklet_id, began, ended, growing FROM journey "
    "WHERE (CAST(:site AS TEXT) IS NULL OR site = :site) "
    "ORDER BY site, identity, began, camera, tracklet_id",
)  # fmt: skip
IDENTITIES: Final = Export(
    {
        "site": str, "identity": int, "stands_for": int, "created": float, "confirmed": float,
        "closed": float,
    },
    "SELECT site.name, i.identity, alias.identity, i.created, i.confirmed, i.closed "
    "FROM identity AS i JOIN site ON site.id = i.site_id "
    "LEFT JOIN alias ON alias.site_id = i.site_id AND alias.alias = i.identity "
    "WHERE (CAST(:site AS TEXT) IS NULL OR site.name = :site) ORDER BY site.name, i.identity",
)  # fmt: skip
LINKS: Final = Export(
    {
        "site": str, "one_camera": str, "one_tracklet": int, "other_camera": str,
        "other_tracklet": int, "how": str, "evidence": float, "similarity": float, "gap": float,
        "ended_by": int, "link": str,
    },
    "SELECT site.name, one_camera, one_tracklet, other_camera, other_tracklet, how, evidence, "
    "similarity, gap, ended_by, body FROM link JOIN site ON site.id = link.site_id "
    "WHERE (CAST(:site AS TEXT) IS NULL OR site.name = :site) ORDER BY site.name, seq, place",
)  # fmt: skip
EVENTS: Final = Export(
    {"site": str, "seq": int, "time": float, "kind": str, "event": str},
    "SELECT site.name, seq, time, kind, body FROM event JOIN site ON site.id = event.site_id "
    "WHERE (CAST(:site AS TEXT) IS NULL OR site.name = :site) ORDER BY site.name, seq",
)
EXPORTS: Final[Mapping[str, Export]] = {
    "tracks": TRACKS,
    "tracklets": TRACKLETS,
    "journeys": JOURNEYS,
    "identities": IDENTITIES,
    "links": LINKS,
    "events": EVENTS,
}

Piece = Sequence[tuple[Any, ...]]

CAMERAS: Final = text(
    "SELECT camera.id FROM camera JOIN run ON run.id = camera.run_id "
    "JOIN site ON site.id = run.site_id WHERE (CAST(:site AS TEXT) IS NULL OR site.name = :site) "
    "AND (CAST(:run AS TEXT) IS NULL OR run.name = :run) ORDER BY run.id, camera.name"
)


def pieces(
    connection: Connection, export: Export, site: str | None, run: str | None
) -> Iterator[Piece]:
    """The rows of one site or run, or of all, in pieces of at most `PIECE` rows."""
    given = {"site": site, "run": run}
    asked = [given]
    if export.by_camera:
        asked = [{"camera": each} for each in connection.scalars(CAMERAS, given).all()]
    options = {"yield_per": PIECE, "stream_results": True}
    for each in asked:
        found = connection.execute(text(export.query), each, execution_options=options)
        yield from ([tuple(row) for row in piece] for piece in found.partitions())
