"""Whether a picture is frozen: identical in every bit, which no working sensor gives."""

from typing import Final

import numpy as np

from camweave.core.arrays import U8

EVERY: Final = 1.0  # s between two looks, so that they cost nothing
SPARSE: Final = 37  # px between those compared first


class Stillness:
    """Measures for how long a picture has not changed. State: one picture."""

    def __init__(self) -> None:
        self._picture: U8 | None = None
        self._looked = 0.0  # s
        self._since = 0.0  # s: when it was first seen as it is

    def see(self, image: U8, time: float) -> float:
        """Seconds for which it has not changed, as of the last look; looks once a second."""
        if self._picture is None or time - self._looked >= EVERY:
            if self._picture is None or not is_same(image, self._picture):
                self._since = time
            self._picture, self._looked = image, time
        return self._looked - self._since


def is_same(one: U8, other: U8) -> bool:
    """Whether two pictures are equal in every bit; those that are not are told apart fast."""
    if one.shape != other.shape:
        return False
    sparse = slice(None, None, SPARSE)
    return np.array_equal(one[sparse, sparse], other[sparse, sparse]) and np.array_equal(one, other)
