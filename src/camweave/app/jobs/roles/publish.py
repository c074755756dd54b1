"""`camweave publish`: a site's frames to whoever works on them."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Final

from camweave.app.build.streams import make_stream
from camweave.app.jobs.live.intake import Intake
from camweave.app.jobs.live.start import intake_of, playing_of
from camweave.app.jobs.roles.figures import Queues, of_broker
from camweave.app.jobs.roles.notices import notice_of, store_in
from camweave.app.jobs.roles.reaching import broker_at, entered, persistently
from camweave.app.jobs.roles.resuming import Before, before_in
from camweave.app.runtime.board import Board
from camweave.app.runtime.figures import of_conditions
from camweave.app.runtime.reader import tell_nobody
from camweave.app.runtime.site_clock import MediaClock, SiteClock
from camweave.app.site.model import Site
from camweave.app.site.written import Written
from camweave.broker.publisher import Publisher, PublisherParams
from camweave.broker.sites import announce
from camweave.broker.topology import Topology
from camweave.core.condition import Condition
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame
from camweave.core.station import Figure
from camweave.formats.messages.ends import EndOfStream, pack_end
from camweave.formats.messages.frames import pack_frame, sent_frame
from camweave.formats.messages.packed import Address
from camweave.formats.messages.pictures import Codec

log = logging.getLogger(__name__)

LIVE: Final = "live"
GOODBYE: Final = 3.0  # s in which what was sent last arrives, when somebody ends it


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishParams:
    """How a site is published."""

    lossless: bool = False  # every frame of files; else the newest, in step, as `live` looks at it
    run: str | None = None  # its name: one that there is goes on; None: the date, live: "live"
    codec: Codec = "jpeg"
    partitions: int = 0  # queues that all cameras share; 0: each has its own
    frame_queue: str | None = None  # names, instead of camweave.SITE.frames and .results
    results_queue: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What came of it."""

    run: str
    sent: Mapping[CameraId, int]  # frames
    skipped: int  # frames that were worked on before
    dropped: int  # frames that nobody took in time
    seconds: float  # s of wall time
    refused: Mapping[CameraId, int] = field(default_factory=dict)  # frames too large for a message
    interrupted: bool = False  # somebody ended it


@dataclass(slots=True)
class Sending:
    """Packs a run's frames and ends, and counts them."""

    address: Address
    publisher: Publisher
    params: PublishParams
    before: Before
    frames: dict[CameraId, int] = field(default_factory=dict)  # so far, those of before included
    epochs: dict[CameraId, int] = field(default_factory=dict)
    ended: set[CameraId] = field(default_factory=set)
    skipped: int = 0
    refused: dict[CameraId, int] = field(default_factory=dict)

    def frame(self, came: Frame) -> None:
        """The next frame of a camera."""
        camera = came.stamp.camera
        self.frames[camera] = self.frames.get(camera, 0) + 1
        if self.params.lossless and self.before.has(came.stamp):
            self.skipped += 1
            return
        epoch = came.stamp.epoch if self.params.lossless else self.before.after(came.stamp)
        frame = Frame(replace(came.stamp, epoch=epoch), came.image)
        self.epochs[camera] = epoch
        try:
            sent = sent_frame(frame, self.address, codec=self.params.codec)
        except InputError as error:
            self._refuse(camera, error)
        else:
            self.publisher.publish(pack_frame(sent), camera)

    def _refuse(self, camera: CameraId, error: InputError) -> None:
        """A frame that cannot be a message is left out; told once for each camera."""
        if camera not in self.refused:
            log.error("publish: left out, and others like it: %s", error)
        self.refused[camera] = self.refused.get(camera, 0) + 1

    def figures(self) -> Iterator[Figure]:
        """How many frames went where."""
        labels = (("site", self.address.site),)
        refused = sum(dict(self.refused).values())
        sent = sum(dict(self.frames).values()) - self.skipped - refused
        for name, words, value in (
            ("frames_published_total", "Frames that were given to RabbitMQ.", sent),
            ("frames_skipped_total", "Frames that the store has from before.", self.skipped),
            ("frames_left_out_total", "Frames too large for a message.", refused),
        ):
            yield Figure(name=name, help=words, value=value, labels=labels)

    def end(self, camera: CameraId, reason: str) -> None:
        """No frame of this camera comes any more; said once."""
        if camera in self.ended:
            return
        self.ended.add(camera)
        epoch, frames = self.epochs.get(camera, 0), self.frames.get(camera, 0)
        end = EndOfStream(self.address, camera, epoch, frames, reason)
        self.publisher.publish(pack_end(end), camera, keep=True)


