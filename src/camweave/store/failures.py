"""What engines say when something is wrong, as one line of ours, and whether it may pass.

A `JobError` may be gone when the same is tried again, an `InputError` is not.
"""

import sqlite3
from typing import Any, Final

from sqlalchemy.exc import DBAPIError

from camweave.core.errors import CamweaveError, FileFormatError, InputError, JobError, OutputError
from camweave.store.address import Address

CLASH: Final = frozenset({"40001", "40P01"})  # two transactions in each other's way
PAUSED: Final = "25P03"  # we did nothing for too long, in a transaction
HELD: Final = "55P03"  # what we are to write is locked, and stays so
FULL: Final = "the disk is full; free some space. Nothing was written by half"
LOCKED: Final = "another process keeps writing to it"
READ_ONLY: Final = "it can only be read; change its permissions, or open it read-only"

# By SQLite's own names of its errors, of which some have a longer form.
SQLITE: Final[dict[str, tuple[type[CamweaveError], str]]] = {
    "SQLITE_BUSY": (OutputError, LOCKED),
    "SQLITE_LOCKED": (OutputError, LOCKED),
    "SQLITE_FULL": (OutputError, FULL),
    "SQLITE_READONLY": (OutputError, READ_ONLY),
    "SQLITE_NOTADB": (FileFormatError, "not a SQLite database"),
    "SQLITE_CORRUPT": (FileFormatError, "damaged; restore it from a copy"),
    "SQLITE_CANTOPEN": (InputError, "cannot be opened; look at its folder and permissions"),
    "SQLITE_PERM": (InputError, "cannot be opened; look at its permissions"),
}
# By PostgreSQL's states.
STATES: Final[dict[str, tuple[type[CamweaveError], str]]] = {
    "53100": (OutputError, FULL),
    HELD: (OutputError, LOCKED),
    "25006": (OutputError, READ_ONLY),
    "42501": (OutputError, "this user may not do that there; grant it the right"),
    "28P01": (InputError, "wrong user or password"),
    "28000": (InputError, "this user is not let in (pg_hba.conf)"),
    "3D000": (InputError, "no such database; make it: createdb NAME"),
}
# A connection that does not come about has no state, only words.
WORDS: Final[tuple[tuple[str, type[CamweaveError], str], ...]] = (
    ("password authentication failed", InputError, "wrong user or password"),
    ("no password supplied", InputError, "it wants a password"),
    ("no pg_hba.conf entry", InputError, "this user is not let in (pg_hba.conf)"),
    ("does not exist", InputError, "no such user or database"),
    ("certificate", InputError, "its certificate, or ours, is not accepted"),
    ("does not support SSL", InputError, "it does not speak TLS"),
    ("refused", JobError, "nobody listens there"),
    ("resolve host", JobError, "no machine is known by that name"),
    ("translate host name", JobError, "no machine is known by that name"),
    ("timeout", JobError, "it does not answer"),
)
PASSING: Final = ("starting up", "shutting down", "recovery", "too many clients", "remaining conn")


def told(error: Exception, address: Address) -> CamweaveError:
    """The one line that says which store, what is wrong, and what would help."""
    kind, why = _meaning(_cause(error))
    return kind(f"store {address}: {why}")


def passes(error: Exception) -> bool:
    """Whether the same may go well a moment later: a lock, a lost connection, a restart."""
    cause = _cause(error)
    if isinstance(cause, sqlite3.Error):
        return _sqlite_name(cause).startswith("SQLITE_BUSY")
    if not _is_operational(cause):
        return False
    state, words = getattr(cause, "sqlstate", None), str(cause)
    if state is None:
        refused = "FATAL" in words or issubclass(_meaning(cause)[0], InputError)
        return not refused or any(each in words for each in PASSING)
    return state in {*CLASH, PAUSED, HELD} or state.startswith(("57P", "08", "53300"))


def is_held(error: Exception) -> bool:
    """Whether somebody else held a lock on a server for longer than we wait at one time."""
    return getattr(_cause(error), "sqlstate", None) == HELD


def _cause(error: Exception) -> Any:  # noqa: ANN401 - an error of a driver that may not be there
    return error.orig if isinstance(error, DBAPIError) else error


def _is_operational(cause: Exception) -> bool:
    return any(
        each.__name__ in {"OperationalError", "InterfaceError"} for each in type(cause).mro()
    )


def _meaning(cause: Any) -> tuple[type[CamweaveError], str]:  # noqa: ANN401 - as above
    if isinstance(cause, sqlite3.Error):
        name = _sqlite_name(cause)
        known = next((SQLITE[each] for each in SQLITE if name.startswith(each)), None)
        return known or (OutputError, f"{cause} ({name or type(cause).__name__})")
    state, words = getattr(cause, "sqlstate", None), str(cause)
    if state in STATES:
        return STATES[state]
    if state is None:
        for part, kind, why in WORDS:
            if part in words:
                return kind, why
    first = (words.strip() or type(cause).__name__).splitlines()[0]
    return JobError, first


def _sqlite_name(cause: sqlite3.Error) -> str:
    return str(getattr(cause, "sqlite_errorname", ""))
