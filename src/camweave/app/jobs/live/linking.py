"""The linker's own thread: it takes snapshots at instants, and publishes who is who."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from queue import Queue
from threading import Lock, Thread
from types import MappingProxyType
from typing import Any, Final, Self, TypeVar

from camweave.app.jobs.live.errands import Errand
from camweave.app.jobs.live.gathering import Instant
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.tracks import GlobalId
from camweave.linking.live.live import LiveLinker
from camweave.linking.registry.registry import Registry

log = logging.getLogger(__name__)

T = TypeVar("T")
Shown = Mapping[CameraId, Mapping[int, GlobalId]]

WITHIN: Final = 1.0  # s that the end waits for a pass
NOBODY: Final[Shown] = MappingProxyType({})


class Linking:
    """Links a site in a thread of its own. Open it with `with`; it ends with the block.

    Any thread may read `shown`: what the last pass decided, a value that never changes. Only the
    linker's own thread touches the linker; other threads have it call functions with `ask`.
    """

    def __init__(
        self, linker: LiveLinker, hear: Callable[[tuple[Event, ...]], None] = lambda _: None
    ) -> None:
        """`hear` is called, in the linker's thread, with the events of each pass and correction."""
        self._linker, self._hear = linker, hear
        self._waiting: Queue[Instant | Errand[Any] | None] = Queue()
        self._lock = Lock()
        self._over = False  # nobody takes from the queue any more
        self._thread = Thread(target=self._run, name="linker", daemon=True)
        self._failing = self._ending = False
        self.shown = NOBODY  # of each camera: track id to global id; pending tracks are left out
        self.failures = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End after the pass that is being made; instants that wait are dropped."""
        self._ending = True
        self._waiting.put(None)
        self._thread.join(WITHIN)  # a pass is not interrupted; the thread ends with the process

    @property
    def backlog(self) -> int:
        """How many instants wait."""
        return self._waiting.qsize()

    def tell(self, instant: Instant) -> None:
        """Hand over what was seen before an instant; they must come in order of time."""
        self._waiting.put(instant)

    def ask(self, work: Callable[[LiveLinker], T]) -> "Future[T]":
        """Have `work` called between two passes; its result or error will be in the future.

        Once the linker has ended, the future is cancelled.
        """
        errand = Errand(lambda: work(self._linker))
        with self._lock:
            if self._over:
                errand.cancel()
            else:
                self._waiting.put(errand)
        return errand.future

    def correct(
        self, say: Callable[[Registry, float], tuple[Event, ...]]
    ) -> "Future[tuple[Event, ...]]":
        """Have a correction made; its events are heard like any others, and shown at once.

        `say` is called with the registry and the linker's time, s, and returns the events.
        """

        def corrected(linker: LiveLinker) -> tuple[Event, ...]:
            events = linker.correct(say)
            self._publish(events)
            return events

        return self.ask(corrected)

    def replace(self, make: Callable[[LiveLinker], LiveLinker]) -> "Future[None]":
        """Go on with what `make` returns for the current linker; on an error, with that one."""

        def replaced(linker: LiveLinker) -> None:
            self._linker = make(linker)

        return self.ask(replaced)

    def settle(self) -> None:
        """Wait until all instants so far are linked."""
        self.ask(lambda _: None).result()

    def _run(self) -> None:
        while (told := self._waiting.get()) is not None:
            try:
                if isinstance(told, Instant) and self._ending:
                    continue
                if isinstance(told, Instant):
                    self._publish(self._linker.link(told.snapshots, told.time))
                else:
                    told.run()
            except Exception:
                self.failures += 1
                if not self._failing:  # once, until it goes well again
                    log.exception("linker: a pass failed; who was known stays known")
                self._failing = True
            else:
                self._failing = False
        self._end()

    def _end(self) -> None:
        """Cancel what was asked too late."""
        with self._lock:
            self._over = True
        while not self._waiting.empty():
            late = self._waiting.get()
            if isinstance(late, Errand):
                late.cancel()

    def _publish(self, events: tuple[Event, ...]) -> None:
        shown = {camera: self._linker.shown(camera) for camera in self._linker.cameras}
        self.shown = MappingProxyType(shown)
        if events:
            self._hear(events)