def run_publish(
    written: Written,
    url: str | None,
    params: PublishParams | None = None,
    *,
    say: Callable[[str], None] = lambda _: None,
    board: Board | None = None,
) -> Published:
    """Publish a site's frames until all its files are over, or it is interrupted.

    A lossless run that was interrupted, or killed, goes on under the same name: frames that the
    store has are not sent again. A live one goes on with new epochs. How it goes is on the board.

    Raises:
        CamweaveError: it cannot be started.
    """
    began_at, params = monotonic(), params or PublishParams()
    site = written.site
    address = Address(site.site, params.run or usual_run(lossless=params.lossless))
    before = before_in(store_in(site), address)
    clock = SiteClock(before.gone if not params.lossless else 0.0)
    cameras = [CameraId(each.name) for each in site.cameras]
    topology = topology_of(site, params)
    with broker_at(url) as broker:
        notice = notice_of(
            written,
            address,
            lossless=params.lossless,
            began=date_of(params, before, clock),
            topology=topology,
        )
        publisher = Publisher(
            broker,
            topology.frames.name,
            topology.declaration(cameras),
            PublisherParams(lossless=params.lossless, fresh=topology.bounds.fresh),
            lanes=topology.frame_lanes(cameras),
        )
        with entered(publisher), reading(site, clock, lossless=params.lossless) as intake:
            persistently(lambda: announce(broker, notice))  # now that no other kind has its queues
            say(f"{site.site}: run {address.run}, {len(cameras)} cameras  (Ctrl-C ends it)")
            sending = Sending(address, publisher, params, before)
            queues = Queues(broker, topology, cameras, publisher.oldest)
            tell_how_it_goes(board or Board(), sending, intake, queues)
            interrupted = sent_all(intake, sending)
            dropped = publisher.numbers().dropped
    return Published(
        run=address.run,
        sent=dict(sending.frames),
        skipped=sending.skipped,
        dropped=dropped + sum(each.dropped for each in intake.conditions().values()),
        seconds=round(monotonic() - began_at, 3),
        refused=dict(sending.refused),
        interrupted=interrupted,
    )


def tell_how_it_goes(board: Board, sending: Sending, intake: Intake, queues: Queues) -> None:
    """Put the figures of a publisher on the board."""
    site, broker = sending.address.site, queues.broker
    board.add(sending.figures)
    board.add(lambda: of_conditions(intake.conditions().values(), (("site", site),)))
    board.add(lambda: of_broker(broker.health(), site), lambda: broker.health().trouble)
    board.add(queues.figures)


def date_of(params: PublishParams, before: Before, clock: SiteClock) -> datetime:
    """The date at 0 of the clock that stamps its frames."""
    if params.lossless:
        return MediaClock.began
    return clock.began if before.began is None else datetime.fromtimestamp(before.began, UTC)


def usual_run(*, lossless: bool) -> str:
    """A recording is a run of its own; what cameras see goes on, and so do numbers and clock."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S") if lossless else LIVE


def topology_of(site: Site, params: PublishParams) -> Topology:
    """The exchanges and queues that a site is published to."""
    return Topology(
        site=site.site,
        lossless=params.lossless,
        partitions=params.partitions,
        frame_queue=params.frame_queue,
        results_queue=params.results_queue,
    )


@contextmanager
def reading(site: Site, clock: SiteClock, *, lossless: bool) -> Iterator[Intake]:
    """All cameras of a site, read until the block ends."""
    intake, playing = (
        intake_of(site, clock, lossless=lossless),
        playing_of(site, clock, lossless=lossless),
    )
    connections = {CameraId(each.name): make_stream(each, playing) for each in site.cameras}
    try:
        for camera, connect in connections.items():
            intake.add(camera, connect, told=tell_nobody)
        yield intake
    finally:
        intake.stop()


def sent_all(intake: Intake, sending: Sending) -> bool:
    """Send what comes until all is over; whether somebody ended it before."""
    try:
        over = False
        while not over:
            tick = intake.next()
            for frame in tick.frames:
                sending.frame(frame)
            for camera, condition in intake.ended().items():
                sending.end(camera, _why(condition))
            over = tick.over
        sending.publisher.flush()
    except KeyboardInterrupt:
        intake.halt()
        if not sending.params.lossless:  # else it goes on under the same name
            for camera in intake.conditions():
                sending.end(camera, "stopped")
        if not sending.publisher.flush(GOODBYE):
            log.warning("publish: the broker does not take what was sent last")
        return True
    return False


def _why(condition: Condition) -> str:
    return condition.reason or condition.state
