"""A reader at work in a test: what it puts is taken at once and noted down."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition as Changed
from threading import Thread
from types import TracebackType
from typing import Self

from tests.support.rtsp.film import number_in

from camweave.app.runtime.mailbox import Mailbox
from camweave.app.runtime.reader import Reader, ReaderParams
from camweave.app.runtime.site_clock import SiteClock
from camweave.core.condition import Condition
from camweave.core.frame import CameraId, Stamp
from camweave.sources.streams.stream import Stream


@dataclass(frozen=True, slots=True)
class Noted:
    """One frame that came."""

    stamp: Stamp
    number: int  # that a picture of the test camera says
    size: tuple[int, int]  # px: width, height
    taken: float  # s on the site's clock


class Watching:
    """Reads one camera while its `with` block lasts."""

    def __init__(
        self,
        connect: Callable[[SiteClock], Stream],
        *,
        params: ReaderParams | None = None,
        camera: str = "cam",
        clock: SiteClock | None = None,
    ) -> None:
        self.clock = clock or SiteClock()
        self.noted: list[Noted] = []
        self.told: list[Condition] = []
        self._changed = Changed()
        self.mailbox = Mailbox(self._changed)
        self.reader = Reader(
            CameraId(camera),
            lambda: connect(self.clock),
            self.mailbox,
            self.clock,
            params=params,
            told=self.told.append,
        )
        self._taker = Thread(target=self._take, name="taker", daemon=True)

    @property
    def condition(self) -> Condition:
        """How the camera fares."""
        return self.reader.condition

    @property
    def states(self) -> list[str]:
        """The states it went through, in order."""
        return [condition.state for condition in self.told]

    def since(self, time: float) -> list[Noted]:
        """What was taken from `time` on."""
        return [noted for noted in self.noted if noted.taken >= time]

    def __enter__(self) -> Self:
        self.reader.start()
        self._taker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.reader.stop()
        self._taker.join(10)

    def _take(self) -> None:
        while not self.mailbox.drained:
            frame = self.mailbox.newest()
            if frame is None:
                with self._changed:
                    self._changed.wait(0.05)
                continue
            height, width = frame.image.shape[:2]
            self.noted.append(
                Noted(frame.stamp, number_in(frame.image), (width, height), self.clock.now())
            )
