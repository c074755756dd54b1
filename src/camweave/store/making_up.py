"""Writes who is known into the tables where the events that led to it were never written.

A site that could not reach its store for too long drops events, but keeps what they add up to.
Identities that came and went meanwhile are missing, and so is the evidence of links; their ids are
never given out again.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import Connection

from camweave.core.events import Confirmed, Corrected, Created, Event, Linked, Merged
from camweave.core.plain_events import plain_part
from camweave.store.folding import CLOSE, VISIT, Step, compact, of_span

ENDED: Final = text("UPDATE visit SET growing = 0 WHERE site_id = :site AND growing = 1")
KNOW: Final = text(
    "INSERT INTO identity (site_id, identity, created) VALUES (:site, :identity, :time) "
    "ON CONFLICT (site_id, identity) DO NOTHING"
)
STANDS: Final = text("DELETE FROM alias WHERE site_id = :site AND alias = :identity")
CONFIRM: Final = text(
    "UPDATE identity SET confirmed = coalesce(confirmed, :time) "
    "WHERE site_id = :site AND identity = :identity"
)
STAND_FOR: Final = text(
    "INSERT INTO alias (site_id, alias, parent, identity) VALUES (:site, :alias, :into, :into) "
    "ON CONFLICT (site_id, alias) DO UPDATE SET parent = excluded.parent, "
    "identity = excluded.identity"
)
OPEN: Final = text(
    "SELECT identity FROM identity WHERE site_id = :site AND closed IS NULL AND NOT EXISTS ("
    "SELECT 1 FROM alias WHERE alias.site_id = :site AND alias.alias = identity.identity)"
)
TAKEN_BACK: Final = text(
    "UPDATE correction SET undone_by = :seq WHERE site_id = :site AND undone_by IS NULL"
)
SAID: Final = text(
    "INSERT INTO correction (site_id, number, kind, who, said, body) "
    "VALUES (:site, :number, :kind, :who, :said, :body) "
    "ON CONFLICT (site_id, number) DO UPDATE SET undone_by = NULL"
)


def make_up(
    connection: Connection, site: int, known: Iterable[Event], *, seq: int, time: float
) -> None:
    """Have the tables tell who is `known` after event `seq`, at `time` s, and all corrections."""
    given, at = tuple(known), {"site": site, "seq": seq, "time": time}
    connection.execute(ENDED, at)
    connection.execute(TAKEN_BACK, at)
    for statement, group in groupby((s for each in given for s in _steps(each)), itemgetter(0)):
        connection.execute(statement, [{**at, **values} for _, values in group])
    living = {each.identity for each in given if isinstance(each, Created)}
    gone = [each for each in connection.scalars(OPEN, {"site": site}) if each not in living]
    if gone:
        connection.execute(CLOSE, [{**at, "identity": each} for each in gone])


def _steps(event: Event) -> Iterator[Step]:
    match event:
        case Created():
            yield KNOW, {"identity": event.identity}
            yield STANDS, {"identity": event.identity}
        case Confirmed():
            yield CONFIRM, {"identity": event.identity}
        case Linked():
            yield VISIT, {"identity": event.identity, **of_span(event.span)}
        case Merged():
            yield STAND_FOR, {"alias": event.alias, "into": event.identity}
        case Corrected(correction=said):
            body = compact(plain_part(said))
            told = {"kind": said.kind, "who": said.who, "said": said.at, "body": body}
            yield SAID, {"number": event.seq, **told}
        case _:
            pass
