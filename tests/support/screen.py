"""A screen that nobody sees, and what is to be seen on it."""

import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

SIZE = (1024, 768)
WORDS = 25  # of the header of an XWD file, each 32 bits, the most significant byte first
HEADER, WIDTH, HEIGHT, LINE, COLOURS = 0, 4, 5, 12, 19  # what some of them are
COLOUR = 12  # bytes


class Screen:
    """A virtual one, by its name for `DISPLAY`."""

    def __init__(self, name: str, file: Path) -> None:
        self.name, self._file = name, file

    def shot(self) -> npt.NDArray[np.uint8]:
        """(H, W, 3) BGR: what it shows now."""
        data = self._file.read_bytes()
        head = struct.unpack_from(f">{WORDS}I", data)
        begin = head[HEADER] + head[COLOURS] * COLOUR
        rows = np.frombuffer(data, np.uint8, head[HEIGHT] * head[LINE], begin)
        return rows.reshape(head[HEIGHT], head[LINE] // 4, 4)[:, : head[WIDTH], :3].copy()


@contextmanager
def virtual_screen(folder: Path) -> Iterator[Screen]:
    """Xvfb for as long as the block lasts; the test is skipped where there is none."""
    if (program := shutil.which("Xvfb")) is None:
        pytest.skip("no Xvfb; on Debian: apt-get install --no-install-recommends xvfb")
    told, tells = os.pipe()
    size = f"{SIZE[0]}x{SIZE[1]}x24"
    options = ["-displayfd", str(tells), "-screen", "0", size, "-nolisten", "tcp"]
    process = subprocess.Popen(
        [program, *options, "-fbdir", str(folder)], pass_fds=[tells], stderr=subprocess.DEVNULL
    )
    os.close(tells)
    try:
        with os.fdopen(told) as number:
            name = number.readline().strip()
        assert name, "Xvfb did not start"
        yield Screen(f":{name}", folder / "Xvfb_screen0")
    finally:
        process.terminate()
        process.wait()
