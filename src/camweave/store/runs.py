"""Sites, runs and cameras in the store: names and numbers."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.engine import Connection

from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.store.values import Camera, Run, RunId

SITE: Final = text("INSERT INTO site (name) VALUES (:site) ON CONFLICT (name) DO NOTHING")
SITE_ID: Final = text("SELECT id FROM site WHERE name = :site")
RUN: Final = text(
    "INSERT INTO run (site_id, name, began) SELECT id, :name, :began FROM site "
    "WHERE name = :site ON CONFLICT (site_id, name) DO NOTHING"
)
RUN_ID: Final = text(
    "SELECT run.id FROM run JOIN site ON site.id = run.site_id "
    "WHERE site.name = :site AND run.name = :name"
)
SITE_OF_RUN: Final = text("SELECT site_id FROM run WHERE id = :run")
# Of a camera that was met in a frame first, only its name was known.
CAMERA: Final = text(
    "INSERT INTO camera (run_id, name, width, height, fps, class_names) "
    "VALUES (:run, :name, :width, :height, :fps, :class_names) "
    "ON CONFLICT (run_id, name) DO UPDATE SET width = excluded.width, height = excluded.height, "
    "fps = excluded.fps, class_names = excluded.class_names WHERE excluded.width > 0"
)
CAMERAS: Final = text(
    "SELECT id, name, width, height, fps, class_names FROM camera WHERE run_id = :run ORDER BY name"
)
NAMED: Final = text(
    "SELECT camera.id FROM camera JOIN run ON run.id = camera.run_id "
    "WHERE run.site_id = :site AND camera.name = :name ORDER BY run.id DESC"
)
RUNS: Final = text(
    "SELECT run.id, site.name AS site, run.name, run.began FROM run "
    "JOIN site ON site.id = run.site_id ORDER BY run.began, run.id"
)


def begin_run(
    connection: Connection, site: str, name: str, *, began: float, cameras: Iterable[Camera]
) -> RunId:
    """The run of this name, made where there is none."""
    connection.execute(SITE, {"site": site})
    connection.execute(RUN, {"site": site, "name": name, "began": began})
    made = RunId(connection.execute(RUN_ID, {"site": site, "name": name}).scalar_one())
    add_cameras(connection, made, cameras)
    return made


def add_cameras(connection: Connection, run: RunId, cameras: Iterable[Camera]) -> None:
    """Let a run have these cameras; of those it has, what is told is kept where there is any."""
    rows = [
        {
            "run": run,
            "name": each.name,
            "width": each.width,
            "height": each.height,
            "fps": each.fps,
            "class_names": json.dumps(each.class_names),
        }
        for each in sorted(cameras, key=lambda each: each.name)
    ]
    if rows:
        connection.execute(CAMERA, rows)


def camera_ids(connection: Connection, run: RunId) -> dict[CameraId, int]:
    """The numbers of a run's cameras."""
    return {row.name: row.id for row in connection.execute(CAMERAS, {"run": run})}


def cameras_of(connection: Connection, run: RunId) -> tuple[Camera, ...]:
    """A run's cameras in order of name."""
    # In Python's order: a server's may be another.
    return tuple(
        sorted(map(_camera, connection.execute(CAMERAS, {"run": run})), key=lambda each: each.name)
    )


def _camera(row: Any) -> Camera:  # noqa: ANN401 - a row has the columns that were asked for
    return Camera(
        name=CameraId(row.name),
        width=row.width,
        height=row.height,
        fps=row.fps,
        class_names=tuple(json.loads(row.class_names)),
    )


def runs(connection: Connection) -> Sequence[Run]:
    """All runs, the earliest first."""
    return [
        Run(
            id=row.id,
            site=row.site,
            name=row.name,
            began=row.began,
            cameras=cameras_of(connection, row.id),
        )
        for row in connection.execute(RUNS).all()
    ]


def site_id(connection: Connection, site: str) -> int | None:
    """The number of a site; None where nothing was written of it."""
    found: int | None = connection.scalar(SITE_ID, {"site": site})
    return found


def site_of(connection: Connection, run: RunId) -> int:
    """The number of a run's site.

    Raises:
        InputError: there is no such run.
    """
    found: int | None = connection.scalar(SITE_OF_RUN, {"run": run})
    if found is None:
        raise InputError(f"store: no run {run}; begin one first")
    return found


def cameras_named(connection: Connection, site: int, name: CameraId) -> list[int]:
    """The numbers that a site's camera had, the latest run first."""
    return list(connection.scalars(NAMED, {"site": site, "name": name}))
