"""Filming in a process of its own: rendering and looking would wait for each other in one."""

import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread
from typing import Final, Self

import numpy as np

from camweave.app.build.streams import Playing
from camweave.app.jobs.demo.known_world import Known, KnownWorld, known_of
from camweave.app.site.model import Camera
from camweave.core.errors import SourceError
from camweave.core.frame import Frame, SourceInfo, Stamp
from camweave.sources.streams.paced import Paced
from camweave.sources.streams.stream import Stream
from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.source import SyntheticSource

WITHIN: Final = 1.0  # s that its process has to end


class Studio:
    """Films all cameras of a scenario, over and over. Open it with `with`.

    What comes with each frame is put into `known` before the frame is handed out.
    """

    def __init__(self, world: Scenario, known: KnownWorld) -> None:
        self.world, self.known = world, known
        self.over = False  # nobody is to be told that the frames end
        context = get_context("spawn")
        pipes = {spec.name: context.Pipe(duplex=False) for spec in world.cameras}
        self.wires = {name: receiving for name, (receiving, _) in pipes.items()}
        self._senders = {name: sending for name, (_, sending) in pipes.items()}
        self._process = context.Process(
            target=film_all, args=(world, self._senders), name="studio", daemon=True
        )

    def __enter__(self) -> Self:
        self._process.start()
        for sender in self._senders.values():
            sender.close()  # its own end is the only one: when it is gone, we are told
        return self

    def __exit__(self, *_: object) -> None:
        self.over = True
        self._process.terminate()
        self._process.join(WITHIN)
        for wire in self.wires.values():
            wire.close()

    def stream(self, camera: Camera, playing: Playing) -> Callable[[], Stream]:
        """What makes a connection to a camera, which is played as if live."""
        return lambda: Paced(
            lambda: Take(self, camera.name, offset=camera.offset), playing.pace, loop=True
        )


class Take:
    """One round of one camera: the frames of a `SyntheticSource`, as they come from the studio."""

    def __init__(self, studio: Studio, name: str, *, offset: float) -> None:
        source = SyntheticSource(studio.world, name, offset=offset)
        self.info: SourceInfo = source.info
        self._times: list[float] = source.times.tolist()
        self._studio, self._wire, self._known = studio, studio.wires[name], studio.known
        self._known.frames[self.info.camera] = len(self._times)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """The next round comes over the same wire."""

    def __iter__(self) -> Iterator[Frame]:
        shape = (self.info.height, self.info.width, 3)
        for index, time in enumerate(self._times):
            try:
                known: Known = self._wire.recv()
                image = np.frombuffer(self._wire.recv_bytes(), np.uint8).reshape(shape)
            except (EOFError, OSError):
                if self._studio.over:
                    return
                raise SourceError(f"camera {self.info.camera}: nobody films it any more") from None
            self._known.put(self.info.camera, index, known)
            yield Frame(Stamp(time, self.info.camera, index), image)


def film_all(world: Scenario, wires: dict[str, Connection]) -> None:
    """The studio's process: film until nobody listens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who watches
    threads = [Thread(target=film, args=(world, name, wire)) for name, wire in wires.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def film(world: Scenario, name: str, wire: Connection) -> None:
    """Send a camera's frames, each after what is known of it; the pipe sets the pace."""
    source = SyntheticSource(world, name)
    with suppress(BrokenPipeError):
        while True:
            with source:
                for frame, known in zip(source, known_of(world, source.spec), strict=True):
                    wire.send(known)
                    wire.send_bytes(frame.image.reshape(-1).data)
