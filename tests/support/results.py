"""A site whose results a test publishes itself; each picture tells its number."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from camweave.broker.broker import Broker
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.sites import announce
from camweave.broker.topology import Topology, key
from camweave.core.detections import Detections
from camweave.core.events import Event
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import GlobalId, Tracks
from camweave.formats.messages.ends import EndOfStream, pack_end
from camweave.formats.messages.events import WhoIsWho, pack_events
from camweave.formats.messages.packed import Address, Packed
from camweave.formats.messages.pictures import picture_bytes
from camweave.formats.messages.results import Found, pack_found
from camweave.formats.messages.sites import SiteNotice

SIZE = (320, 192)  # px
BITS, SIDE = 12, 16  # of a picture's number, and px of each, in the lowest rows
PAPER = 110


def picture(number: int) -> npt.NDArray[np.uint8]:
    """(H, W, 3) that tells its number."""
    image = np.full((SIZE[1], SIZE[0], 3), PAPER, np.uint8)
    for bit in range(BITS):
        image[-SIDE:, bit * SIDE : (bit + 1) * SIDE] = 255 * (number >> bit & 1)
    return image


def number_in(image: npt.NDArray[np.uint8]) -> int:
    """What a picture tells."""
    row = image[-SIDE // 2, SIDE // 2 : BITS * SIDE : SIDE].mean(axis=-1)
    return int(sum(1 << bit for bit, light in enumerate(row) if light > 127))


def notice(
    site: str, *cameras: str, run: str = "r1", lossless: bool = True, linked: bool = True
) -> SiteNotice:
    """What is told of such a site."""
    sections: Mapping[str, object] = {} if linked else {"linker": None}
    began = "1970-01-01T00:00:00+00:00" if lossless else "2026-03-01T12:00:00+00:00"
    named = [{"name": camera} for camera in cameras]
    return SiteNotice(Address(site, run), lossless, began, named, sections)


def found(
    address: Address, camera: str, index: int, time: float | None = None, *, epoch: int = 0
) -> Packed:
    """A frame with one object that walks: track 1, from the left to the right."""
    at = Stamp(index / 10 if time is None else time, CameraId(camera), index, epoch)
    left = 20.0 + 3 * (index % 70)
    box = np.array([[left, 60, left + 40, 140]], np.float32)
    one = np.ones(1, np.float32)
    detections = Detections(at, box, one * 0.9, np.zeros(1, np.int32))
    tracks = Tracks(at, np.array([1]), box, one * 0.9, np.zeros(1, np.int32), np.array([0]))
    body = picture_bytes(picture(index), "jpeg", 90)
    return pack_found(Found(address, SIZE, detections, tracks, ("person",), picture=body))


class Results:
    """Publishes the results of a site. Open it with `with`."""

    def __init__(self, broker: Broker, told: SiteNotice) -> None:
        self.address = told.address
        self._broker, self._told = broker, told
        topology = Topology(site=told.address.site, lossless=told.lossless)
        declaration = topology.following()
        params = PublisherParams(lossless=told.lossless)
        self._publisher = Publisher(broker, topology.results.name, declaration, params)

    def __enter__(self) -> "Results":
        announce(self._broker, self._told)
        self._publisher.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._publisher.flush(20)
        self._publisher.__exit__()

    def frames(
        self,
        camera: str,
        indices: Iterable[int],
        times: Mapping[int, float] | None = None,
        *,
        epoch: int = 0,
    ) -> None:
        """Send these frames."""
        for index in indices:
            time = None if times is None else times[index]
            self.send(found(self.address, camera, index, time, epoch=epoch))

    def send(self, result: Packed) -> None:
        """Send a frame's result as it is."""
        self._send(result, str(result.headers["camera"]), "found")

    def end(self, camera: str, frames: int) -> None:
        """Nothing comes from a camera any more."""
        end = EndOfStream(self.address, CameraId(camera), 0, frames, "the file is over")
        self._send(pack_end(end), camera, "end")

    def who(
        self,
        time: float,
        *events: Event,
        shown: Mapping[str, Mapping[int, int]],
        over: bool = False,
    ) -> None:
        """The linker has spoken."""
        known = {
            CameraId(camera): {track: GlobalId(who) for track, who in own.items()}
            for camera, own in shown.items()
        }
        told = WhoIsWho(self.address, time, events, known, over)
        self._send(pack_events(told), "site", "events")

    def flush(self) -> None:
        """Until all of it is there."""
        assert self._publisher.flush(20)

    def _send(self, packed: Packed, camera: str, kind: str) -> None:
        self._publisher.publish(packed, key(CameraId(camera), kind), keep=True)
