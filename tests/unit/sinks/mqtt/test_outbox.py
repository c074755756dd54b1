from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.sinks.mqtt.message import Message
from camweave.sinks.mqtt.outbox import Outbox


def event(number: int) -> Message:
    return Message("events", str(number).encode())


def kept(topic: str, text: str) -> Message:
    return Message(topic, text.encode(), retain=True)


def taken(outbox: Outbox) -> list[Message]:
    """All that waits, told and arrived."""
    told = []
    while (message := outbox.take()) is not None:
        outbox.done(message)
        told.append(message)
    return told


def test_events_go_in_the_order_in_which_they_came() -> None:
    outbox = Outbox(10)
    for number in range(4):
        outbox.put(event(number))
    assert taken(outbox) == [event(number) for number in range(4)]


def test_a_full_queue_drops_the_oldest_and_counts() -> None:
    outbox = Outbox(3)
    for number in range(8):
        outbox.put(event(number))
    assert taken(outbox) == [event(5), event(6), event(7)]
    assert outbox.dropped == 5


def test_what_is_kept_waits_once_and_is_the_newest() -> None:
    outbox = Outbox(3)
    for number in range(8):
        outbox.put(kept("counts", str(number)))
    assert taken(outbox) == [kept("counts", "7")]
    assert outbox.dropped == 0


def test_after_a_loss_what_was_out_is_told_first_and_all_that_is_kept_again() -> None:
    outbox = Outbox(10)
    outbox.put(kept("available", "online"))
    for number in range(3):
        outbox.put(event(number))
    first = [outbox.take() for _ in range(3)]
    assert first == [kept("available", "online"), event(0), event(1)]
    outbox.done(event(0))
    outbox.lost()
    assert taken(outbox) == [kept("available", "online"), event(1), event(2)]


def test_what_was_taken_off_is_not_taken_off_again() -> None:
    outbox = Outbox(10)
    outbox.put(kept("state", "live"))
    outbox.put(kept("state", ""))
    assert taken(outbox) == [kept("state", "")]
    outbox.lost()
    assert taken(outbox) == []


STEPS = st.lists(st.sampled_from(["event", "kept", "take", "done", "lost"]), max_size=200)


@given(STEPS, st.integers(1, 5))
def test_nothing_is_lost_but_what_is_counted_and_no_more_waits_than_may(
    steps: list[str], most: int
) -> None:
    outbox, out, arrived = Outbox(most), [], Counter[bytes]()
    made = 0
    for step in steps:
        match step:
            case "event":
                outbox.put(event(made))
                made += 1
            case "kept":
                outbox.put(kept("counts", "x"))
            case "take":
                message = outbox.take()
                out += [] if message is None else [message]
            case "done" if out:
                message = out.pop(0)
                outbox.done(message)
                arrived.update([] if message.retain else [message.payload])
            case "lost":
                outbox.lost()
                out.clear()
            case _:
                pass  # nothing is out
        assert len(outbox) - len(out) <= most + 1  # and the one topic that is kept
    for message in out:
        outbox.done(message)
    left = [each for each in [*out, *taken(outbox)] if not each.retain]
    arrived.update(each.payload for each in left)
    assert max(arrived.values(), default=1) == 1
    assert arrived.total() + outbox.dropped == made


def test_an_empty_box_has_nothing_to_tell() -> None:
    assert Outbox(1).take() is None
    with pytest.raises(ValueError, match="not in list"):
        Outbox(1).done(event(1))
