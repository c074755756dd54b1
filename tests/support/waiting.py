"""Waiting for what another thread brings about, with a bound that a busy machine keeps."""

import time
from collections.abc import Callable

GLANCE = 0.01  # s


def until(true: Callable[[], bool], *, within: float) -> float:
    """Wait until it is so; the seconds that took. Fails after `within` seconds."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within, f"not so within {within:g} s"
        time.sleep(GLANCE)
    return time.monotonic() - began
