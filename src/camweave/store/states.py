"""Where cameras' lines stopped: what they remember, of whose looks only new ones are written."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from sqlalchemy import text
from sqlalchemy.engine import Connection

from camweave.core.arrays import F32
from camweave.core.frame import CameraId
from camweave.store.values import CameraState

Rows: TypeAlias = list[dict[str, Any]]

STATE: Final = -1  # in the place of a look: below all
# One statement sees one moment: what another wrote meanwhile is wholly in it, or not at all.
READ: Final = text(
    f"SELECT {STATE} AS place, epoch, frame, version, state AS part FROM camera_state "  # noqa: S608 - a number
    "WHERE camera_id = :camera UNION ALL SELECT place, 0, 0, 0, look FROM camera_look "
    "WHERE camera_id = :camera ORDER BY place"
)
FOLLOW: Final = text(
    "UPDATE camera_state SET epoch = :epoch, frame = :frame, version = :version, state = :state "
    "WHERE camera_id = :camera AND epoch = :after_epoch AND frame = :after_frame"
)
REPLACE: Final = text(
    "INSERT INTO camera_state (camera_id, epoch, frame, version, state) "
    "VALUES (:camera, :epoch, :frame, :version, :state) ON CONFLICT (camera_id) DO UPDATE SET "
    "epoch = excluded.epoch, frame = excluded.frame, version = excluded.version, "
    "state = excluded.state WHERE excluded.epoch > camera_state.epoch "
    "OR (excluded.epoch = camera_state.epoch AND excluded.frame > camera_state.frame)"
)
FORGET: Final = text("DELETE FROM camera_look WHERE camera_id = :camera")
FORGET_OLD: Final = text(
    "DELETE FROM camera_look WHERE camera_id = :camera "
    "AND NOT EXISTS (SELECT 1 FROM frame WHERE camera_id = :camera)"
)
ONTO: Final = "ON CONFLICT (camera_id, place) DO UPDATE SET look = excluded.look"
ADD: Final = text(
    f"INSERT INTO camera_look (camera_id, place, look) VALUES (:camera, :place, :look) {ONTO}"  # noqa: S608 - our own words
)
DROP: Final = text("DELETE FROM camera_look WHERE camera_id = :camera AND place = :place")
# Whole when they arrive: who stands still between two parts of many holds their locks.
ADD_AT_ONCE: Final = text(
    "INSERT INTO camera_look (camera_id, place, look) SELECT :camera, place, look "  # noqa: S608 - our own words
    f"FROM unnest(CAST(:places AS int8[]), CAST(:looks AS bytea[])) AS new (place, look) {ONTO}"
)
DROP_AT_ONCE: Final = text(
    "DELETE FROM camera_look WHERE camera_id = :camera AND place = ANY(CAST(:places AS int8[]))"
)


def camera_state(connection: Connection, name: CameraId, camera: int) -> CameraState | None:
    """What its line remembered after the latest frame for which it was kept."""
    rows = connection.execute(READ, {"camera": camera}).all()
    if not rows or rows[0].place != STATE:
        return None
    state, *looks = rows
    return CameraState(
        camera=name,
        epoch=state.epoch,
        frame=state.frame,
        version=state.version,
        state=bytes(state.part),
        looks={row.place: np.frombuffer(row.part, "<f4") for row in looks},
    )


def keep_states(
    connection: Connection, states: Sequence[CameraState], ids: Mapping[CameraId, int]
) -> None:
    """Keep those of later frames than are known."""
    for each in states:
        _keep(connection, each, ids[each.camera])


def forget_looks(connection: Connection, camera: int) -> None:
    """Let go of the looks that a camera's line remembered, where none of its frames is left."""
    connection.execute(FORGET_OLD, {"camera": camera})


def _keep(connection: Connection, new: CameraState, camera: int) -> None:
    row = {
        "camera": camera,
        "epoch": new.epoch,
        "frame": new.frame,
        "version": new.version,
        "state": new.state,
    }
    old = new.after
    if old is not None and (old.epoch, old.frame) < (new.epoch, new.frame):
        after = {"after_epoch": old.epoch, "after_frame": old.frame}
        if connection.execute(FOLLOW, row | after).rowcount:
            _change_looks(connection, camera, old.looks, new.looks)
            return
    if connection.execute(REPLACE, row).rowcount:
        connection.execute(FORGET, row)
        _change_looks(connection, camera, {}, new.looks)


def _change_looks(
    connection: Connection, camera: int, old: Mapping[int, F32], new: Mapping[int, F32]
) -> None:
    """Write the looks that are not those there are, and let go of those that are no more."""
    fresh = {place: look for place, look in new.items() if old.get(place) is not look}
    gone = [place for place in old if place not in new]
    looks = [look.astype("<f4").tobytes() for look in fresh.values()]
    if connection.dialect.name == "postgresql":
        add, drop = ADD_AT_ONCE, DROP_AT_ONCE
        new_rows: Rows = [{"camera": camera, "places": [*fresh], "looks": looks}]
        old_rows: Rows = [{"camera": camera, "places": gone}]
    else:
        each = zip(fresh, looks, strict=True)
        add, drop = ADD, DROP
        new_rows = [{"camera": camera, "place": p, "look": look} for p, look in each]
        old_rows = [{"camera": camera, "place": place} for place in gone]
    if fresh:
        connection.execute(add, new_rows)
    if gone:
        connection.execute(drop, old_rows)
