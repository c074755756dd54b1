"""The real command line in its own process, on a small rendered world."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

CAMWEAVE = Path(sys.executable).with_name("camweave")
LONGEST = 280  # s; the first run on a machine compiles


class Finished:
    """What a command left behind."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    def __repr__(self) -> str:
        return f"status {self.status}\n--- out\n{self.out}\n--- err\n{self.err}"


Command = Callable[..., Finished]


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("CAMWEAVE_")}


@pytest.fixture(scope="session")
def camweave() -> Command:
    """Run `camweave` with these arguments."""

    def run(*arguments: object, largest_file: int | None = None) -> Finished:
        limit = [] if largest_file is None else ["prlimit", f"--fsize={largest_file}"]
        done = subprocess.run(
            [*limit, CAMWEAVE, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=LONGEST,
            env=environment(),
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def interrupted() -> Command:
    """Run `camweave`, and ask it to stop as soon as a file shows that it is at work."""

    def run(*arguments: object, when: Callable[[], bool], by: int = signal.SIGINT) -> Finished:
        process = subprocess.Popen(
            [CAMWEAVE, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        began = time.monotonic()
        while not when() and process.poll() is None and time.monotonic() - began < LONGEST:
            time.sleep(0.02)
        process.send_signal(by)
        out, err = process.communicate(timeout=LONGEST)
        return Finished(process.returncode, out, err)

    return run


@pytest.fixture(scope="session")
def world(camweave: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cameras of the plaza for three seconds: site.yaml, videos and truth."""
    folder = tmp_path_factory.mktemp("world")
    done = camweave("simulate", "plaza", "-o", folder, "--cameras", 2, "--seconds", 3)
    assert done.status == 0, done
    return folder


@pytest.fixture(scope="session")
def results(camweave: Command, world: Path) -> Path:
    """That world, batched, with videos."""
    folder = world / "results"
    done = camweave("batch", world / "site.yaml", "-o", folder, "--video")
    assert done.status == 0, done
    assert done.err == "" or done.err.startswith("camweave: first run on this machine")
    assert "identities  " in done.out
    return folder
