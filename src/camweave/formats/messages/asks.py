"""What a site's linker is asked, `camweave.ask/1`, and what it answers, `camweave.answer/1`: JSON.

An ask names the queue in which its answer is waited for. `id` is the same for the same ask, however
often it comes; what a person says is known again by `who` and `at` alone, which are written down
with it: so it is done once, whatever breaks in between.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from camweave.core.arrays import F32
from camweave.core.errors import FileFormatError
from camweave.core.plain_events import (
    Unfit,
    read_flag,
    read_id,
    read_key,
    read_real,
    read_text,
    read_tuple,
    read_whole,
)
from camweave.core.station import Alike
from camweave.core.wishes import Lock, Merge, Split, TakeBack, Wish
from camweave.formats.messages.packed import Address, Fields, Headers, Packed, headers_of, opened

ASK: Final = "ask"
ANSWER: Final = "answer"
VERSION: Final = 1
MOST: Final = 1000  # of those who look alike
LONGEST: Final = 65_536  # numbers of a look


@dataclass(frozen=True, slots=True)
class Said:
    """A person corrects who is who."""

    wish: Wish
    who: str
    at: float  # s since 1970


@dataclass(frozen=True, slots=True, eq=False)
class LooksLike:
    """Who looks like this?"""

    vector: F32  # (D,) unit length
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """Something that a site's linker is asked."""

    address: Address
    id: str
    reply: str  # the queue in which the answer is waited for
    what: Said | LooksLike


@dataclass(frozen=True, slots=True)
class Answer:
    """What the linker says to that."""

    address: Address
    id: str  # the ask's
    number: int | None = None  # of the correction
    alike: tuple[Alike, ...] = ()  # the most alike first
    refused: str = ""  # why it cannot be, in a line; empty: it is done


def pack_ask(ask: Ask) -> Packed:
    """The message."""
    headers = headers_of(ASK, VERSION, ask.address) | {"ask": ask.id, "reply": ask.reply}
    return Packed(f"{ask.address.site}/ask/{ask.id}", headers, _body(_plain(ask.what)))


def read_ask(headers: Headers, body: bytes) -> Ask:
    """What a message says.

    Raises:
        FileFormatError: it is no such message, or of a newer version.
    """
    fields = opened(headers, body, ASK, VERSION)
    return Ask(
        fields.address(), fields.name("ask"), fields.name("reply"), _read(fields, body, _what)
    )


def pack_answer(answer: Answer) -> Packed:
    """The message."""
    headers = headers_of(ANSWER, VERSION, answer.address) | {"ask": answer.id}
    alike = [[who, cosine, *key] for who, cosine, key in answer.alike]
    body = _body({"number": answer.number, "alike": alike, "refused": answer.refused})
    return Packed(f"{answer.address.site}/answer/{answer.id}", headers, body)


def read_answer(headers: Headers, body: bytes) -> Answer:
    """What a message says.

    Raises:
        FileFormatError: it is no such message, or of a newer version.
    """
    fields = opened(headers, body, ANSWER, VERSION)
    number, alike, refused = _read(fields, body, _answered)
    return Answer(fields.address(), fields.name("ask"), number, alike, refused)


def _plain(what: Said | LooksLike) -> dict[str, Any]:
    match what:
        case Said(wish, who, at):
            return {**_plain_wish(wish), "who": who, "at": at}
        case LooksLike(vector, most):
            return {"alike": vector.tolist(), "most": most}


def _plain_wish(wish: Wish) -> dict[str, Any]:
    match wish:
        case Merge(one, other):
            return {"merge": [one, other]}
        case Split(identity, tracklets):
            return {"split": identity, "tracklets": [list(key) for key in tracklets]}
        case Lock(one=one, other=other, together=together):
            return {"lock": [list(one), list(other)], "together": together}
        case TakeBack(of):
            return {"undo": of}


def _what(told: dict[str, Any]) -> Said | LooksLike:
    match told:
        case {"alike": vector, "most": most}:
            return LooksLike(_vector(vector), _at_most(most))
        case {"who": who, "at": at, **wish}:
            return Said(_wish(wish), read_text(who), read_real(at))
        case _:
            raise Unfit("something that can be asked", told)


def _wish(told: dict[str, Any]) -> Wish:
    match told:
        case {"merge": [one, other]}:
            return Merge(read_id(one), read_id(other))
        case {"split": identity, "tracklets": tracklets}:
            return Split(read_id(identity), read_tuple(read_key)(tracklets))
        case {"lock": [one, other], "together": together}:
            return Lock(one=read_key(one), other=read_key(other), together=read_flag(together))
        case {"undo": of}:
            return TakeBack(None if of is None else read_whole(of))
        case _:
            raise Unfit("merge, split, lock, undo or alike", told)


def _answered(told: dict[str, Any]) -> tuple[int | None, tuple[Alike, ...], str]:
    number = told.get("number")
    return (
        None if number is None else read_whole(number),
        read_tuple(_alike)(told.get("alike", [])),
        read_text(told.get("refused", "")),
    )


def _alike(value: object) -> Alike:
    match value:
        case [who, cosine, camera, number]:
            return read_id(who), read_real(cosine), read_key([camera, number])
        case _:
            raise Unfit("[identity, similarity, camera, tracklet id]", value)


def _vector(value: object) -> F32:
    numbers = read_tuple(read_real)(value)
    if not 0 < len(numbers) <= LONGEST:
        raise Unfit(f"1 to {LONGEST} numbers", len(numbers))
    return np.array(numbers, np.float32)


def _at_most(value: object) -> int:
    most = read_whole(value)
    if not 0 < most <= MOST:
        raise Unfit(f"1 to {MOST}", most)
    return most


def _body(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _read(fields: Fields, body: bytes, read: Callable[[dict[str, Any]], Any]) -> Any:  # noqa: ANN401 - what `read` gives
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        fields.fail("not JSON")
    if not isinstance(told, dict):
        fields.fail(f"expected an object, found {repr(told)[:60]}")
    try:
        return read(told)
    except Unfit as error:
        raise FileFormatError(f"{fields.kind} message: {error}") from None
