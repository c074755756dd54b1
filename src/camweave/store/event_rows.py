"""The events of a site in the store: each appended once, in order, and applied to the tables."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.engine import Connection

from camweave.core.errors import FileFormatError, InputError, OutputError
from camweave.core.events import Event
from camweave.core.plain_events import event_of, plain_of
from camweave.store import making_up
from camweave.store.folding import compact, fold

LAST: Final = text(
    "SELECT max(seq) FROM (SELECT max(seq) AS seq FROM event WHERE site_id = :site "
    "UNION ALL SELECT seq FROM snapshot WHERE site_id = :site) AS known"
)
BODIES: Final = text(
    "SELECT seq, body FROM event WHERE site_id = :site AND seq BETWEEN :first AND :last"
)
APPEND: Final = text(
    "INSERT INTO event (site_id, seq, time, kind, body) VALUES (:site, :seq, :time, :kind, :body)"
)
AFTER: Final = text(
    "SELECT seq, body FROM event WHERE site_id = :site AND seq > :after ORDER BY seq LIMIT :most"
)
KEEP: Final = text(
    "INSERT INTO snapshot (site_id, seq, body) VALUES (:site, :seq, :body) "
    "ON CONFLICT (site_id) DO UPDATE SET seq = excluded.seq, body = excluded.body "
    "WHERE excluded.seq > snapshot.seq"
)
SNAPSHOT: Final = text("SELECT body FROM snapshot WHERE site_id = :site")
# One writer per site at a time; SQLite has only one anyway.
ALONE: Final = text("SELECT id FROM site WHERE id = :site FOR UPDATE")


def last_event(connection: Connection, site: int) -> int:
    """The number of the latest event; 0 before the first."""
    return int(connection.scalar(LAST, {"site": site}) or 0)


def append(connection: Connection, site: int, events: Sequence[Event]) -> int:
    """Append the events that are new and apply them to the tables; returns how many.

    Raises:
        InputError: they do not follow on those in the store.
        OutputError: the store has another event of this number: two linkers write to one site.
    """
    if not events:
        return 0
    if connection.dialect.name == "postgresql":
        connection.execute(ALONE, {"site": site})
    last = last_event(connection, site)
    seqs = [event.seq for event in events]
    if seqs != list(range(seqs[0], seqs[0] + len(seqs))) or seqs[0] > last + 1:
        raise InputError(f"store: event {seqs[0]}: expected event {last + 1} here, then each next")
    rows = [_row(site, event) for event in events]
    _refuse_others(connection, rows, last)
    fresh = [event for event in events if event.seq > last]
    if fresh:
        connection.execute(APPEND, rows[-len(fresh) :])
        fold(connection, site, fresh)
    return len(fresh)


def _row(site: int, event: Event) -> dict[str, Any]:
    body = compact(plain_of(event))
    return {"site": site, "seq": event.seq, "time": event.time, "kind": event.kind, "body": body}


def _refuse_others(connection: Connection, rows: Sequence[dict[str, Any]], last: int) -> None:
    first = rows[0]["seq"]
    if first > last:
        return
    span = {"site": rows[0]["site"], "first": first, "last": rows[-1]["seq"]}
    known = {row.seq: row.body for row in connection.execute(BODIES, span)}
    for row in rows:
        if known.get(row["seq"], row["body"]) != row["body"]:
            raise OutputError(
                f"store: event {row['seq']} is there and is another: two linkers write to this "
                "site; stop one of them, or give one another site's name"
            )


def read_events(connection: Connection, site: int, after: int, most: int) -> Iterator[Event]:
    """At most `most` events that follow event `after`, in order.

    Raises:
        FileFormatError: one is damaged, or of a newer version.
    """
    for row in connection.execute(AFTER, {"site": site, "after": after, "most": most}):
        try:
            yield event_of(json.loads(row.body))
        except (ValueError, InputError) as error:
            raise FileFormatError(f"store: event {row.seq}: {error}") from error


def keep_snapshot(connection: Connection, site: int, snapshot: Mapping[str, Any]) -> None:
    """Replace the kept snapshot, unless that is later.

    Raises:
        InputError: the snapshot follows on an event that is not in the store.
    """
    seq, last = int(snapshot["seq"]), last_event(connection, site)
    if seq > last:
        raise InputError(f"store: a snapshot after event {seq}, and the latest is {last}")
    connection.execute(KEEP, {"site": site, "seq": seq, "body": compact(snapshot)})


def make_up(
    connection: Connection, site: int, snapshot: Mapping[str, Any], known: Iterable[Event]
) -> None:
    """Go on from a snapshot although events before it are missing; `known` tells what it holds."""
    if int(snapshot["seq"]) > last_event(connection, site):
        time = float(snapshot.get("time") or 0.0)
        seq = int(snapshot["seq"])
        making_up.make_up(connection, site, known, seq=seq, time=time)
        row = {"site": site, "seq": seq, "body": compact(snapshot)}
        connection.execute(KEEP, row)


def snapshot(connection: Connection, site: int) -> dict[str, Any] | None:
    """The kept snapshot; None: none was kept."""
    body: str | None = connection.scalar(SNAPSHOT, {"site": site})
    return None if body is None else json.loads(body)
