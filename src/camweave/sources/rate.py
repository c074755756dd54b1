"""The frame rate that a source is told, over what its files say."""

import math
from pathlib import Path

from camweave.core.errors import SourceError


def checked_fps(path: Path | str, fps: float | None) -> float | None:
    """The rate, if one is given.

    Raises:
        SourceError: it is not a number above 0.
    """
    if fps is not None and not (fps > 0 and math.isfinite(fps)):
        raise SourceError(f"{path}: fps: expected a number above 0, found {fps}")
    return fps
