"""The peers' own environment, `.venv-bench`: made once, never mixed with ours."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".venv-bench"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
STAMP = "installed.txt"


def peer_python() -> Path:
    """The interpreter that has the peers; installs them the first time and when pins change."""
    named = os.environ.get("CAMWEAVE_BENCH_PYTHON")
    if named:
        return Path(named)
    stamp, wanted = FOLDER / STAMP, REQUIREMENTS.read_text()
    python = FOLDER / "bin" / "python"
    if not stamp.is_file() or stamp.read_text() != wanted:
        print(f"installing the peers into {FOLDER.name}", file=sys.stderr)
        _install(python)
        stamp.write_text(wanted)
    return python


def _install(python: Path) -> None:
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        _run(uv, "venv", "-q", "--allow-existing", "--python", sys.executable, str(FOLDER))
        install = [uv, "pip", "install", "-q", "--python", str(python)]
    else:
        _run(sys.executable, "-m", "venv", str(FOLDER))
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    _run(*install, "--no-deps", "-r", str(REQUIREMENTS))
    if os.environ.get("BYTETRACK_AUTHORS"):
        _try(*install, "cython_bbox==0.1.5")  # built from source; there is a stand-in


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def _try(*command: str) -> None:
    subprocess.run(command, check=False, capture_output=True)
