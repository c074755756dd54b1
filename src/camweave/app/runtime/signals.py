"""Signals of the operating system: SIGTERM and Ctrl-C to stop, SIGHUP to reload."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
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


@contextmanager
def reload_asked() -> Iterator[Event]:
    """An event that SIGHUP sets, for as long as the block lasts; to be cleared when it is heard."""
    asked = Event()
    if current_thread() is not main_thread():
        yield asked
        return
    before = signal.signal(signal.SIGHUP, lambda *_: asked.set())
    try:
        yield asked
    finally:
        signal.signal(signal.SIGHUP, before)


@contextmanager
def stop_asked() -> Iterator[Event]:
    """An event that Ctrl-C and SIGTERM set while the block lasts; set already, they interrupt."""
    asked = Event()
    if current_thread() is not main_thread():
        yield asked
        return

    def ask(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            interrupt(number, frame)
        asked.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
    """A second request while the first is being honoured must not break the closing."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt
