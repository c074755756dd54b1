"""Whole commands: how long they take and how much memory they hold, as the system counts it."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CAMWEAVE = Path(sys.executable).with_name("camweave")
MIB_PER_MAXRSS = 1 / 1024  # ru_maxrss counts KiB on Linux


@dataclass(frozen=True)
class Finished:
    """What one run of a command cost."""

    seconds: float  # of wall time
    cpu_seconds: float
    peak_mib: float


def run_command(arguments: Sequence[str | Path], *, fresh_cache: Path | None = None) -> Finished:
    """Run `camweave ARGUMENTS`; with `fresh_cache`, as on a machine that has compiled nothing.

    Raises:
        RuntimeError: it failed; with the last line that it said.
    """
    environment = dict(os.environ)
    if fresh_cache is not None:
        environment["NUMBA_CACHE_DIR"] = str(fresh_cache)
    begun = time.perf_counter()
    process = subprocess.Popen(
        [CAMWEAVE, *map(str, arguments)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise RuntimeError(f"camweave {arguments[0]}: {said.decode().strip()[-300:]}")
    return Finished(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MIB_PER_MAXRSS)


def cpu_of(pid: int) -> float:
    """S of CPU that a process that runs has used so far, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
