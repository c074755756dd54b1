"""One camera's reader: a thread that connects, reads, watches, and connects again."""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from threading import Event, Thread
from typing import Final

from camweave.app.runtime.clock_watch import ClockWatch
from camweave.app.runtime.mailbox import Mailbox
from camweave.app.runtime.numbering import Numbering
from camweave.app.runtime.site_clock import SiteClock
from camweave.app.runtime.stillness import Stillness
from camweave.app.runtime.tally import Tally
from camweave.core.backoff import Backoff, Outages
from camweave.core.condition import Condition, State
from camweave.core.errors import CamweaveError, StreamError
from camweave.core.frame import CameraId, Frame
from camweave.sources.streams.stream import Stream

log = logging.getLogger(__name__)

NEEDS_A_PERSON: Final = {"denied", "redirected"}  # time alone mends neither
STOPS_WITHIN: Final = 1.0  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderParams:
    """How a reader watches its camera. Times are seconds."""

    silent_after: float = 4.0  # s without a frame, after which it is not called live
    still_after: float = 10.0  # s of one picture, after which that is said
    backoff: Backoff = field(default_factory=Backoff)


def tell_nobody(condition: Condition) -> None:
    """Hear of a change, and do nothing."""


class Reader:
    """Reads one camera until it is stopped, whatever happens to the camera.

    `connect` makes a connection, not yet open; each is used once. What comes is put into the
    mailbox with the index counted on and a new epoch for every connection, so that nobody takes
    one for the other. A lost connection is made anew after a pause (`Backoff`), as often as it
    takes; a file that ends is the end. `told` hears of every change of state, in the reader's
    thread, and answers fast; the log has one line for each, and none for a vain try.

    A picture that does not change is told as the reason of a live state and not acted upon: the
    frames do come, a scene may be as still as that (a screen, a lens cap, a night that the
    camera's coder has smoothed), and connecting anew would end every track for nothing. What ends
    a connection is that no frame comes.
    """

    def __init__(
        self,
        camera: CameraId,
        connect: Callable[[], Stream],
        mailbox: Mailbox,
        clock: SiteClock,
        *,
        params: ReaderParams | None = None,
        told: Callable[[Condition], None] = tell_nobody,
    ) -> None:
        self.camera = camera
        self.mailbox = mailbox
        self._connect = connect
        self._clock = clock
        self._params = params or ReaderParams()
        self._told = told
        self._tally = Tally(camera, clock.now())
        self._numbering = Numbering()
        self._stillness = Stillness()
        self._clock_watch = ClockWatch()
        self._outages = Outages(self._params.backoff, clock.now())
        self._chance = Random(camera)  # noqa: S311 - spreads pauses, keeps no secret
        self._corrupt = 0  # pictures, of the connections before this one
        self._still = False
        self._stopped = Event()
        self._stream: Stream | None = None
        self._thread = Thread(target=self._run, name=f"reader-{camera}", daemon=True)

    @property
    def condition(self) -> Condition:
        """How the camera fares now."""
        whole = self.mailbox.lossless  # as slow as the line: neither late nor silent
        patience = math.inf if whole else self._params.silent_after
        told = self._tally.condition(self._clock.now(), silent_after=patience)
        stream = self._stream
        return replace(
            told,
            jitter=0.0 if whole else told.jitter,
            dropped=self.mailbox.dropped,
            corrupt=self._corrupt + (stream.corrupt if stream else 0),
            clock_error=stream.clock_error if stream else None,
        )

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def halt(self) -> None:
        """Begin to stop, and wait for nobody: many readers stop side by side."""
        self._stopped.set()
        self.mailbox.close()
        stream = self._stream
        if stream is not None:
            stream.interrupt()

    def stop(self, within: float = STOPS_WITHIN) -> bool:
        """Stop, and wait a little for the thread; whether it has ended.

        A thread that waits for a silent camera inside FFmpeg cannot be woken: it closes the
        connection by itself when the read times out, and until then puts nothing any more.
        """
        self.halt()
        if self._thread.ident is not None:
            self._thread.join(within)
        return not self._thread.is_alive()

    def _run(self) -> None:
        pause: float | None = 0.0
        while pause is not None and not self._stopped.wait(pause):
            pause = self._one_connection()
        self.mailbox.close()
        if self._stopped.is_set():
            self._enter("ended", "stopped")

    def _one_connection(self) -> float | None:
        """From its beginning to its end; seconds to wait before the next, None: there is none."""
        try:
            self._deliver(self._connect())
        except StreamError as error:
            return self._lost(str(error), urgent=error.kind not in NEEDS_A_PERSON)
        except (CamweaveError, OSError) as error:
            return self._lost(str(error), urgent=False)
        except Exception as error:  # whatever it is, this camera alone has it
            return self._lost(f"unexpected {type(error).__name__}", urgent=True, fault=error)
        if not self._stopped.is_set():
            self._enter("ended", "its end is reached")
        return None

    def _deliver(self, stream: Stream) -> None:
        """Put all frames of one connection."""
        self._stream = stream
        try:
            with stream:
                self._tally.connected(stream)
                self._numbering.begin()
                for frame in stream:
                    if self._stopped.is_set():
                        return
                    self._take(frame)
                    self._heed_clock(stream.clock_error)
        finally:
            self._stream = None
            self._corrupt += stream.corrupt

    def _take(self, came: Frame) -> None:
        """Count a frame, say what is new about it, and put it."""
        frame = self._numbering.next(came)
        arrival = self._clock.now()
        resized = self._tally.see(frame, arrival)
        if came.stamp.index == 0:
            self._come_up(arrival, again=frame.stamp.index > 0)
        elif resized:
            height, width = frame.image.shape[:2]
            log.info("camera %s: its picture is %dx%d px now", self.camera, width, height)
        self.mailbox.put(frame)
        if not self.mailbox.lossless:
            self._watch(frame, arrival)

    def _come_up(self, now: float, *, again: bool) -> None:
        """The first frame of a connection is here."""
        self._outages.up(now)
        self._tally.up(again=again)
        self._stillness, self._still = Stillness(), False
        self._enter("live", "")

    def _heed_clock(self, error: float | None) -> None:
        """Say where the camera's own clock goes wrong, and where it is put right."""
        told = self._clock_watch.heed(error)
        if told is not None:
            log.warning("camera %s: %s", self.camera, told)

    def _watch(self, frame: Frame, arrival: float) -> None:
        """Say where the picture has stopped changing, and where it moves again."""
        was_still = self._still
        still_for = self._stillness.see(frame.image, arrival)
        self._still = still_for >= self._params.still_after
        if self._still:
            self._enter("live", f"the picture has not changed for {still_for:.0f} s")
        elif was_still:
            self._enter("live", "")
        if self._still != was_still:
            log.info(
                "camera %s: %s", self.camera, "still picture" if self._still else "it moves again"
            )

    def _lost(self, reason: str, *, urgent: bool, fault: Exception | None = None) -> float | None:
        """Say why; the pause before the next try, or None where there is none."""
        self._enter("reconnecting" if urgent else "failed", reason, fault=fault)
        if self.mailbox.lossless:
            return None  # a recording that breaks off is over
        now, chance = self._clock.now(), self._chance.random()
        return self._outages.down(now, chance=chance, urgent=urgent)

    def _enter(self, state: State, reason: str, *, fault: Exception | None = None) -> None:
        """Be in a state; whoever listens hears of it if it is another one."""
        changed = self._tally.turn(state, reason, self._clock.now())
        if changed is None:
            return
        level = logging.WARNING if state in {"reconnecting", "failed"} else logging.INFO
        log.log(level, "%s", told_as(changed), exc_info=fault)
        try:
            self._told(changed)
        except Exception:  # a camera is not lost because a listener is
            log.exception("camera %s: a listener failed", self.camera)


def told_as(condition: Condition) -> str:
    """A change of state as one line for people."""
    words = f"camera {condition.camera}: {condition.state}"
    if condition.reason:
        return f"{words}: {condition.reason}"
    if condition.state != "live":
        return words
    declared = f", {condition.declared_fps:g} frames/s" if condition.declared_fps else ""
    codec = f" {condition.codec}" if condition.codec else ""
    return f"{words}: {condition.width}x{condition.height}{codec}{declared}"
