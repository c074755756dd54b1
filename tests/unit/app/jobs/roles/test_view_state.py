"""What a viewer says is to be seen, as messages come and as time passes."""

import numpy as np
import pytest
from tests.support.results import SIZE, found, notice

from camweave.app.jobs.roles.view_state import QUIET, Viewed
from camweave.app.runtime.drawing import Down, Seen
from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.core.tracks import UNLINKED, GlobalId
from camweave.formats.messages.ends import EndOfStream, pack_end
from camweave.formats.messages.events import WhoIsWho, pack_events
from camweave.formats.messages.packed import Packed

GATE = CameraId("gate")
TOLD = notice("yard", "gate")


def take(viewed: Viewed, packed: Packed, now: float) -> None:
    viewed.take(packed.headers, packed.body, now)


def who(viewed: Viewed) -> list[int]:
    sight = viewed.sight(0.0)
    assert isinstance(sight, Seen)
    assert sight.global_id is not None
    return [int(each) for each in sight.global_id]


def test_the_newest_is_seen_with_who_the_linker_said_it_is() -> None:
    viewed = Viewed(GATE, TOLD, 0.0)
    take(viewed, found(TOLD.address, "gate", 0), 0.0)
    assert who(viewed) == [UNLINKED]
    shown = {GATE: {1: GlobalId(4)}, CameraId("other"): {1: GlobalId(9)}}
    take(viewed, pack_events(WhoIsWho(TOLD.address, 0.5, (), shown, False)), 0.1)
    take(viewed, found(TOLD.address, "gate", 1), 0.1)
    assert who(viewed) == [4]


def test_the_title_tells_how_many_frames_come() -> None:
    viewed = Viewed(GATE, TOLD, 0.0)
    for index in range(40):
        take(viewed, found(TOLD.address, "gate", index), index / 20)
    assert viewed.title(2.0) == "gate - 20.0 frames/s - yard - camweave"


@pytest.mark.parametrize("trouble", ["", "rabbit:5672: nobody listens there"])
def test_silence_is_told_with_its_reason_and_ends_with_the_next_picture(trouble: str) -> None:
    viewed = Viewed(GATE, TOLD, 0.0)
    take(viewed, found(TOLD.address, "gate", 0), 1.0)
    assert isinstance(viewed.sight(QUIET, trouble), Seen)
    down = viewed.sight(1.0 + QUIET, trouble)
    assert isinstance(down, Down)
    assert (down.reason, down.lasted) == (trouble or "nothing comes from it", QUIET)
    assert viewed.draw(down, SIZE[0]).shape == (SIZE[1], SIZE[0], 3)
    take(viewed, found(TOLD.address, "gate", 1), 9.0)
    assert isinstance(viewed.sight(9.0), Seen)


def test_the_end_of_a_camera_is_told_at_once() -> None:
    viewed = Viewed(GATE, TOLD, 0.0)
    take(viewed, found(TOLD.address, "gate", 0), 0.0)
    take(viewed, pack_end(EndOfStream(TOLD.address, GATE, 0, 1, "the file is over")), 0.1)
    down = viewed.sight(0.1)
    assert isinstance(down, Down)
    assert down.reason == "it has ended: the file is over"


def test_what_cannot_be_read_changes_nothing() -> None:
    viewed = Viewed(GATE, TOLD, 0.0)
    take(viewed, found(TOLD.address, "gate", 0), 0.0)
    before = viewed.sight(0.0)
    newer = found(TOLD.address, "gate", 1)
    with pytest.raises(FileFormatError, match="newer"):
        viewed.take({**newer.headers, "schema": "camweave.found/9"}, newer.body, 0.1)
    assert viewed.sight(0.1) is before
    assert np.array_equal(viewed.draw(before, SIZE[0]), viewed.draw(before, SIZE[0]))
