"""What became known of who is who, schema `camweave.events/1`: JSON.

`events` are `core.plain_events`. `shown` is, of each camera, who the tracks in hand are by now: so
that who has heard of nothing before can go on from the newest message alone.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from camweave.core.errors import FileFormatError, InputError
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.plain_events import Unfit, event_of, plain_of
from camweave.core.tracks import GlobalId
from camweave.formats.camera_name import checked_camera
from camweave.formats.messages.packed import (
    Address,
    Fields,
    Headers,
    Packed,
    exact,
    headers_of,
    opened,
    read_exact,
)

KIND: Final = "events"
VERSION: Final = 1
LONGEST: Final = 19  # digits of an int64

Shown = Mapping[CameraId, Mapping[int, GlobalId]]


@dataclass(frozen=True, slots=True, eq=False)
class WhoIsWho:
    """What the linker says after an instant."""

    address: Address
    time: float  # s on the site's clock: what was seen before it is linked
    events: tuple[Event, ...] = ()  # since the message before, in order
    shown: Shown = field(default_factory=dict)  # track id to global id; who is pending is not there
    over: bool = False  # the run's last: all cameras have ended


def pack_events(told: WhoIsWho) -> Packed:
    """The message."""
    headers = headers_of(KIND, VERSION, told.address) | {
        "time": exact(told.time),
        "over": told.over,
    }
    body = {
        "events": [plain_of(event) for event in told.events],
        "shown": {
            camera: {str(track): who for track, who in own.items()}
            for camera, own in told.shown.items()
        },
    }
    data = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    at = "over" if told.over else f"{told.time:.6f}"
    return Packed(f"{told.address.site}/{told.address.run}/events/{at}", headers, data)


def read_events(headers: Headers, body: bytes) -> WhoIsWho:
    """What a message says.

    Raises:
        FileFormatError: it is no such message, or of a newer version.
    """
    fields = opened(headers, body, KIND, VERSION)
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        fields.fail("not JSON")
    if not isinstance(told, dict) or not isinstance(told.get("events"), list):
        fields.fail("expected events and shown")
    events = tuple(_read(fields, event_of, event) for event in told["events"])
    time = fields.of("time", read_exact)
    return WhoIsWho(
        fields.address(), time, events, _shown(fields, told.get("shown")), _over(fields)
    )


def _over(fields: Fields) -> bool:
    over = fields.headers.get("over", False)
    if not isinstance(over, bool):
        fields.fail(f"over: expected true or false, found {repr(over)[:60]}")
    return over


def _shown(fields: Fields, told: object) -> Shown:
    if not isinstance(told, dict):
        fields.fail(f"shown: expected cameras, found {repr(told)[:60]}")
    return {_read(fields, checked_camera, c): _tracks(fields, own) for c, own in told.items()}


def _tracks(fields: Fields, own: object) -> dict[int, GlobalId]:
    if not isinstance(own, dict):
        fields.fail(f"shown: expected tracks, found {repr(own)[:60]}")
    for track, who in own.items():
        if not (track.isdecimal() and len(track) < LONGEST and type(who) is int and who > 0):
            fields.fail(f"shown: expected a track and who it is, found {track[:20]}: {who!r:.20}")
    return {int(track): GlobalId(who) for track, who in own.items()}


def _read(fields: Fields, read: Callable[[Any], Any], value: object) -> Any:  # noqa: ANN401 - what `read` gives
    try:
        return read(value)
    except (Unfit, InputError) as error:
        raise FileFormatError(f"{fields.kind} message: {error}") from None
