"""A reader and sources that end, fail and misbehave; cameras have tests of their own."""

import logging
from collections.abc import Callable, Iterator
from threading import Condition as Changed
from types import TracebackType
from typing import Self

import numpy as np
import pytest
from tests.support.waiting import until

from camweave.app.runtime.mailbox import Mailbox
from camweave.app.runtime.reader import Reader, ReaderParams
from camweave.app.runtime.site_clock import SiteClock
from camweave.app.runtime.tally import Tally
from camweave.core.backoff import Backoff
from camweave.core.condition import Condition
from camweave.core.errors import SourceError, StreamError
from camweave.core.frame import CameraId, Frame, SourceInfo, Stamp
from camweave.sources.streams.stream import Stream

CAMERA = CameraId("cam")
IMPATIENT = ReaderParams(backoff=Backoff(first=0.01, quick=0.02, rare=0.05))


class Scripted:
    """A connection that brings so many frames and then ends as it is told."""

    codec: str | None = "h264"
    clock_error: float | None = None

    def __init__(
        self, frames: int, end: Exception | None = None, *, opens: Exception | None = None
    ) -> None:
        self.info = SourceInfo(camera=CAMERA, width=4, height=4, fps=25.0, declared_fps=25.0)
        self.corrupt = 1
        self._frames = frames
        self._end = end
        self._opens = opens

    def __enter__(self) -> Self:
        if self._opens is not None:
            raise self._opens
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def __iter__(self) -> Iterator[Frame]:
        for index in range(self._frames):
            yield Frame(Stamp(index * 0.04, CAMERA, index), np.zeros((4, 4, 3), np.uint8))
        if self._end is not None:
            raise self._end

    def interrupt(self) -> None:
        pass


def run(
    connect: Callable[[], Stream], *, room: int | None = None
) -> tuple[Reader, list[Condition]]:
    told: list[Condition] = []
    mailbox = Mailbox(Changed(), room=room)
    reader = Reader(CAMERA, connect, mailbox, SiteClock(), params=IMPATIENT, told=told.append)
    reader.start()
    return reader, told


def in_turn(*streams: Stream) -> Callable[[], Stream]:
    """One after the other; the last one for ever."""
    left = list(streams)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def test_a_file_that_ends_is_the_end() -> None:
    reader, told = run(lambda: Scripted(3))
    until(lambda: reader.mailbox.closed, within=5)
    assert reader.stop()
    assert [condition.state for condition in told] == ["live", "ended"]
    assert reader.condition.frames == 3
    assert reader.condition.reason == "its end is reached"


def test_a_lost_connection_is_made_anew_and_counted() -> None:
    lost = StreamError("lost", "10.0.0.7:554 closed the connection")
    reader, told = run(in_turn(Scripted(2, lost), Scripted(2, lost), Scripted(1)))
    until(lambda: reader.mailbox.closed, within=5)
    states = [condition.state for condition in told]
    assert states == ["live", "reconnecting", "live", "reconnecting", "live", "ended"]
    condition = reader.condition
    assert (condition.frames, condition.epoch, condition.reconnects) == (5, 2, 2)
    assert condition.corrupt == 3
    assert (condition.width, condition.height, condition.codec) == (4, 4, "h264")


def test_vain_tries_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    tries: list[int] = []

    def connect() -> Stream:
        tries.append(1)
        raise StreamError("refused", "no stream from 10.0.0.7:554")

    reader, told = run(connect)
    until(lambda: len(tries) > 10, within=5)
    assert [condition.state for condition in told] == ["reconnecting"]
    assert reader.condition.reason == "no stream from 10.0.0.7:554"
    assert reader.stop()
    assert caplog.messages == [
        "camera cam: reconnecting: no stream from 10.0.0.7:554",
        "camera cam: ended: stopped",
    ]


def test_a_missing_file_has_failed_and_may_yet_appear() -> None:
    missing = Scripted(0, opens=SourceError("a.mp4: no such file"))
    reader, told = run(in_turn(missing, missing, Scripted(2)))
    until(lambda: reader.mailbox.closed, within=5)
    assert [condition.state for condition in told] == ["failed", "live", "ended"]
    assert told[0].reason == "a.mp4: no such file"


