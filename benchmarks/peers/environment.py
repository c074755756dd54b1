"""The peers' own environments, `.venv-bench*`: each made once, never mixed with ours."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements")
STAMP = "installed.txt"

OWN_PROCESS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}

EnvironmentName = Literal["ours", "peers", "similari", "boxmot"]


def python_of(name: EnvironmentName) -> Path:
    """The interpreter of an environment; installs it the first time and when its pins change.

    Raises:
        OSError: it could not be made.
        subprocess.CalledProcessError: an installer failed.
    """
    if name == "ours":
        return Path(sys.executable)
    folder = ROOT / (".venv-bench" if name == "peers" else f".venv-bench-{name}")
    stamp, wanted = folder / STAMP, (REQUIREMENTS / f"{name}.txt").read_text()
    python = folder / "bin" / "python"
    if not stamp.is_file() or stamp.read_text() != wanted:
        print(f"installing into {folder.name}", file=sys.stderr)
        _install(python, name)
        stamp.write_text(wanted)
    return python


def run_module(name: EnvironmentName, module: str, *arguments: str) -> str:
    """What `python -m module arguments` prints, in a fresh process of an environment.

    Raises:
        RuntimeError: it failed; with the last line that it said.
    """
    done = subprocess.run(
        [str(python_of(name)), "-m", module, *arguments],
        cwd=ROOT,
        env=os.environ | OWN_PROCESS,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no words"])[-1])
    return done.stdout


def _install(python: Path, name: EnvironmentName) -> None:
    folder = python.parents[1]
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        _run(uv, "venv", "-q", "--allow-existing", "--python", sys.executable, str(folder))
        install = [uv, "pip", "install", "-q", "--python", str(python)]
    else:
        _run(sys.executable, "-m", "venv", str(folder))
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    _run(*install, "--no-deps", "-r", str(REQUIREMENTS / f"{name}.txt"))
    if name == "peers" and os.environ.get("CAMWEAVE_AUTHORS"):
        _try(*install, "cython_bbox==0.1.5")  # built from source; there is a stand-in


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def _try(*command: str) -> None:
    subprocess.run(command, check=False, capture_output=True)
