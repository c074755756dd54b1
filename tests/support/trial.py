"""What a fault may cost: nothing to the other cameras, no memory, one line in the log."""

import ctypes
import logging
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tests.support.handles import living_threads, open_handles
from tests.support.staged_site import NAMES, Stage
from tests.support.waiting import until

from camweave.core.frame import CameraId

SHARE: Final = 0.75  # of what others send, that must be looked at: a busy machine loses some
OWED: Final = 8  # frames that may be under way when a trial begins or ends
GROWTH: Final = 40 << 20  # bytes, by which a process breathes


def resident() -> int:
    """Bytes of memory that this process has, less what its allocator keeps for later."""
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@dataclass(frozen=True)
class Trial:
    """One fault of one site."""

    stage: Stage
    at_fault: tuple[CameraId, ...]
    known: frozenset[tuple[int, int]]  # walkers and their identities, before it
    log: pytest.LogCaptureFixture

    def becomes(self, state: str, *, within: float) -> float:
        """Wait until those at fault are in this state; how long that took, s."""
        return until(
            lambda: all(self.stage.state(each) == state for each in self.at_fault), within=within
        )

    def met_again(self) -> None:
        """Wait until somebody known from before is known again in each camera at fault.

        Who was in the picture when the fault was mended has only been seen in part, and is not
        asked for.
        """
        now = self.stage.station.now()
        try:
            until(
                lambda: all(self.stage.met_again(each, self.known, now) for each in self.at_fault),
                within=45,
            )
        except AssertionError as late:
            late.add_note(f"known {sorted(self.known)}, mended at {now:.1f} s\n{self.stage.told()}")
            raise

    def said(self, camera: CameraId) -> list[str]:
        """What the log says of one camera, without its name."""
        about = f"camera {camera}: "
        return [told.removeprefix(about) for told in self.log.messages if told.startswith(about)]


@contextmanager
def trial(stage: Stage, log: pytest.LogCaptureFixture, *at_fault: CameraId) -> Iterator[Trial]:
    """A fault of some cameras: what it must not touch is looked at when the block ends."""
    until(stage.all_live, within=20)
    log.set_level(logging.INFO, logger="camweave")
    log.clear()
    others = [camera for camera in NAMES if camera not in at_fault]
    sent = {camera: stage.cameras[camera].shown for camera in others}
    looked = {camera: stage.status(camera)["looked"] for camera in others}
    memory, failures = resident(), stage.station.running.failures
    linker = stage.station.running.linking
    assert linker is not None
    try:
        yield Trial(stage, at_fault, stage.known(), log)
    finally:
        stage.heal()
    for camera in others:
        status, shown = stage.status(camera), stage.cameras[camera].shown - sent[camera]
        rate = f"{camera}: looked at {status['looked'] - looked[camera]} of {shown}"
        assert status["looked"] - looked[camera] >= SHARE * shown - OWED, rate
        assert status["condition"]["state"] == "live"
        assert not [told for told in log.messages if told.startswith(f"camera {camera}: ")]
    grown = resident() - memory
    assert grown < GROWTH, f"{grown >> 20} MiB"
    assert stage.station.running.failures == failures
    assert linker.failures == 0


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Threads and file handles are as before when the block ends."""
    threads, handles = living_threads(), open_handles()
    yield
    until(all_of(lambda: living_threads() <= threads, lambda: open_handles() <= handles), within=10)


def all_of(*conditions: Callable[[], bool]) -> Callable[[], bool]:
    """Whether all of them hold."""
    return lambda: all(each() for each in conditions)
