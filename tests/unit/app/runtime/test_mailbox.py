"""What lies between reader and line: the newest, or all."""

from threading import Condition, Thread

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.support.waiting import until

from camweave.app.runtime.mailbox import Mailbox
from camweave.core.frame import CameraId, Frame, Stamp

IMAGE = np.zeros((2, 2, 3), np.uint8)


def frame(time: float, index: int = 0) -> Frame:
    return Frame(Stamp(time, CameraId("cam"), index), IMAGE)


def time_of(taken: Frame | None) -> float | None:
    return None if taken is None else taken.stamp.time


def test_only_the_newest_frame_lies_there() -> None:
    box = Mailbox(Condition())
    for time in (1.0, 2.0, 3.0):
        assert box.put(frame(time))
    assert time_of(box.peek()) == 3.0
    assert time_of(box.newest()) == 3.0
    assert box.newest() is None
    assert box.dropped == 2
    assert box.last == 3.0


def test_a_camera_ahead_is_met_at_the_others_time() -> None:
    box = Mailbox(Condition(), slot=1.0, hold=5.0)
    for time in (1.0, 2.0, 3.0, 4.0):
        box.put(frame(time))
    assert box.newest(0.5) is None
    assert box.front(0.5) is None
    assert box.front(2.5) == 2.0
    assert time_of(box.newest(2.5)) == 2.0
    assert box.dropped == 1
    assert time_of(box.peek()) == 3.0


def test_one_frame_is_kept_of_each_slot_the_newest() -> None:
    box = Mailbox(Condition(), slot=1.0, hold=10.0)
    for time in (0.3, 0.6, 1.0, 1.2, 1.9):
        box.put(frame(time))
    assert time_of(box.newest(1.0)) == 1.0
    assert time_of(box.newest(2.0)) == 1.9
    assert box.dropped == 3


def test_what_is_held_for_too_long_is_dropped() -> None:
    box = Mailbox(Condition(), slot=0.1, hold=1.0)
    for tick in range(100):
        box.put(frame(tick * 0.1))
    assert time_of(box.peek()) is not None
    assert box.dropped > 85
    taken = 0
    while box.newest() is not None:
        taken += 1
    assert taken == 1


@given(
    st.lists(st.floats(0.01, 1.0), max_size=60),
    st.sampled_from([0.0, 0.1, 0.5]),
    st.sampled_from([0.0, 0.5, 2.0]),
    st.data(),
)
def test_every_frame_is_taken_or_counted_and_none_is_taken_late(
    steps: list[float], slot: float, hold: float, data: st.DataObject
) -> None:
    box = Mailbox(Condition(), slot=slot, hold=hold)
    time, taken = 0.0, []
    for index, step in enumerate(steps):
        time += step
        box.put(frame(time, index))
        if data.draw(st.booleans()):
            limit = time - data.draw(st.floats(0, 2))
            got = box.newest(limit)
            if got is not None:
                assert got.stamp.time <= limit
                taken.append(got.stamp.index)
    waiting = 0
    while (front := box.peek()) is not None:
        taken += [left.stamp.index for left in [box.newest(front.stamp.time)] if left]
        waiting += 1
    assert taken == sorted(set(taken))
    assert len(taken) + box.dropped == len(steps)
    if slot:
        assert waiting <= hold / slot + 2


def test_a_lossless_box_gives_every_frame_in_order_and_makes_the_reader_wait() -> None:
    box = Mailbox(Condition(), room=3)
    reader = Thread(target=lambda: [box.put(frame(float(i), i)) for i in range(10)], daemon=True)
    reader.start()
    until(lambda: box.last == 2.0, within=5)
    assert reader.is_alive()
    came: list[int] = []
    while len(came) < 10:
        taken = box.newest()
        if taken is not None:
            came.append(taken.stamp.index)
    reader.join(5)
    assert came == list(range(10))
    assert box.dropped == 0


def test_a_closed_box_lets_nobody_wait_and_can_be_emptied() -> None:
    box = Mailbox(Condition(), room=1)
    box.put(frame(1.0))
    answers: list[bool] = []
    reader = Thread(target=lambda: answers.append(box.put(frame(2.0))), daemon=True)
    reader.start()
    box.close()
    reader.join(5)
    assert answers == [False]
    assert not box.drained
    assert time_of(box.newest()) == 1.0
    assert box.drained


def test_a_put_wakes_who_waits_for_any_camera() -> None:
    changed = Condition()
    boxes = [Mailbox(changed) for _ in range(3)]
    woken: list[bool] = []

    def wait() -> None:
        with changed:
            woken.append(changed.wait_for(lambda: any(box.peek() for box in boxes), timeout=10))

    line = Thread(target=wait, daemon=True)
    line.start()
    boxes[2].put(frame(1.0))
    line.join(10)
    assert woken == [True]
