"""Frames that come again are known, whatever was repeated on the way."""

from hypothesis import given
from hypothesis import strategies as st

from camweave.broker.seen import Seen
from camweave.core.frame import CameraId, Stamp

GATE, YARD = CameraId("gate"), CameraId("yard")


@given(st.lists(st.integers(0, 30), max_size=20))
def test_whatever_is_sent_again_every_frame_is_new_once(steps_back: list[int]) -> None:
    """A publisher goes back to what it does not know to have arrived, and on from there."""
    sent: list[int] = []
    at = 0
    for back in steps_back:
        sent += range(at, at + 10)
        at = max(0, at + 10 - back)
    sent += range(at, 300)
    seen = Seen()
    new = [index for index in sent if seen.new(Stamp(0.0, GATE, index))]
    assert new == list(range(300))
    assert seen.repeated == len(sent) - 300


def test_cameras_runs_and_epochs_count_for_themselves() -> None:
    seen = Seen()
    assert seen.new(Stamp(0.0, GATE, 5))
    assert seen.new(Stamp(0.0, YARD, 5))
    assert seen.new(Stamp(0.0, GATE, 5), run="later")
    assert seen.new(Stamp(0.0, GATE, 0, epoch=1))
    assert not seen.new(Stamp(0.0, GATE, 9))
    seen.forget("later")
    assert seen.new(Stamp(0.0, GATE, 5), run="later")
