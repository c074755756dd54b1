"""A batch into the tables, in a transaction that has begun."""

from collections.abc import Mapping

import numpy as np
from sqlalchemy.engine import Connection

from camweave.core.arrays import INT64
from camweave.core.frame import CameraId
from camweave.store import postgres_rows, sqlite_rows
from camweave.store.event_rows import append
from camweave.store.rows import Rows
from camweave.store.runs import site_of
from camweave.store.states import keep_states
from camweave.store.tracklets import write_tracklets
from camweave.store.values import Batch, Written


def cameras_in(batch: Batch) -> set[CameraId]:
    """The cameras that a batch tells of."""
    found = {*batch.rows.cameras, *(each.camera for each in batch.states)}
    return found.union(*(each.cameras for each in batch.tracklets))


def write_batch(connection: Connection, batch: Batch, ids: Mapping[CameraId, int]) -> Written:
    """Write what of it is new; `ids` are the numbers of its cameras."""
    fresh = _write_rows(connection, batch.rows, ids)
    for told in batch.tracklets:
        write_tracklets(connection, told, ids, batch.embedder)
    events = 0
    if batch.events:
        events = append(connection, site_of(connection, batch.run), batch.events)
    keep_states(connection, batch.states, ids)
    return Written(frames=len(fresh.frame), rows=len(fresh), events=events)


def _write_rows(connection: Connection, rows: Rows, ids: Mapping[CameraId, int]) -> Rows:
    if not len(rows.frame):
        return rows
    raw = connection.connection.driver_connection
    numbers = np.array([ids[each] for each in rows.cameras], INT64)
    if connection.dialect.name == "sqlite":
        assert raw is not None  # noqa: S101 - a transaction has begun on it
        return sqlite_rows.write_rows(raw, rows, numbers)
    return postgres_rows.write_rows(raw, rows, numbers)
