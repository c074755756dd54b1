"""Whether a camera that is added over the network is allowed: its source and its files.

Comparable servers let whoever may add a camera reach whatever the machine can: its files, its
other services, the cloud's metadata. Here it is an address that a rule of `serve.sources` allows,
of a camera's protocol. A name is looked up for each connection, and the address that was found
allowed is the one that is connected to, so that the name cannot lead elsewhere a moment later.
"""

import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from camweave.app.site.load import FILES
from camweave.app.site.model import Camera, Site
from camweave.app.site.source_rules import Address, Folder, Rule, Word, allows, rule_of
from camweave.core.errors import InputError, StreamError

SCHEMES: Final = ("rtsp", "rtsps", "http", "https")
AUTHORITY: Final = re.compile(
    r"(?P<user>[^\s@/\\?#]*@)?(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?P<port>:[0-9]{1,5})?"
)
UNFIT: Final = re.compile(r"[\x00-\x20\x7f\\]")


class Target(NamedTuple):
    """The parts of a camera's address; joined they are the address again."""

    scheme: str
    user: str  # with its @, or nothing
    host: str  # a name, or an address, without brackets
    port: str  # with its colon, or nothing
    rest: str  # path and query

    def at(self, address: Address) -> str:
        """The same with the host as an IP address."""
        host = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 - of IP
        return f"{self.scheme}://{self.user}{host}{self.port}{self.rest}"


@dataclass(frozen=True, slots=True)
class Admission:
    """Decides by `serve.sources`; relative paths begin at `folder`."""

    sources: Sequence[str]
    folder: Path

    def refuse(self, camera: Camera, site: Site, before: Camera | None = None) -> None:
        """Check a camera; what it has from `before`, or from its site, is not checked.

        Raises:
            InputError: it is not allowed; the message begins with the key that is at fault.
        """
        if before is None or camera.source != before.source:
            self._refuse_source(camera.source)
        if camera.stream.redirects and not (before is not None and before.stream.redirects):
            raise InputError("stream.redirects: can be allowed in the site file alone")
        known = {*files_of(site), *files_of(before)}
        for key, path in files_of(camera):
            if (key, path) not in known and not self._in_folders(path):
                raise InputError(f"{key}: {NO_FILE}")

    def pinned(self, source: str) -> str:
        """The address to connect to, with its host resolved now; files and devices as they are.

        Raises:
            StreamError: it is not, or no longer, at an address that is allowed.
        """
        if "://" not in source:
            return source
        try:
            target = target_of(source)
            return target.at(self._place(target.host))
        except InputError as error:
            raise StreamError("denied", str(error)) from error

    def _refuse_source(self, source: str) -> None:
        try:
            if "://" in source:
                self._place(target_of(source).host)
            elif is_device(source):
                self._refuse_device()
            else:
                self._refuse_file(source)
        except InputError as error:
            raise InputError(f"source: {error}") from None

    def _refuse_device(self) -> None:
        if Word("devices") not in self._rules():
            raise InputError("USB cameras can be added where `serve.sources` lists devices")

    def _refuse_file(self, source: str) -> None:
        if ":" in source.partition("/")[0] or not self._in_folders(Path(source)):
            raise InputError(NO_FILE)

    def _in_folders(self, path: Path) -> bool:
        """Whether a file lies in a folder that is listed, links followed."""
        homes = [(self.folder / r.path).resolve() for r in self._rules() if isinstance(r, Folder)]
        place = (self.folder / path).resolve()
        return any(place.is_relative_to(home) for home in homes)

    def _place(self, host: str) -> Address:
        """The first address of a host that a rule allows."""
        found = [*addresses_of(host)]
        for address in found:
            if any(allows(rule, address, host) for rule in self._rules()):
                return address
        if not found:
            raise InputError(f"nobody knows {host}")
        raise InputError(f"{host} is at no address that `serve.sources` allows")

    def _rules(self) -> list[Rule]:
        return [rule_of(each) for each in self.sources]


NO_FILE: Final = "files can be named here if they lie in a folder that `serve.sources` lists"


def target_of(source: str) -> Target:
    """Split a camera's address; addresses that could be read in two ways are refused.

    Raises:
        InputError: it is none, or of another kind.
    """
    scheme, _, rest = source.partition("://")
    if scheme.lower() not in SCHEMES:
        known = ", ".join(f"{each}://" for each in SCHEMES)
        raise InputError(f"expected an address that begins with one of {known}")
    cut = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    found = None if UNFIT.search(rest) else AUTHORITY.fullmatch(rest[:cut])
    if found is None:
        raise InputError("not an address: name and password are written with %40 for @, %2F for /")
    user, host, port = found["user"] or "", found["host"].strip("[]"), found["port"] or ""
    return Target(scheme.lower(), user, host, port, rest[cut:])


def addresses_of(host: str) -> Iterator[Address]:
    """The addresses of a host name; none where it cannot be resolved."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    for *_, place in found:
        yield ip_address(str(place[0]).partition("%")[0])


def is_device(source: str) -> bool:
    """Whether it names a USB camera."""
    return source.isdecimal() or source.startswith("/dev/")


def files_of(value: Any, key: str = "") -> Iterator[tuple[str, Path]]:  # noqa: ANN401 - models, dataclasses, plain values
    """Every file that a camera names but its source, each with its key."""
    names = fields(value) if is_dataclass(value) else ()
    inner = [each.name for each in names]
    if isinstance(value, BaseModel):
        inner = [each for each in type(value).model_fields if each != "source"]
    for name in inner:
        held = getattr(value, name)
        path = f"{key}.{name}" if key else name
        if isinstance(held, Path) or (name in FILES and isinstance(held, str) and held):
            yield path, Path(held)
        else:
            yield from files_of(held, path)
