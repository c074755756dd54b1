"""`made_from`: the member in which a stage notes what its output was made of, as a digest."""

from pathlib import Path
from typing import Final

import numpy as np

from camweave.core.errors import FileFormatError
from camweave.formats.npz import Arrays, read_npz

NAME: Final = "made_from"


def made_from_member(digest: str | None) -> Arrays:
    """The member to write; none where nothing is known."""
    return {} if digest is None else {NAME: np.array(digest)}


def read_made_from(path: Path) -> str | None:
    """What the file notes; None where it notes nothing, or is no such file."""
    try:
        member = read_npz(path, only={NAME}).get(NAME)
    except FileFormatError:
        return None
    return str(member) if member is not None and member.dtype.kind == "U" else None
