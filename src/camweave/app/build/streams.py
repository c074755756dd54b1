"""Makes connections to a camera's source."""

from collections.abc import Callable
from dataclasses import dataclass

from camweave.app.build.sources import make_source
from camweave.app.runtime.site_clock import SiteClock
from camweave.app.site.model import Camera
from camweave.core.stages import Source
from camweave.sources.streams.address import PROTOCOLS
from camweave.sources.streams.av_stream import AvStream
from camweave.sources.streams.pace import Pace
from camweave.sources.streams.paced import Lossless, Paced
from camweave.sources.streams.stream import Stream
from camweave.sources.streams.usb_stream import UsbStream, device_number


@dataclass(frozen=True, slots=True)
class Playing:
    """How the sources of one run are played."""

    clock: SiteClock
    pace: Pace  # of files, as if live
    loop: bool = False  # a file begins again at its end
    lossless: bool = False  # every frame of every file, as fast as they are taken


def make_stream(camera: Camera, playing: Playing) -> Callable[[], Stream]:
    """A function that makes a new connection to a camera, not yet open.

    Raises:
        SourceError: the address is none, or there is no such file.
    """
    source, clock = camera.source, playing.clock
    device = device_number(source)
    if device is not None:
        return lambda: UsbStream(device, camera=camera.name, now=clock.now, offset=camera.offset)
    if source.partition("://")[0].lower() in PROTOCOLS and "://" in source:
        return lambda: AvStream(
            source,
            camera=camera.name,
            now=clock.now,
            began=clock.began.timestamp(),
            offset=camera.offset,
            params=camera.stream,
        )

    def file() -> Source:
        return make_source(source, camera=camera.name, fps=camera.fps, offset=camera.offset)

    file()  # what is wrong with the name is told before anything runs
    if playing.lossless:
        return lambda: Lossless(file())
    return lambda: Paced(file, playing.pace, loop=playing.loop)
