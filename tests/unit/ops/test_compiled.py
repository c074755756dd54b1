"""Kernels made ready; what lies on disk is told in tests/integration/test_kernel_cache.py."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numba import types

from camweave.ops.compiled import entry, inner, make_ready


@inner
def double(x: float) -> float:
    """Twice x."""
    return 2 * x


@entry()
def doubled_and_one(x: float) -> float:
    """2 x + 1."""
    return double(x) + 1


def test_two_threads_may_ask_for_the_same_kernel() -> None:
    with ThreadPoolExecutor(4) as pool:
        for ready in [pool.submit(make_ready, doubled_and_one, (types.float64,)) for _ in range(8)]:
            ready.result()
    assert doubled_and_one(3.0) == 7.0


def test_a_kernel_that_is_ready_converts_and_compiles_no_more() -> None:
    make_ready(doubled_and_one, (types.float64,))
    assert doubled_and_one(3) == 7.0
    with pytest.raises(TypeError):
        doubled_and_one(np.zeros(2))  # type: ignore[arg-type]  # that is the point
    assert len(doubled_and_one.overloads) == 1  # type: ignore[attr-defined]  # Numba's
