"""The systemd unit, as systemd itself reads it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[3] / "packaging" / "camweave.service"
EXPOSURE = 20  # tenths; systemd calls up to 2.0 "OK" and less "safe"; 9.6 is a service without any


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with the camweave of this environment in the place of the installed one."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze; on Debian: apt-get install systemd")
    camweave = Path(sys.executable).with_name("camweave")
    text, count = re.subn(r"(?m)^ExecStart=\S+", f"ExecStart={camweave}", UNIT.read_text())
    assert count == 1
    file = tmp_path / UNIT.name
    file.write_text(text)
    return file


def analyze(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_systemd_finds_nothing_wrong_with_the_unit(unit: Path) -> None:
    done = analyze("verify", "--man=no", "--recursive-errors=no", unit)
    assert done.returncode == 0, done.stderr
    assert UNIT.name not in done.stderr, done.stderr


def test_a_typing_error_in_the_unit_would_be_found(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSystm=strict"))
    assert "ProtectSystm" in analyze("verify", "--man=no", "--recursive-errors=no", unit).stderr


def test_the_service_can_do_little_but_its_work(unit: Path) -> None:
    done = analyze("security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", unit)
    assert done.returncode == 0, done.stdout + done.stderr
