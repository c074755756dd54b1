"""Disks that are full: a small one of a test's own, or a limit on what a process may write."""

import os
import resource
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MIB = 1 << 20


@contextmanager
def small_disk(at: Path, size: int) -> Iterator[Path]:
    """A disk of so many bytes, mounted there while the block lasts; it takes root."""
    at.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", at], check=True)
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Nothing more fits onto a disk while the block lasts."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(MIB))
        except OSError:
            _last_bytes(file.fileno())
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def no_room(processes: Sequence[int], least: int = 4096) -> Iterator[None]:
    """These processes may let no file grow beyond `least` bytes: for who may mount nothing."""
    before = [resource.prlimit(each, resource.RLIMIT_FSIZE) for each in processes]
    for each, (_, hard) in zip(processes, before, strict=True):
        resource.prlimit(each, resource.RLIMIT_FSIZE, (least, hard))
    try:
        yield
    finally:
        for each, limits in zip(processes, before, strict=True):
            resource.prlimit(each, resource.RLIMIT_FSIZE, limits)


def _last_bytes(file: int) -> None:
    try:
        while True:
            os.write(file, bytes(512))
    except OSError:
        return
