"""What waits for a store: nothing is written twice, and nothing is dropped uncounted."""

from pathlib import Path

import pytest
from tests.support.stored import tracks

from camweave.app.jobs.live.store_queues import EventQueue, ObservationQueue
from camweave.app.jobs.live.storing import Storing, Target
from camweave.core.events import Created, Event
from camweave.core.frame import CameraId
from camweave.core.tracks import GlobalId
from camweave.store.store import open_store
from camweave.store.values import Camera

GATE = Camera(name=CameraId("gate"))


def created(first: int, many: int) -> list[Event]:
    return [Created(seq=n, time=0.0, identity=GlobalId(n)) for n in range(first, first + many)]


def test_events_that_could_not_be_written_are_taken_again() -> None:
    queue = EventQueue(most=10, written=0)
    queue.add(created(1, 2))
    first = queue.take()
    queue.add(created(3, 1))
    assert queue.take() == first == tuple(created(1, 2))
    queue.wrote()
    assert (queue.written, queue.take()) == (2, tuple(created(3, 1)))


def test_too_many_events_are_dropped_and_the_summary_goes_before_those_that_follow() -> None:
    queue = EventQueue(most=3, written=0)
    queue.add(created(1, 4))
    assert queue.overflowed
    assert queue.take() == ()
    queue.summarise(summary := ({"seq": 4}, ()))
    queue.add(created(5, 1))
    assert queue.take() == ()
    queue.wrote_summary(summary)
    assert queue.take() == tuple(created(5, 1))


def test_a_summary_that_comes_while_an_earlier_one_is_written_is_written_too() -> None:
    queue = EventQueue(most=3, written=0)
    queue.summarise(first := ({"seq": 4}, ()))
    queue.summarise(second := ({"seq": 9}, ()))
    queue.wrote_summary(first)
    assert queue.summary is second


def test_a_snapshot_waits_for_the_events_before_it() -> None:
    queue = EventQueue(most=3, written=0)
    queue.add(created(1, 2))
    queue.keep({"seq": 2})
    assert queue.take_snapshot() is None
    queue.take()
    queue.wrote()
    assert queue.take_snapshot() == {"seq": 2}
    assert queue.take_snapshot() is None


def test_frames_for_which_there_is_no_room_are_counted() -> None:
    queue = ObservationQueue(frames=2, tracklets=2, period=1.0)
    for index in range(5):
        queue.add_frame(GATE, tracks("gate", index, 1))
    assert (queue.frames, queue.lost_frames) == (2, 3)


def test_what_could_not_be_written_is_taken_again_with_its_camera() -> None:
    queue = ObservationQueue(frames=9, tracklets=2, period=1.0)
    queue.add_frame(GATE, tracks("gate", 0, 1))
    first = queue.take(last=False)
    queue.put_back(first)
    again = queue.take(last=False)
    assert (again.cameras, again.frames) == (first.cameras, first.frames)
    queue.wrote(again, frames=1)
    assert queue.empty
    assert queue.written == 1


def test_a_frame_whose_rows_cannot_be_is_lost_and_not_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_store(f"sqlite:///{tmp_path}/store.db") as store:
        run = store.begin_run("yard", "live")
        with Storing(store, Target("yard", "live", run)) as storing:
            storing.see(GATE, tracks("gate", 0, 7, 7))  # one track twice in a frame
        figures = {each.name: each.value for each in storing.figures()}
    assert (figures["store_frames_total"], figures["store_frames_lost_total"]) == (0, 1)
    assert "the rows of 1 frames are not kept" in caplog.text
