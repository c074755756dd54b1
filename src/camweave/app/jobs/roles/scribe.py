"""Writes what came of frames, and tells it, while the next frames are looked at.

What comes while a transaction is under way goes into the next one together: of a worker that is
quick the store is asked less often than once a frame, and of a slow one at once.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from threading import Condition, Thread
from typing import Final, Self

from camweave.app.jobs.roles.bench import Bench, Held, Note
from camweave.app.jobs.roles.work_tally import WorkTally
from camweave.broker.delivery import Delivery
from camweave.broker.publisher import Publisher
from camweave.broker.topology import key
from camweave.formats.messages.ends import EndOfStream, pack_end
from camweave.formats.messages.frames import QUALITY, SentFrame
from camweave.formats.messages.packed import Packed
from camweave.formats.messages.pictures import picture_bytes

log = logging.getLogger(__name__)

MOST: Final = 256  # entries that wait, and that are written at once


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A frame in hand."""

    delivery: Delivery
    sent: SentFrame
    held: Held

    @property
    def at(self) -> tuple[int, int]:
        """Which of its camera's."""
        return self.sent.stamp.epoch, self.sent.stamp.index

    def with_picture(self, result: Packed, most: int) -> Packed:
        """The result with the frame as JPEG; the same result, where that has too many bytes."""
        body = self.sent.body
        if self.sent.codec != "jpeg":
            body = picture_bytes(self.sent.decoded(), "jpeg", QUALITY)
        if len(result.body) + len(body) > most:
            return result
        return Packed(result.id, result.headers, result.body + body)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A frame that was looked at: to be written, then told."""

    bench: Bench
    piece: Piece
    note: Note


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """A frame that was written before, whose result may not have arrived: to be told."""

    piece: Piece
    result: Packed


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """A camera's end: to be told."""

    delivery: Delivery
    end: EndOfStream


Entry = Seen | Again | Ended


class Scribe:
    """Takes entries in their order, in a thread of its own while its `with` block lasts.

    What it fails by is raised by the next call; it takes nothing any more then.
    """

    def __init__(self, results: Publisher, tally: WorkTally) -> None:
        """What is done is told to `results`, which nobody else publishes to, and counted."""
        self._results, self._tally = results, tally
        self._waiting: list[Entry] = []
        self._writing = 0  # entries in hand
        self._changed = Condition()
        self._over = False
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, name="scribe", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def add(self, *entries: Entry) -> None:
        """Have these written and told, soon; this waits while too many wait."""
        with self._changed:
            self._changed.wait_for(lambda: self._error or self._left < MOST)
            self.check()
            self._waiting += entries
            self._changed.notify_all()

    def wait(self, within: float | None = None) -> bool:
        """Wait until all that was added is written, and on its way; whether it is."""
        with self._changed:
            self._changed.wait_for(lambda: self._error or not self._left, within)
            self.check()
            return not self._left

    def check(self) -> None:
        """Raise what it failed by."""
        if self._error is not None:
            raise self._error

    @property
    def _left(self) -> int:
        return len(self._waiting) + self._writing

    def _run(self) -> None:
        while (entries := self._next()) and self._error is None:
            try:
                self._write(entries)
            except BaseException as error:  # whoever adds is told
                self._error = error
            with self._changed:
                self._writing = 0
                self._changed.notify_all()

    def _next(self) -> list[Entry]:
        """All that waits, when something does; nothing: it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._waiting)
            entries, self._waiting = self._waiting, []
            self._writing = len(entries)
            return [] if self._over else entries

    def _write(self, entries: Sequence[Entry]) -> None:
        """Write, then tell, in order."""
        seen = [entry for entry in entries if isinstance(entry, Seen)]
        results: list[Packed] = []
        for bench, own in groupby(seen, key=lambda entry: entry.bench):
            results += bench.keep([entry.note for entry in own])
        told = iter(results)
        for entry in entries:
            match entry:
                case Seen(_, piece, _):
                    self._tell(piece, next(told))
                    self._tally.worked(piece.sent.stamp)
                case Again(piece, result):
                    self._tell(piece, result)
                case Ended(delivery, end):
                    sent = self._results.publish(pack_end(end), key(end.camera, "end"), keep=True)
                    delivery.ack(sent)

    def _tell(self, piece: Piece, result: Packed) -> None:
        """Send a result; its frame is acknowledged when that has arrived."""
        stamp = piece.sent.stamp
        whole = piece.with_picture(result, self._results.most)
        if whole is result:
            self._tally.bare += 1
            log.warning(
                "work: frame %d of %s: told without its picture, which is too large for a message",
                stamp.index,
                stamp.camera,
            )
        sent = self._results.publish(whole, key(stamp.camera, "found"))
        piece.held.out.append((piece.at, result, sent))
        piece.delivery.ack(sent)
