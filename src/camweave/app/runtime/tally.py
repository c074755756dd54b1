"""What a reader has seen so far; everybody may ask it how the camera fares."""

import math
from dataclasses import replace
from threading import Lock
from typing import Final

from camweave.app.runtime.meter import Meter
from camweave.core.condition import Condition, State
from camweave.core.frame import CameraId, Frame
from camweave.sources.streams.stream import Stream

FEW: Final = 3  # frames that a slow camera may owe before it is called silent


class Tally:
    """One camera's `Condition` in the making: written by its reader, read by anybody."""

    def __init__(self, camera: CameraId, now: float) -> None:
        self._lock = Lock()
        self._meter = Meter()
        self._condition = Condition(camera=camera, state="starting", since=now)
        self._arrival: float | None = None  # s: of the newest frame

    def condition(self, now: float, *, silent_after: float) -> Condition:
        """How it fares at `now`; a live camera that is silent is not called live for long."""
        with self._lock:
            told = replace(
                self._condition,
                delivered_fps=self._meter.fps(now),
                jitter=self._meter.jitter(),
            )
            arrival = now if self._arrival is None else self._arrival
        patience = max(silent_after, FEW / (told.declared_fps or math.inf))
        if told.state == "live" and now - arrival > patience:
            reason = f"no frame for {now - arrival:.0f} s"
            return replace(told, state="reconnecting", reason=reason, since=arrival)
        return told

    def turn(self, state: State, reason: str, now: float) -> Condition | None:
        """Enter a state; the new condition, or None where nothing but the words has changed."""
        with self._lock:
            before = self._condition
            since = before.since if state == before.state else now
            self._condition = replace(before, state=state, reason=reason, since=since)
            return None if state == before.state else self._condition

    def connected(self, stream: Stream) -> None:
        """A connection stands; no frame of it has come yet."""
        with self._lock:
            self._condition = replace(
                self._condition, codec=stream.codec, declared_fps=stream.info.declared_fps
            )
            self._meter.restart()

    def see(self, frame: Frame, arrival: float) -> bool:
        """Count one frame that is put; whether its size is another one than before."""
        height, width = frame.image.shape[:2]
        with self._lock:
            resized = self._condition.width is not None and self._size() != (width, height)
            self._arrival = arrival
            self._meter.see(captured=frame.stamp.time, arrival=arrival)
            self._condition = replace(
                self._condition,
                epoch=frame.stamp.epoch,
                width=width,
                height=height,
                frames=self._condition.frames + 1,
                newest=frame.stamp.time,
            )
            return resized

    def up(self, *, again: bool) -> None:
        """A connection has brought its first frame; `again`: not the first one that did."""
        with self._lock:
            self._condition = replace(
                self._condition, reconnects=self._condition.reconnects + again
            )

    def _size(self) -> tuple[int | None, int | None]:
        return self._condition.width, self._condition.height
