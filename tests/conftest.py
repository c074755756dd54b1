"""What all tests share: compiled kernels, where the real data lies, and a real browser."""

import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

# How long an example takes is no law of the world: a first one may compile, and machines are busy.
settings.register_profile("camweave", deadline=None)
settings.load_profile("camweave")

# Before NumPy is imported: its threads spin while they wait, and the workers of a run share the
# cores as it is, and so does what they start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Tests send it to what they start, which would ignore it as we do where a shell began us with `&`.
signal.signal(signal.SIGINT, signal.default_int_handler)

BESIDE_THE_PROJECT = Path(__file__).parents[2] / "shared" / "data"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: Sequence[object]) -> None:
    """Before workers begin: else they, and what they start, compile the same kernels at once."""
    from tests.support.kernels import compile_all

    compile_all(len(specs))


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of public data files; the test is skipped where it is absent."""
    named = os.environ.get("CAMWEAVE_DATA")
    folder = Path(named) if named else BESIDE_THE_PROJECT
    if not (folder / "mot").is_dir():
        pytest.skip(f"no real data at {folder}; set CAMWEAVE_DATA to the folder that holds it")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window; the test is skipped where there is none."""
    program = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if program is None:
        pytest.skip("no Chromium; on Debian: apt-get install chromium")
    with sync_playwright() as driver:
        # As root, Chromium starts without its sandbox only; the pages are our own.
        made = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield made
        made.close()
