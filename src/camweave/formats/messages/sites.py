"""What a worker needs to know of a site and its run, schema `camweave.site/1`: JSON.

`cameras` are the site file's, less their sources; `sections` are its other sections. Nothing that
gives access to a camera is part of it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId
from camweave.formats.camera_name import checked_camera
from camweave.formats.messages.packed import Address, Headers, Packed, headers_of, opened

KIND: Final = "site"
VERSION: Final = 1
SECRETS: Final = frozenset({"source", "password", "token", "user"})
MOST_CAMERAS: Final = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class SiteNotice:
    """A site and its run, as whoever publishes its frames says."""

    address: Address
    lossless: bool  # nothing is dropped; else only the newest frames are kept
    began: str  # ISO 8601, UTC: the date at 0 on the site's clock
    cameras: Sequence[Mapping[str, Any]]  # each with its `name`, without its source
    sections: Mapping[str, Any]
    over: bool = False  # the site is gone: nothing of it is on the broker any more

    @property
    def names(self) -> tuple[CameraId, ...]:
        """The cameras, in the order of the site."""
        return tuple(CameraId(camera["name"]) for camera in self.cameras)


def pack_site(notice: SiteNotice) -> Packed:
    """The message.

    Raises:
        InputError: something in it gives access to a camera.
    """
    body = {
        "lossless": notice.lossless,
        "began": notice.began,
        "over": notice.over,
        "cameras": list(notice.cameras),
        "sections": dict(notice.sections),
    }
    for place in _secrets(body, ""):
        raise InputError(f"site {notice.address.site}: {place} must not leave this machine")
    data = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    address = notice.address
    return Packed(f"{address.site}/{address.run}", headers_of(KIND, VERSION, address), data)


def read_site(headers: Headers, body: bytes) -> SiteNotice:
    """What a message says.

    Raises:
        FileFormatError: it is no such message, or of a newer version.
    """
    fields = opened(headers, body, KIND, VERSION)
    address = fields.address()
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        fields.fail(f"{address.site}: not JSON")
    if (notice := _notice(address, told)) is None:
        fields.fail(f"{address.site}: expected lossless, began, cameras, sections")
    return notice


def _notice(address: Address, told: object) -> SiteNotice | None:
    match told:
        case {
            "lossless": bool(lossless),
            "began": str(began),
            "cameras": list(cameras),
            "sections": dict(sections),
            **rest,
        } if len(cameras) <= MOST_CAMERAS:
            for camera in cameras:
                _check_camera(camera, address)
            over = rest.get("over") is True
            return SiteNotice(address, lossless, began, cameras, sections, over)
        case _:
            return None


def _check_camera(camera: object, address: Address) -> None:
    name = camera.get("name") if isinstance(camera, dict) else None
    try:
        checked_camera(name if isinstance(name, str) else "")
    except InputError as error:
        raise FileFormatError(f"site message: {address.site}: {error}") from None


def _secrets(value: object, at: str) -> Iterator[str]:
    """The places of what gives access, as `cameras[0].source`."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            place = f"{at}.{key}".lstrip(".")
            if key in SECRETS and item is not None:
                yield place
            else:
                yield from _secrets(item, place)
    elif isinstance(value, list | tuple):
        for row, item in enumerate(value):
            yield from _secrets(item, f"{at}[{row}]")
