"""Results appear whole or not at all: written beside their place, then renamed into it."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from camweave.core.errors import OutputError

NEXT_STEP = {
    errno.ENOSPC: "free some space, or write elsewhere",
    errno.EDQUOT: "free some space, or write elsewhere",
    errno.EFBIG: "raise the limit on the size of a file, or write elsewhere",
    errno.EACCES: "write elsewhere, or change the folder's permissions",
    errno.EPERM: "write elsewhere, or change the folder's permissions",
    errno.EROFS: "write elsewhere",
}


def cannot_write(path: Path, error: OSError) -> OutputError:
    """The one line that says which file, why, and what would help."""
    reason = os.strerror(error.errno).lower() if error.errno else str(error)
    step = NEXT_STEP.get(error.errno or 0)
    return OutputError(f"cannot write {path}: {reason}" + (f"; {step}" if step else ""))


class PartFile:
    """A file that grows under a temporary name until `keep` gives it its own, or `drop` ends it.

    The name is `NAME.xxxxxxxx.part` in the same folder, so that renaming never copies and two
    runs never share one. Missing folders are made. A link is followed: what it names is replaced.

    Raises:
        OutputError: the folder cannot be written, or the place is taken by something that is
            not a file.
    """

    def __init__(self, path: Path) -> None:
        self.place = path  # as the user named it, for messages
        self.final = path.resolve()
        self.path = self.final.with_name(f"{self.final.name}.{secrets.token_hex(4)}.part")
        try:
            self._begin()  # fails now, not after an hour of work
        except OSError as error:
            raise cannot_write(path, error) from error
        except BaseException:  # Ctrl-C between two lines
            self.drop()
            raise

    def _begin(self) -> None:
        if self.final.exists() and not self.final.is_file():
            raise OutputError(f"cannot write {self.place}: something that is not a file is there")
        self.final.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(exist_ok=False)

    def keep(self) -> None:
        """Make sure it is on the disk, then give it its final name."""
        try:
            flush(self.path)
            self.path.replace(self.final)
            flush(self.final.parent)
        except OSError as error:
            self.drop()
            raise cannot_write(self.place, error) from error
        except BaseException:  # Ctrl-C while the disk is waited for
            self.drop()
            raise

    def drop(self) -> None:
        """Remove it; the file that was there before, if any, stays as it was."""
        with suppress(OSError):
            self.path.unlink()


def flush(path: Path) -> None:
    """Wait until the system has put a file, or a folder's list of names, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some mounts cannot; that is no loss
            raise
    finally:
        os.close(handle)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A temporary path to write to; on leaving, the finished file stands under `path`.

    On any error, Ctrl-C included, the temporary file is removed and `path` is as it was.

    Raises:
        OutputError: it could not be written; the message names the file and the reason.
    """
    part = PartFile(path)
    try:
        yield part.path
    except OSError as error:
        part.drop()
        if error.filename is None or Path(os.fsdecode(error.filename)) == part.path:
            raise cannot_write(path, error) from error
        raise  # some other file's trouble
    except BaseException:
        part.drop()
        raise
    part.keep()
