"""Being asked to stop: Ctrl-C and the system's polite request end in the same clean way."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType


@contextmanager
def stopped_cleanly() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does: every open end is closed, nothing is left half-written."""
    if current_thread() is not main_thread():  # only the main thread may ask for signals
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
    """A second request while the first is being honoured must not break the closing."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt
