"""The command line in this process: quicker than one of its own, and all but the same."""

from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO

import pytest

from camweave.app.cli.main import run


@dataclass(frozen=True)
class Finished:
    """What a command left behind."""

    status: int
    out: str
    err: str


@pytest.fixture(scope="session")
def camweave() -> Callable[..., Finished]:
    """Run `camweave` with these arguments."""

    def call(*arguments: object) -> Finished:
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            status = run([str(each) for each in arguments])
        return Finished(status, out.getvalue(), err.getvalue())

    return call
