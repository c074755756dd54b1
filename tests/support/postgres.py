"""A real PostgreSQL of a test's own: made, started, killed, started again."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import psycopg
import pytest
from tests.support.ports import HOST, free_port
from tests.support.waiting import until

USER = "camweave"
START = 20.0  # s within which a server answers
DEBIAN = Path("/usr/lib/postgresql")


def programs() -> Path:
    """The folder of its programs; the test is skipped where there is none."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(DEBIAN.glob("*/bin"))
    if not folders or not (folders[-1] / "postgres").exists():
        pytest.skip("no PostgreSQL; on Debian: apt-get install postgresql")
    return folders[-1]


class Postgres:
    """PostgreSQL on loopback while its `with` block lasts, in a folder of its own.

    As root it runs as the user `postgres`, for it refuses to be root. With a `password`, nobody is
    let in without it. `durable` makes it wait for the disk, as a real one does.
    """

    def __init__(
        self, *, password: str | None = None, durable: bool = False, within: Path | None = None
    ) -> None:
        """Nothing is made yet; `within` is a folder that all may enter, not the system's."""
        self._programs, self._within = programs(), within
        self._password = password
        self._settings = () if durable else ("-c", "fsync=off", "-c", "full_page_writes=off")
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    def __enter__(self) -> Self:
        # Not in pytest's own folders: those let nobody else in.
        self._folder = Path(tempfile.mkdtemp(prefix="camweave-pg-", dir=self._within))
        if os.getuid() == 0:
            shutil.chown(self._folder, "postgres")
        auth = ["-A", "trust"]
        if self._password is not None:
            secret = self._folder / "password"
            secret.write_text(self._password)
            secret.chmod(0o644)
            auth = ["-A", "scram-sha-256", f"--pwfile={secret}"]
        made = [str(self._programs / "initdb"), "-D", str(self._data), "-U", USER, *auth]
        made += ["--no-sync", "-E", "UTF8", "--locale=C"]
        subprocess.run(self._as_user(made), check=True, capture_output=True, cwd=self._folder)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def url(self) -> str:
        """Its own database, as its owner."""
        return self.url_of("postgres")

    def url_of(self, database: str, *, user: str = USER, password: str | None = None) -> str:
        """A database's address, as some user."""
        given = password or self._password
        return f"postgresql://{user}{f':{given}' if given else ''}@{HOST}:{self.port}/{database}"

    def fresh(self, name: str) -> str:
        """The address of a place with nothing in it: a schema, which is made far sooner."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE'.encode())
            connection.execute(f'CREATE SCHEMA "{name}"'.encode())
        return f"{self.url}?options=-csearch_path%3D{name}"

    def start(self) -> None:
        """Answer; always on the same port."""
        server = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port)]
        server += ["-k", str(self._folder), "-c", f"listen_addresses={HOST}"]
        server += ["-c", "shared_buffers=64MB", "-c", "max_connections=40", *self._settings]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._as_user(server), stdout=log, stderr=log, cwd=self._folder
            )
        until(self._answers, within=START)

    def kill(self) -> None:
        """End it, and all that it started, without a goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it, and all that it started, at once."""
        self._end(signal.SIGQUIT)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait()  # else its lock stays with a process that is gone
        self._process = None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "log").read_text()[-2000:]
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _as_user(self, command: Sequence[str]) -> list[str]:
        if os.getuid() != 0:
            return list(command)
        user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
        return ["setpriv", *user, "env", f"HOME={self._folder}", *command]
