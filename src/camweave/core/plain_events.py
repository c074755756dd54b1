"""Events in JSON's own types, for journals, streams and interfaces, and back again, checked."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from math import isfinite, isinf
from typing import Any, Final, get_args

from camweave.core.corrections import CannotLink, Correction, MustLink, Undo
from camweave.core.errors import InputError
from camweave.core.events import Event, Move, Span
from camweave.core.frame import CameraId
from camweave.core.identities import Crop, Link, TrackletKey

VERSION: Final = 1
KINDS: Final[Mapping[str, type[Event]]] = {each.kind: each for each in get_args(Event)}

Plain = dict[str, Any]


class Unfit(Exception):  # noqa: N818 - caught here, and told as an InputError
    """A part that is not what it should be."""

    def __init__(self, expected: str, found: object) -> None:
        super().__init__(f"expected {expected}, found {repr(found)[:60]}")


def plain_of(event: Event) -> Plain:
    """The event as JSON's types; what is as it usually is stays away.

    >>> from camweave.core.events import Confirmed
    >>> plain_of(Confirmed(seq=3, time=1.5, identity=7))
    {'v': 1, 'event': 'confirmed', 'seq': 3, 'time': 1.5, 'identity': 7}
    """
    return {"v": VERSION, "event": event.kind, **_plain_fields(event)}


def event_of(plain: object) -> Event:
    """The event that `plain_of` gave this for.

    Raises:
        InputError: it is none, or of a newer version; the message names the field.
    """
    if not isinstance(plain, dict):
        raise InputError(f"event: expected an object, found {repr(plain)[:60]}")
    version, kind = plain.get("v"), plain.get("event")
    if type(version) is not int or version < 1:
        raise InputError(f"event: v: expected {VERSION}, found {version!r}")
    if version > VERSION:
        raise InputError(f"event: written by a newer camweave (v {version}; this reads {VERSION})")
    if not isinstance(kind, str) or kind not in KINDS:
        raise InputError(f"event: expected one of {', '.join(KINDS)}; found {kind!r}")
    given = {name: value for name, value in plain.items() if name not in {"v", "event"}}
    try:
        return KINDS[kind](**_read_fields(given))
    except Unfit as error:
        raise InputError(f"event {kind}: {error}") from None
    except TypeError as error:  # a field is missing, or one too many
        raise InputError(f"event {kind}: {str(error).partition(') ')[2] or error}") from None


def _plain_fields(value: Any) -> Plain:  # noqa: ANN401 - any of our dataclasses
    made = {}
    for field in fields(value):
        item = getattr(value, field.name)
        if item != field.default:
            made[field.name] = plain_part(item)
    return made


def plain_part(item: Any) -> Any:  # noqa: ANN401 - any value that events are made of
    """A part of an event in JSON's types."""
    match item:
        case Link() | Crop() | Correction() | Undo():
            return _plain_fields(item)
        case MustLink() | CannotLink():
            word = "must" if isinstance(item, MustLink) else "cannot"
            return [word, list(item.one), list(item.other)]
        case tuple():
            return _plain_tuple(item)
        case float() if isinf(item):
            return "inf" if item > 0 else "-inf"  # a window without an end; JSON has no such number
        case _:
            return item


def _plain_tuple(item: tuple[Any, ...]) -> list[Any]:
    match item:
        case Span():
            return [*item.key, item.begin, item.end, *([True] if item.growing else [])]
        case Move():
            why = [] if item.link is None else [_plain_fields(item.link)]
            return [list(item.key), item.source, item.into, *why]
        case _:
            return [plain_part(each) for each in item]


def _read_fields(given: Mapping[str, Any]) -> Plain:
    made = {}
    for name, value in given.items():
        try:
            made[name] = PARTS[name](value)
        except KeyError:
            raise Unfit("no such field", name) from None
        except Unfit as error:
            error.args = (f"{name}: {error}",)
            raise
    return made


def read_whole(value: object) -> int:
    """A whole number."""
    if type(value) is not int:
        raise Unfit("a whole number", value)
    return value


def read_id(value: object) -> int:
    """A number that was given out: from 1 on, and of 64 bits."""
    if type(value) is not int or not 0 < value < 1 << 63:
        raise Unfit("a whole number from 1 on", value)
    return value


def read_real(value: object) -> float:
    """A finite number."""
    if type(value) not in {int, float} or not isfinite(value):  # type: ignore[arg-type]  # just seen
        raise Unfit("a finite number", value)
    return float(value)  # type: ignore[arg-type]  # as above


