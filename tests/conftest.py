"""What all tests share: where the real data lies."""

import os
from pathlib import Path

import pytest

BESIDE_THE_PROJECT = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of public data files; the test is skipped where it is absent."""
    named = os.environ.get("CAMWEAVE_DATA")
    folder = Path(named) if named else BESIDE_THE_PROJECT
    if not (folder / "mot").is_dir():
        pytest.skip(f"no real data at {folder}; set CAMWEAVE_DATA to the folder that holds it")
    return folder
