"""How much a log of results holds of some cameras of a run, heard message by message."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from camweave.app.jobs.roles.compile_ids import Owners
from camweave.broker.client import Taken
from camweave.broker.seen import Seen
from camweave.core.frame import CameraId, Stamp
from camweave.formats.messages import ends, events, results
from camweave.formats.messages.packed import kind_of, opened


@dataclass(slots=True)
class Reel:
    """What there is of one camera."""

    frames: int = 0
    first: Stamp | None = None
    last: Stamp | None = None
    gap: int | None = None  # number of the first frame that was passed over
    end: ends.EndOfStream | None = None  # None: it goes on, as far as is known

    def add(self, stamp: Stamp) -> None:
        """Count one frame."""
        same = self.last is None or stamp.epoch == self.last.epoch
        if self.gap is None and same and stamp.index != self.next:
            self.gap = self.next
        self.first = self.first or stamp
        self.last, self.frames = stamp, self.frames + 1

    @property
    def next(self) -> int:
        """The number of the frame that follows."""
        return 0 if self.last is None else self.last.index + 1

    @property
    def total(self) -> int | None:
        """How many frames there are in all; None while unknown."""
        return None if self.end is None else self.end.frames

    @property
    def fps(self) -> float | None:
        """Frames/s on average; None while unknown."""
        if self.first is None or self.last is None or self.last.time <= self.first.time:
            return None
        return (self.frames - 1) / (self.last.time - self.first.time)

    @property
    def lacking(self) -> str:
        """What is missing, in a few words; empty: nothing, as far as is known."""
        if not self.frames and self.total != 0:
            return "no frame of it is there"
        if self.total is None or self.frames >= self.total:
            return ""
        missing, first = self.total - self.frames, self.next if self.gap is None else self.gap
        return f"{missing} of {self.total} frames missing, the first is frame {first}"


@dataclass(slots=True, kw_only=True)
class Survey:
    """What was heard of these cameras so far; of whatever else the log holds, nothing is kept."""

    run: str
    cameras: Sequence[CameraId]
    reels: dict[CameraId, Reel] = field(init=False)
    owners: Owners = field(init=False)
    shown: events.Shown = field(default_factory=dict)  # as the linker told last
    told: bool = False  # the linker was heard
    settled: bool = False  # it has had its last word
    begin: int | None = None  # the log's number of the first message that was of use
    last: int = -1  # of the last one
    _seen: Seen = field(default_factory=Seen)
    _seq: int = 0  # of the last event

    def __post_init__(self) -> None:
        self.reels = {camera: Reel() for camera in self.cameras}
        self.owners = Owners(self.cameras)

    @property
    def frames(self) -> int:
        """How many frames were heard of."""
        return sum(reel.frames for reel in self.reels.values())

    @property
    def ended(self) -> bool:
        """Whether no frame will come any more."""
        return all(reel.end is not None for reel in self.reels.values())

    @property
    def lacking(self) -> dict[CameraId, str]:
        """What is missing, in a few words, of the cameras of which something is."""
        lacks = {camera: reel.lacking for camera, reel in self.reels.items()}
        return {camera: lack for camera, lack in lacks.items() if lack}

    def hear(self, number: int, taken: Taken) -> Stamp | None:
        """Take in a message of the log; its stamp, if it is a frame that was not there before.

        Raises:
            FileFormatError: it is of our run, and cannot be read.
        """
        headers = taken.headers
        kind = kind_of(headers) if headers.get("run") == self.run else ""
        if kind != events.KIND and headers.get("camera") not in self.reels:
            return None
        stamp = None
        match kind:
            case events.KIND:
                self._hear_linker(events.read_events(headers, taken.body))
            case ends.KIND:
                end = ends.read_end(headers, taken.body)
                self.reels[end.camera].end = end
            case results.KIND:
                stamp = self._new(taken)
            case _:
                return None
        self.begin = number if self.begin is None else self.begin
        self.last = number
        return stamp

    def _new(self, taken: Taken) -> Stamp | None:
        stamp = opened(taken.headers, taken.body, results.KIND, results.VERSION).stamp()
        if not self._seen.new(stamp):
            return None
        self.reels[stamp.camera].add(stamp)
        return stamp

    def _hear_linker(self, told: events.WhoIsWho) -> None:
        self.told, self.shown = True, told.shown
        self.settled = self.settled or told.over
        fresh = [event for event in told.events if event.seq > self._seq]
        self.owners.hear(fresh)  # a linker that was started anew may tell again what it told
        self._seq = fresh[-1].seq if fresh else self._seq
