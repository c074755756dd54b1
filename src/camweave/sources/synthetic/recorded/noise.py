"""Noise that depends on a row's number only: any part of it can be had without the rest."""

from typing import Any, Final

import numpy as np

from camweave.core.arrays import F32, F64, I64
from camweave.ops.compiled import entry, inner

SHORTEST: Final = 0.05  # keeps the longest noise finite

U64 = np.ndarray[Any, np.dtype[np.uint64]]


@inner
def _mixed(state: np.uint64) -> np.uint64:
    """SplitMix64: the next of a row of numbers that look random (Steele et al., 2014)."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


@entry()
def _fill(key: U64, out: F32) -> None:
    step = np.uint64(0x9E3779B97F4A7C15)
    rows, columns = out.shape
    for row in range(rows):
        state = _mixed(key[row] + step)
        for column in range(0, columns, 2):
            state += step
            bits = _mixed(state)
            one = (np.float32(bits >> np.uint64(40)) + np.float32(1)) * np.float32(2.0**-24)
            two = np.float32(bits & np.uint64(0xFFFFFF)) * np.float32(2.0**-24)
            length = np.sqrt(np.float32(-2) * np.log(one))
            angle = np.float32(2 * np.pi) * two
            out[row, column] = length * np.cos(angle)
            if column + 1 < columns:
                out[row, column + 1] = length * np.sin(angle)


def normals(seed: int, rows: I64, dimension: int) -> F32:
    """(N, dimension) standard normal numbers, each row's told by the seed and its number alone."""
    # Wrapping round is what makes it look random.
    key = rows.astype(np.uint64) * np.uint64(0xD1342543DE82EF95)
    key ^= np.uint64(seed * 0x2545F4914F6CDD1D % 2**64)
    out = np.empty((len(rows), dimension), np.float32)
    _fill(key, out)
    return out


def lengths(seed: int, rows: I64, freedom: int) -> F64:
    """(N,) how much longer than usual each row's noise is: as in Student's t of this freedom."""
    drawn = normals(seed, rows, freedom).astype(np.float64)
    return np.asarray(np.sqrt(freedom / np.maximum((drawn**2).sum(axis=1), SHORTEST)))
