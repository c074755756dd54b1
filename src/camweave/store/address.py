"""The address of a store: the URL that a user gives, and its text without the password."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from camweave.core.errors import InputError

EXPECTED: Final = "expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
Kind = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class Address:
    """A store's place. Its text is fit for messages: it holds no password."""

    kind: Kind
    url: URL = field(repr=False)

    @property
    def file(self) -> Path:
        """Where a SQLite store is."""
        return Path(self.url.database or "").expanduser()

    def __str__(self) -> str:
        if self.kind == "sqlite":
            return str(self.file)
        plain = self.url.set(drivername=self.kind, query={})
        return plain.render_as_string(hide_password=True)


def address_of(text: str) -> Address:
    """The address that a URL names.

    Raises:
        InputError: it names no store; the message does not repeat it, for it may hold a
            password.
    """
    try:
        url = make_url(text)
        kind = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise InputError(f"store: not an address; {EXPECTED}") from None
    if kind == "sqlite" and url.database not in {None, "", ":memory:"}:
        if url.query or url.host:
            raise InputError(f"store: {EXPECTED}; a path that begins at the root has four slashes")
        return Address("sqlite", url)
    if kind == "postgresql" and url.database:
        return Address("postgresql", url.set(drivername="postgresql+psycopg"))
    raise InputError(f"store: no such kind of store, or no name in it; {EXPECTED}")
