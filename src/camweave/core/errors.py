"""Every error camweave raises on purpose, in one tree.

    CamweaveError
    ├── InputError        what the user gave is wrong: exit status 2
    │   ├── ShapeError    an array of the wrong shape, type or content
    │   ├── FileFormatError   a file that is not what it should be
    │   ├── SourceError   a source that cannot be opened or decoded
    │   │   └── StreamError   a live source whose connection is over, with the kind of its end
    │   ├── ModelError    a model that cannot be read, or whose layout is unknown
    │   └── SiteError     the site file: file, line, column, key
    └── JobError          the input was fine and the work failed: exit status 1
        ├── OutputError   a result that could not be written
        └── MissingExtra  an optional dependency that is not installed

A message is one line: who, what, and the next step. Secrets are never part of it.
"""

from typing import Literal, TypeAlias

StreamEnd: TypeAlias = Literal[
    "refused",  # nobody listens there, or the name is unknown
    "denied",  # it wants another password
    "absent",  # it answers, and has no such stream
    "redirected",  # it sends us elsewhere, where we do not follow
    "unanswered",  # it takes the connection and does not answer
    "unreadable",  # what comes is no video that can be decoded
    "silent",  # it was live, and no frame has come for too long
    "lost",  # it was live, and the connection is closed
]


class CamweaveError(Exception):
    """Root of the tree; the command line prints its message as one line."""

    exit_status = 1


class InputError(CamweaveError):
    """What the user gave is wrong."""

    exit_status = 2


class ShapeError(InputError):
    """An array has the wrong shape, type or content."""


class FileFormatError(InputError):
    """A file is not what its name or place says."""


class SourceError(InputError):
    """A source cannot be opened or decoded."""


class StreamError(SourceError):
    """A connection to a live source is over, or never came about; another one may do better."""

    def __init__(self, kind: StreamEnd, message: str) -> None:
        super().__init__(message)
        self.kind: StreamEnd = kind


class ModelError(InputError):
    """A model cannot be read, or its layout is unknown."""


class SiteError(InputError):
    """The site file is wrong; the message begins with file:line:column."""


class JobError(CamweaveError):
    """The input was fine and the work failed."""


class OutputError(JobError):
    """A result could not be written."""


class MissingExtra(JobError):  # noqa: N818 - reads better at the raise
    """An optional dependency is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an extra. Install it: pip install 'camweave[{extra}]'")
