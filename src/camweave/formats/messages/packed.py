"""A message as it travels, and the reading of headers that anybody may have written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NoReturn, TypeAlias, TypeVar

from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId, Stamp
from camweave.core.plain_events import Unfit, read_real, read_text, read_whole
from camweave.formats.camera_name import checked_camera

HeaderValue: TypeAlias = str | int | float | bool
Headers: TypeAlias = Mapping[str, object]  # as read: of any type
Read = TypeVar("Read")

MOST_BYTES: Final = 16 << 20  # of a body: what RabbitMQ 4 takes unless told otherwise
MOST_SIDE: Final = 1 << 16  # px: what a JPEG can say
MOST_INDEX: Final = 1 << 62
LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Headers and body. `id` is the same for the same thing, however often it is sent."""

    id: str
    headers: Mapping[str, HeaderValue]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Address:
    """Whose message it is: a site, and one of its runs."""

    site: str
    run: str


@dataclass(frozen=True, slots=True)
class Fields:
    """The headers of one message; what is wrong with one is told in a line."""

    headers: Headers
    kind: str  # what it is said to be, for messages

    def fail(self, text: str) -> NoReturn:
        """Refuse the message."""
        raise FileFormatError(f"{self.kind} message: {text}")

    def of(self, name: str, read: Callable[[object], Read]) -> Read:
        """One header, by what reads its type."""
        if name not in self.headers:
            self.fail(f"the header {name} is missing")
        try:
            return read(self.headers[name])
        except (Unfit, InputError) as error:
            self.fail(f"{name}: {error}")

    def whole(self, name: str, least: int = 0, most: int = MOST_INDEX) -> int:
        """A whole number within bounds."""
        number = self.of(name, read_whole)
        if not least <= number <= most:
            self.fail(f"{name}: expected {least} to {most}, found {number}")
        return number

    def name(self, name: str) -> str:
        """A piece of text that names something."""
        text = self.of(name, read_text)
        if not 0 < len(text) <= LONGEST_NAME:
            self.fail(f"{name}: expected 1 to {LONGEST_NAME} characters, found {len(text)}")
        return text

    def address(self) -> Address:
        """Whose it is."""
        return Address(self.name("site"), self.name("run"))

    def camera(self) -> CameraId:
        """The camera's name."""
        return self.of("camera", lambda value: checked_camera(read_text(value)))

    def stamp(self) -> Stamp:
        """When and where."""
        time, epoch = self.of("time", read_exact), self.whole("epoch")
        return Stamp(time, self.camera(), self.whole("frame"), epoch)

    def size(self) -> tuple[int, int]:
        """(width, height) px."""
        return self.whole("width", 1, MOST_SIDE), self.whole("height", 1, MOST_SIDE)


def kind_of(headers: Headers) -> str:
    """What a message says it is: `frame`, `found`, `end`, `site`.

    Raises:
        FileFormatError: it is none of ours.

    >>> kind_of({"schema": "camweave.frame/1"})
    'frame'
    """
    schema = headers.get("schema")
    name, _, version = schema.rpartition("/") if isinstance(schema, str) else ("", "", "")
    if not name.startswith("camweave.") or not version.isdecimal():
        found = repr(schema)[:60] if "schema" in headers else "none"
        raise FileFormatError(f"message: expected a schema camweave.KIND/VERSION, found {found}")
    return name.removeprefix("camweave.")


def opened(headers: Headers, body: bytes, kind: str, version: int) -> Fields:
    """The headers of a message of this kind, whose version is known and whose body is no flood.

    Raises:
        FileFormatError: it is of another kind, of a newer version, or too large.
    """
    if (found := kind_of(headers)) != kind:
        raise FileFormatError(f"message: expected a {kind}, found a {found}")
    fields = Fields(headers, kind)
    schema = str(headers["schema"])
    if int(schema.rpartition("/")[2]) > version:
        fields.fail(f"{schema} was written by a newer camweave; this one reads up to {version}")
    if len(body) > MOST_BYTES:
        fields.fail(f"{len(body) / 1e6:.1f} MB; at most {MOST_BYTES / 1e6:.1f} MB are taken")
    return fields


def headers_of(kind: str, version: int, address: Address) -> dict[str, HeaderValue]:
    """What every message says of itself."""
    return {"schema": f"camweave.{kind}/{version}", "site": address.site, "run": address.run}


def exact(number: float) -> str:
    """A number as text: clients send numbers in headers in single precision.

    >>> exact(2.9)
    '2.9'
    """
    return repr(float(number))


def read_exact(value: object) -> float:
    """What `exact` wrote, or a number."""
    try:
        return read_real(float(value) if isinstance(value, str) else value)
    except (ValueError, Unfit):
        raise Unfit("a finite number", value) from None


def stamped(stamp: Stamp) -> dict[str, HeaderValue]:
    """A stamp as headers."""
    return {
        "camera": stamp.camera,
        "epoch": stamp.epoch,
        "frame": stamp.index,
        "time": exact(stamp.time),
    }


def id_of(address: Address, stamp: Stamp) -> str:
    """The name of one frame of one camera, in all runs of all sites."""
    return f"{address.site}/{address.run}/{stamp.camera}/{stamp.epoch}/{stamp.index}"