def read_measure(value: object) -> float:
    """A number, which may be without bounds."""
    endless = isinstance(value, str) and value in {"inf", "-inf"}
    return float(value) if endless else read_real(value)  # type: ignore[arg-type]  # it is text


def read_text(value: object) -> str:
    """A piece of text."""
    if not isinstance(value, str):
        raise Unfit("text", value)
    return value


def read_flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Unfit("true or false", value)
    return value


def read_key(value: object) -> TrackletKey:
    """[camera, tracklet id]."""
    match value:
        case [str(camera), int(number)] if type(number) is int:
            return TrackletKey(CameraId(camera), number)
        case _:
            raise Unfit("[camera, tracklet id]", value)


def read_span(value: object) -> Span:
    """[camera, tracklet id, begin, end], and true where it still grows."""
    match value:
        case [camera, number, begin, end]:
            growing = False
        case [camera, number, begin, end, bool(growing)]:
            pass
        case _:
            raise Unfit("[camera, tracklet id, begin, end]", value)
    span = Span(read_key([camera, number]), read_real(begin), read_real(end), growing)
    if span.end < span.begin:
        raise Unfit("an end that is not before the begin", value)
    return span


def read_move(value: object) -> Move:
    """[key, source, into], and the link where there is one."""
    match value:
        case [key, source, into, *why] if len(why) < 2:  # noqa: PLR2004 - at most one link
            made = Move(read_key(key), *(_id(each) for each in (source, into)))
            return made._replace(link=read_link(why[0])) if why else made
        case _:
            raise Unfit("[tracklet, source, into]", value)


def read_constraint(value: object) -> MustLink | CannotLink:
    """["must" or "cannot", key, key]."""
    match value:
        case ["must", one, other]:
            return MustLink(read_key(one), read_key(other))
        case ["cannot", one, other]:
            return CannotLink(read_key(one), read_key(other))
        case _:
            raise Unfit('["must" or "cannot", tracklet, tracklet]', value)


def read_tuple(part: Callable[[object], Any]) -> Callable[[object], tuple[Any, ...]]:
    """What reads a list of such parts."""

    def read(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Unfit("a list", value)
        return tuple(part(each) for each in value)

    return read


def read_pair(part: Callable[[object], Any]) -> Callable[[object], tuple[Any, ...]]:
    """What reads a list of two such parts."""

    def read(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004 - a pair
            raise Unfit("two of them", value)
        return part(value[0]), part(value[1])

    return read


def read_word(*words: str) -> Callable[[object], str]:
    """What reads one of these words."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise Unfit(f"one of {', '.join(words)}", value)
        return value

    return read


def read_object(
    made: Callable[..., Any], parts: Mapping[str, Callable[[object], Any]]
) -> Callable[[object], Any]:
    """What reads one of our dataclasses from its fields."""

    def read(value: object) -> Any:  # noqa: ANN401 - whatever `made` gives
        if not isinstance(value, dict) or not set(value) <= set(parts):
            raise Unfit(f"fields out of {', '.join(parts)}", value)
        try:
            return made(**{name: parts[name](item) for name, item in value.items()})
        except TypeError as error:
            raise Unfit(f"all of them ({str(error).partition(') ')[2]})", value) from None

    return read


_id: Callable[[object], Any] = read_id
read_crop = read_object(Crop, {"key": read_key, "frame": read_whole, "time": read_real})
read_link = read_object(
    Link,
    {
        "one": read_key,
        "other": read_key,
        "how": read_word("fragment", "follows", "overlap", "looks", "hand"),
        "runner_up": read_key,
        "edge": read_text,
        "window": read_pair(read_measure),
        "crops": read_pair(read_crop),
        **dict.fromkeys(
            (
                "evidence",
                "appearance",
                "transition",
                "ground",
                "attributes",
                "similarity",
                "gap",
                "distance",
                "margin",
            ),
            read_measure,
        ),
    },
)
read_correction = read_object(
    Correction,
    {
        "kind": read_word("merge", "split", "lock"),
        "constraints": read_tuple(read_constraint),
        "who": read_text,
        "at": read_real,
    },
)
read_undo = read_object(Undo, {"of": read_id, "who": read_text, "at": read_real})

PARTS: Final[Mapping[str, Callable[[object], Any]]] = {
    "seq": read_id,
    "time": read_real,
    "identity": read_id,
    "alias": read_id,
    "into": read_id,
    "aliases": read_tuple(read_id),
    "tracklets": read_tuple(read_key),
    "span": read_span,
    "spans": read_tuple(read_span),
    "moves": read_tuple(read_move),
    "link": read_link,
    "fresh": read_flag,
    "reason": read_text,
    "by_hand": read_id,
    "correction": read_correction,
    "undo": read_undo,
}
