"""Cores this process may count on."""

from pathlib import Path

import pytest

from camweave.inference.cores import usable_cores


@pytest.mark.parametrize(
    ("text", "most"), [("100000 100000\n", 1), ("50000 100000\n", 1), ("1 100000\n", 1)]
)
def test_a_container_counts_its_share(tmp_path: Path, text: str, most: int) -> None:
    (tmp_path / "cpu.max").write_text(text)
    assert usable_cores(tmp_path / "cpu.max") == most


@pytest.mark.parametrize("text", ["max 100000\n", "", "nonsense"])
def test_without_a_limit_all_cores_count(tmp_path: Path, text: str) -> None:
    (tmp_path / "cpu.max").write_text(text)
    assert usable_cores(tmp_path / "cpu.max") == usable_cores(tmp_path / "absent") >= 1
