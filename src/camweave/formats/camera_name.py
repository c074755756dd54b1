"""Names of cameras: short, and safe in file names, addresses and routing keys."""

import re

from camweave.core.errors import InputError
from camweave.core.frame import CameraId

PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def checked_camera(name: str) -> CameraId:
    """The name as a `CameraId`.

    Raises:
        InputError: it is not 1 to 64 letters, digits, `_` and `-`.

    >>> checked_camera("gate-2")
    'gate-2'
    """
    if not PATTERN.fullmatch(name):
        raise InputError(f"camera name {name[:80]!r}: expected 1 to 64 of A-Z a-z 0-9 _ -")
    return CameraId(name)
