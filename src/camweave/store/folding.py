"""What each event changes in the tables of identities, in SQL.

Nothing is let go of here but by retention: `forgotten` and `closed` end what a linker remembers,
not what was seen. Links that were ended by a later event stay, with its number.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from sqlalchemy import TextClause, text
from sqlalchemy.engine import Connection

from camweave.core.events import (
    Closed,
    Confirmed,
    Corrected,
    Created,
    Event,
    Forgotten,
    Linked,
    Merged,
    Moved,
    Seen,
    Span,
    Split,
    Undone,
)
from camweave.core.identities import Link, TrackletKey
from camweave.core.plain_events import plain_part
from camweave.store.grouping import Touched, grouped

Step: TypeAlias = tuple[TextClause, dict[str, Any]]

BY_HAND: Final = 0  # brought no tracklet: it made two identities one
VIA: Final = {False: 1, True: 2}  # which of its two tracklets a link brought
BROUGHT: Final = {1: "one", 2: "other"}  # the same, by name

CREATE: Final = text(
    "INSERT INTO identity (site_id, identity, created) VALUES (:site, :identity, :time)"
)
CONFIRM: Final = text(
    "UPDATE identity SET confirmed = :time WHERE site_id = :site AND identity = :identity"
)
CLOSE: Final = text(
    "UPDATE identity SET closed = :time WHERE site_id = :site AND identity = :identity"
)
VISIT: Final = text(
    "INSERT INTO visit (site_id, camera, tracklet_id, identity, began, ended, growing) "
    "VALUES (:site, :camera, :tracklet, :identity, :began, :ended, :growing) "
    "ON CONFLICT (site_id, camera, tracklet_id) DO UPDATE SET identity = excluded.identity, "
    "began = excluded.began, ended = excluded.ended, growing = excluded.growing"
)
SEE: Final = text(
    "UPDATE visit SET began = :began, ended = :ended, growing = :growing "
    "WHERE site_id = :site AND camera = :camera AND tracklet_id = :tracklet"
)
GIVE: Final = text(
    "UPDATE visit SET identity = :identity "
    "WHERE site_id = :site AND camera = :camera AND tracklet_id = :tracklet"
)
STAND_FOR: Final = text(
    "INSERT INTO alias (site_id, alias, parent, identity) VALUES (:site, :alias, :into, :into)"
)
STAND_ALSO: Final = text(
    "UPDATE alias SET identity = :into WHERE site_id = :site AND identity = :alias"
)
GIVE_BACK: Final = text("DELETE FROM alias WHERE site_id = :site AND alias = :alias")
POINT: Final = text("UPDATE alias SET parent = :into WHERE site_id = :site AND alias = :alias")
ALL_UNDER: Final = text(
    "WITH RECURSIVE below (id) AS ("
    "SELECT alias FROM alias WHERE site_id = :site AND parent = :into "
    "UNION SELECT alias.alias FROM alias JOIN below ON alias.parent = below.id "
    "WHERE alias.site_id = :site) "
    "UPDATE alias SET identity = :into WHERE site_id = :site AND alias IN (SELECT id FROM below)"
)
PART_FROM: Final = text(
    "INSERT INTO identity (site_id, identity, created, confirmed) "
    "SELECT site_id, :into, :time, confirmed FROM identity "
    "WHERE site_id = :site AND identity = :identity"
)
LINK: Final = text(
    "INSERT INTO link (site_id, seq, place, one_camera, one_tracklet, other_camera, "
    "other_tracklet, brought, how, evidence, similarity, gap, body) "
    "VALUES (:site, :seq, :place, :one_camera, :one_tracklet, :other_camera, "
    ":other_tracklet, :brought, :how, :evidence, :similarity, :gap, :body)"
)
REPLACE: Final = text(
    "UPDATE link SET ended_by = :seq WHERE site_id = :site AND ended_by IS NULL AND seq < :seq "
    "AND ((brought = 1 AND one_camera = :camera AND one_tracklet = :tracklet) "
    "OR (brought = 2 AND other_camera = :camera AND other_tracklet = :tracklet))"
)


def _parted(end: str, partner: str) -> str:
    """Whether a link's `end` is this tracklet, and its partner is not of this identity."""
    return (
        f"({end}_camera = :camera AND {end}_tracklet = :tracklet AND EXISTS ("  # noqa: S608 - our own names
        "SELECT 1 FROM visit LEFT JOIN alias "
        "ON alias.site_id = visit.site_id AND alias.alias = visit.identity "
        f"WHERE visit.site_id = :site AND visit.camera = {partner}_camera "
        f"AND visit.tracklet_id = {partner}_tracklet "
        "AND coalesce(alias.identity, visit.identity) <> :identity))"
    )


