"""`camweave`: runs a command, and turns whatever goes wrong into one line and an exit status."""

import os
import re
import sys
import threading
from collections.abc import Sequence
from traceback import print_exc
from typing import Final, NoReturn

import typer

from camweave.app.cli.commands import COMMANDS, application
from camweave.app.cli.logs import logs_on_stderr
from camweave.app.cli.statuses import DONE, FAILED, INTERRUPTED, WRONG_INPUT
from camweave.app.cli.usage import UsageError, usage_line
from camweave.app.runtime.signals import stopped_cleanly
from camweave.app.site.masking import masked
from camweave.core.errors import CamweaveError

PLACE: Final = re.compile(r"[^ ]+:\d+:\d+: ")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Entry point of the command line."""
    leave(run(sys.argv[1:] if arguments is None else arguments))


def leave(status: int) -> NoReturn:
    """End the process, whatever threads were given up on.

    Such a thread may be in the midst of C++, which aborts the process when Python is taken down
    under it.
    """
    if any(thread.daemon for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Exit status of one command: 0 done, 1 failed, 2 wrong input, 130 interrupted."""
    try:
        with logs_on_stderr(), stopped_cleanly():
            status = application(arguments)(
                list(arguments), prog_name="camweave", standalone_mode=False
            )
        sys.stdout.flush()
        # Typer turns Ctrl-C into a status without a word.
        return told(KeyboardInterrupt()) if status == INTERRUPTED else int(status or DONE)
    except BaseException as error:  # one place that turns errors into words
        if os.environ.get("CAMWEAVE_DEBUG"):
            print_exc()
        return told(error)


def told(error: BaseException) -> int:
    """Say what happened in one line; the exit status."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else FAILED
    if isinstance(error, BrokenPipeError):  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    for line in masked(words(error)).splitlines():
        # file:line:column comes first, as editors expect
        prefix = "" if PLACE.match(line) else "camweave: "
        print(f"{prefix}{line}", file=sys.stderr)  # noqa: T201 - the command line speaks
    return status_of(error)


def words(error: BaseException) -> str:
    """The error as a sentence."""
    match error:
        case CamweaveError():
            return str(error)
        case UsageError():
            return usage_line(error, COMMANDS)
        case KeyboardInterrupt() | typer.Abort():
            return "interrupted; nothing half-written is left behind"
        case MemoryError():
            return "not enough memory for this"
        case OSError():
            return f"{error.filename or 'input or output'}: {error.strerror or error}"
        case _:
            what = " ".join(f"{type(error).__name__}: {error}".split())
            return f"a bug: {what}. CAMWEAVE_DEBUG=1 shows where; please report it"


def status_of(error: BaseException) -> int:
    """The exit status that tells a script what happened."""
    match error:
        case CamweaveError():
            return error.exit_status
        case UsageError():
            return WRONG_INPUT
        case KeyboardInterrupt() | typer.Abort():
            return INTERRUPTED
        case _:
            return FAILED
