"""All who look at pictures: however many they are, each camera is watched once for all of them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TypeAlias

from camweave.core.frame import CameraId
from camweave.core.picture import Picture, Pictures, Watch, rung
from camweave.web.multipart import part

Key: TypeAlias = tuple[CameraId, int | None]  # at most so many px wide


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceParams:
    """Limits that keep many viewers, and slow ones, from doing harm."""

    viewers: int = 256  # open streams and pages; more are turned away
    patience: float = 10.0  # s that a viewer may leave a picture unread


@dataclass(slots=True)
class Tally:
    """What became of the viewers since the start."""

    viewers: int = 0  # now
    refused: int = 0  # came when the house was full
    cut: int = 0  # read nothing for too long
    sent: int = 0  # pictures
    skipped: int = 0  # pictures that a slow viewer did not get


class Channel:
    """One camera at one width, as the loop knows it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, began: float) -> None:
        self.picture: Picture | None = None
        self.count = 0  # pictures so far
        self.over = False
        self.seats: dict[object, Callable[[], None]] = {}
        self.open = ExitStack()
        self._loop = loop
        self._began = began
        self._watch: Watch | None = None
        self._part: tuple[Picture, bytes] | None = None

    def begin(self, pictures: Pictures, key: Key) -> None:
        """Start to watch.

        Raises:
            KeyError: there is no such camera.
        """
        camera, width = key
        self._watch = self.open.enter_context(pictures.watch(camera, self._wake, width=width))
        self._pull()

    def part(self, picture: Picture) -> bytes:
        """The picture as a part of an MJPEG stream: made once, the same bytes for everybody."""
        if self._part is None or self._part[0] is not picture:
            self._part = picture, part(picture, self._began)
        return self._part[1]

    def _wake(self) -> None:
        """Called from another thread."""
        with suppress(RuntimeError):  # the loop has closed: nobody is left to be woken
            self._loop.call_soon_threadsafe(self._pull)

    def _pull(self) -> None:
        """Take the newest picture and tell everybody."""
        if self._watch is None:
            return
        newest, self.over = self._watch.newest(), self._watch.over
        if newest is not self.picture:
            self.picture = newest
            self.count += 1
        elif not self.over:
            return
        for notify in tuple(self.seats.values()):
            notify()


class Audience:
    """Everybody who watches, within one event loop; nothing of it is touched from outside."""

    def __init__(
        self,
        pictures: Pictures,
        *,
        began: float = 0.0,
        now: Callable[[], float] | None = None,
        params: AudienceParams | None = None,
    ) -> None:
        """See `camweave.web.app.make_app`."""
        self.pictures = pictures
        self.began = began
        self.now = now
        self.params = params or AudienceParams()
        self.tally = Tally()
        self.closed = False
        self._channels: dict[Key, Channel] = {}
        self._seats: dict[object, Callable[[], None]] = {}

    def close(self) -> None:
        """Tell everybody to go: the server is about to stop."""
        self.closed = True
        for notify in tuple(self._seats.values()):
            notify()

    def has_room(self) -> bool:
        """Whether one more viewer may come in; one who may not is counted."""
        room = self.tally.viewers < self.params.viewers and not self.closed
        self.tally.refused += not room
        return room

    @contextmanager
    def viewer(self, notify: Callable[[], None]) -> Iterator[None]:
        """Count one viewer until the block ends; `notify` is called when all have to go."""
        seat = object()
        self._seats[seat] = notify
        self.tally.viewers += 1
        try:
            yield
        finally:
            self.tally.viewers -= 1
            del self._seats[seat]

    @contextmanager
    def watch(
        self, camera: CameraId, width: int | None, notify: Callable[[], None]
    ) -> Iterator[Channel]:
        """Watch a camera until the block ends; `notify` is called in the loop for each picture.

        Raises:
            KeyError: there is no such camera.
        """
        key, seat = (camera, rung(width)), object()
        channel = self._channels.get(key)
        if channel is None or channel.over:
            channel = Channel(asyncio.get_running_loop(), self.began)
            channel.begin(self.pictures, key)
            self._channels[key] = channel
        channel.seats[seat] = notify
        try:
            yield channel
        finally:
            del channel.seats[seat]
            if not channel.seats:
                channel.open.close()
                if self._channels.get(key) is channel:
                    del self._channels[key]

    async def snapshot(
        self, camera: CameraId, width: int | None, patience: float = 2.0
    ) -> Picture | None:
        """The newest picture, encoded now if it must be; None where that takes too long.

        Raises:
            KeyError: there is no such camera.
        """
        come = asyncio.Event()
        with self.watch(camera, width, come.set) as channel:
            if channel.picture is None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(come.wait(), patience)
            return channel.picture