PART: Final = text(
    "UPDATE link SET ended_by = :seq WHERE site_id = :site AND ended_by IS NULL "  # noqa: S608 - our own names
    f"AND ({_parted('one', 'other')} OR {_parted('other', 'one')})"
)
CORRECT: Final = text(
    "INSERT INTO correction (site_id, number, kind, who, said, body) "
    "VALUES (:site, :seq, :kind, :who, :said, :body)"
)
UNDO: Final = text(
    "UPDATE correction SET undone_by = :seq WHERE site_id = :site AND number = :number"
)

# Each of these changes one identity, or one tracklet and the link that brought it.
OF_IDENTITY: Final = frozenset({CREATE, CONFIRM, CLOSE})
OF_TRACKLET: Final = frozenset({VISIT, SEE, GIVE, REPLACE})


def fold(connection: Connection, site: int, events: Iterable[Event]) -> None:
    """Apply events to the tables."""
    steps = (
        (statement, {"site": site, "seq": event.seq, "time": event.time, **values})
        for event in events
        for statement, values in _steps(event)
    )
    for statement, values in grouped(steps, _touched):
        connection.execute(statement, values)


def _touched(statement: TextClause, values: dict[str, Any]) -> Touched | None:
    """The identity or tracklet that a step changes; None: several, or aliases."""
    if statement in OF_IDENTITY:
        return Touched((values["identity"],))
    if statement in OF_TRACKLET:
        needed = (values["identity"],) if "identity" in values else ()
        return Touched(((values["camera"], values["tracklet"]),), needed)
    if statement is LINK:
        end = BROUGHT.get(values["brought"])
        tracklet = () if end is None else ((values[f"{end}_camera"], values[f"{end}_tracklet"]),)
        return Touched(tracklet)
    return None


def compact(plain: Any) -> str:  # noqa: ANN401 - JSON holds anything
    """JSON without spaces; NumPy's numbers are written as Python's."""
    return json.dumps(
        plain, allow_nan=False, separators=(",", ":"), default=lambda number: number.item()
    )


def _steps(event: Event) -> Iterator[Step]:  # noqa: C901 - one line per kind of event
    match event:
        case Created():
            yield CREATE, {"identity": event.identity}
        case Confirmed():
            yield CONFIRM, {"identity": event.identity}
        case Linked():
            yield from _linked(event)
        case Seen():
            for span in event.spans:
                yield SEE, of_span(span)
        case Merged():
            yield from _merged(event)
        case Split():
            yield from _split(event)
        case Moved():
            yield from _moved(event)
        case Forgotten():
            pass
        case Closed():
            yield CLOSE, {"identity": event.identity}
        case Corrected(correction=said):
            body = compact(plain_part(said))
            yield CORRECT, {"kind": said.kind, "who": said.who, "said": said.at, "body": body}
        case Undone(undo=undo):
            yield UNDO, {"number": undo.of}


def _linked(event: Linked) -> Iterator[Step]:
    key = event.span.key
    yield VISIT, {"identity": event.identity, **of_span(event.span)}
    yield REPLACE, _key(key)
    if event.link is not None:
        yield LINK, _link(event.link, VIA[event.link.other == key])


def _moved(event: Moved) -> Iterator[Step]:
    for place, move in enumerate(event.moves):
        yield GIVE, {"identity": move.into, **_key(move.key)}
        yield REPLACE, _key(move.key)
        if move.link is not None:
            yield LINK, _link(move.link, VIA[move.link.other == move.key], place)


def _merged(event: Merged) -> Iterator[Step]:
    into = {"alias": event.alias, "into": event.identity}
    yield STAND_ALSO, into
    yield STAND_FOR, into
    for key in event.tracklets:
        yield GIVE, {"identity": event.identity, **_key(key)}
    if event.link is not None:
        yield LINK, _link(event.link, BY_HAND)


def _split(event: Split) -> Iterator[Step]:
    into = {"identity": event.identity, "into": event.into}
    if event.fresh:
        yield PART_FROM, into
    else:
        yield GIVE_BACK, {"alias": event.into}
    for alias in event.aliases:
        yield POINT, {"alias": alias, "into": event.into}
    yield ALL_UNDER, {"into": event.into}
    for key in event.tracklets:
        yield GIVE, {"identity": event.into, **_key(key)}
    for key in event.tracklets:
        yield PART, {"identity": event.into, **_key(key)}


def _key(key: TrackletKey) -> dict[str, Any]:
    return {"camera": key.camera, "tracklet": key.tracklet_id}


def of_span(span: Span) -> dict[str, Any]:
    """The parameters of a statement that tell of a tracklet and when it was seen."""
    growing = int(span.growing)
    return {"began": span.begin, "ended": span.end, "growing": growing, **_key(span.key)}


def _link(link: Link, brought: int, place: int = 0) -> dict[str, Any]:
    return {
        "place": place,
        "one_camera": link.one.camera,
        "one_tracklet": link.one.tracklet_id,
        "other_camera": link.other.camera,
        "other_tracklet": link.other.tracklet_id,
        "brought": brought,
        "how": link.how,
        "evidence": link.evidence,
        "similarity": link.similarity,
        "gap": link.gap,
        "body": compact(plain_part(link)),
    }