def test_a_fault_of_our_own_is_that_camera_s_alone(caplog: pytest.LogCaptureFixture) -> None:
    reader, told = run(in_turn(Scripted(1, ValueError("a bug")), Scripted(1)))
    until(lambda: reader.mailbox.closed, within=5)
    assert [condition.state for condition in told] == ["live", "reconnecting", "live", "ended"]
    assert told[1].reason == "unexpected ValueError"
    assert sum(record.exc_info is not None for record in caplog.records) == 1


def test_a_lossless_recording_that_breaks_off_is_over() -> None:
    reader, told = run(lambda: Scripted(3, SourceError("a.mp4: broken")), room=2)
    taken = []
    while not reader.mailbox.drained:
        frame = reader.mailbox.newest()
        if frame is not None:
            taken.append(frame.stamp.index)
    until(lambda: len(told) == 2, within=5)
    assert taken == [0, 1, 2]
    assert [condition.state for condition in told] == ["live", "failed"]
    assert reader.condition.dropped == 0


def test_a_reader_that_waits_for_room_can_be_stopped() -> None:
    reader, _ = run(lambda: Scripted(100), room=1)
    until(lambda: reader.mailbox.last is not None, within=5)
    assert reader.stop()
    assert reader.condition.state == "ended"


def test_readers_stop_side_by_side() -> None:
    readers = [run(lambda: Scripted(10_000), room=1)[0] for _ in range(5)]
    for reader in readers:
        reader.halt()
    assert all(reader.stop() for reader in readers)


def test_a_camera_that_falls_silent_is_not_called_live_for_long() -> None:
    tally = Tally(CAMERA, now=0.0)
    frame = Frame(Stamp(1.0, CAMERA, 0), np.zeros((4, 6, 3), np.uint8))
    tally.connected(Scripted(1))
    tally.see(frame, arrival=1.1)
    tally.turn("live", "", now=1.1)
    assert tally.condition(4.0, silent_after=4.0).state == "live"
    told = tally.condition(6.1, silent_after=4.0)
    assert (told.state, told.reason, told.since) == ("reconnecting", "no frame for 5 s", 1.1)
    assert (told.width, told.height, told.newest, told.frames) == (6, 4, 1.0, 1)
    assert tally.condition(6.1, silent_after=10.0).state == "live"
    slow = Scripted(1)
    slow.info = SourceInfo(camera=CAMERA, width=4, height=4, fps=0.5, declared_fps=0.5)
    tally.connected(slow)
    assert tally.condition(6.1, silent_after=4.0).state == "live"


def test_a_reader_that_never_began_can_be_stopped() -> None:
    reader = Reader(CAMERA, lambda: Scripted(1), Mailbox(Changed()), SiteClock())
    assert reader.stop()
    assert reader.condition.state == "starting"


def test_a_still_picture_is_forgotten_with_its_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    params = ReaderParams(still_after=0.0, backoff=Backoff(first=0.01, quick=0.02))
    mailbox = Mailbox(Changed())
    lost = StreamError("lost", "10.0.0.7:554 closed the connection")
    streams = in_turn(Scripted(3, lost), Scripted(1))
    reader = Reader(CAMERA, streams, mailbox, SiteClock(), params=params)
    reader.start()
    until(lambda: mailbox.closed, within=5)
    assert sum("still picture" in line for line in caplog.messages) == 2
    assert not any("moves again" in line for line in caplog.messages)


def test_a_listener_that_fails_costs_no_camera() -> None:
    def told(condition: Condition) -> None:
        raise ValueError(condition.state)

    mailbox = Mailbox(Changed())
    reader = Reader(CAMERA, lambda: Scripted(3), mailbox, SiteClock(), told=told)
    reader.start()
    until(lambda: mailbox.closed, within=5)
    assert reader.condition.frames == 3
