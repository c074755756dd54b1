"""What a linker says is read as it was said, and nothing else is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.errors import FileFormatError
from camweave.core.events import Confirmed, Created, Event, Linked, Span
from camweave.core.frame import CameraId
from camweave.core.identities import Link, TrackletKey
from camweave.core.tracks import GlobalId
from camweave.formats.messages.events import WhoIsWho, pack_events, read_events
from camweave.formats.messages.packed import Address

HERE = Address("harbour", "monday")
WEST, EAST = TrackletKey(CameraId("west"), 3), TrackletKey(CameraId("east"), 1)
LINK = Link(one=WEST, other=EAST, how="follows", evidence=7.25, gap=1 / 3)
EVENTS: tuple[Event, ...] = (
    Created(seq=1, time=0.1, identity=GlobalId(1)),
    Linked(seq=2, time=0.1, identity=GlobalId(1), span=Span(EAST, 0.1, 2 / 3, True), link=LINK),
    Confirmed(seq=3, time=0.3, identity=GlobalId(1)),
)


@given(st.floats(-1e9, 1e9), st.dictionaries(st.integers(1, 1 << 50), st.integers(1, 1 << 50)))
def test_what_is_read_is_what_was_said(time: float, own: dict[int, int]) -> None:
    shown = {CameraId("west"): {track: GlobalId(who) for track, who in own.items()}}
    packed = pack_events(WhoIsWho(HERE, time, EVENTS, shown))
    read = read_events(packed.headers, packed.body)
    assert (read.address, read.time, read.events, read.shown) == (HERE, time, EVENTS, shown)
    assert not read.over


def test_the_last_word_of_a_run_is_known_as_such_and_has_one_name() -> None:
    one, other = (pack_events(WhoIsWho(HERE, time, over=True)) for time in (1.0, 2.0))
    assert one.id == other.id != pack_events(WhoIsWho(HERE, 1.0)).id
    assert read_events(one.headers, one.body).over


@pytest.mark.parametrize(
    ("change", "body", "told"),
    [
        ({"schema": "camweave.events/2"}, None, "newer camweave"),
        ({"schema": "camweave.found/1"}, None, "expected a events, found a found"),
        ({"time": "soon"}, None, "time"),
        ({"over": "yes"}, None, "over"),
        ({}, b"{", "not JSON"),
        ({}, b"[]", "expected events and shown"),
        ({}, b'{"events": [], "shown": []}', "shown"),
        ({}, b'{"events": [], "shown": {"west": {"x": 1}}}', "a track and who it is"),
        ({}, b'{"events": [], "shown": {"west": {"1": 0}}}', "a track and who it is"),
        ({}, b'{"events": [], "shown": {"../x": {}}}', "1 to 64"),
        ({}, b'{"events": [{"v": 1, "event": "told"}], "shown": {}}', "expected one of"),
        ({}, b'{"events": [{"v": 2, "event": "created"}], "shown": {}}', "newer camweave"),
    ],
)
def test_what_is_none_is_refused_by_name(
    change: dict[str, object], body: bytes | None, told: str
) -> None:
    packed = pack_events(WhoIsWho(HERE, 1.0, EVENTS))
    with pytest.raises(FileFormatError, match=told):
        read_events({**packed.headers, **change}, packed.body if body is None else body)


def test_the_body_is_json_that_others_can_read() -> None:
    packed = pack_events(WhoIsWho(HERE, 1.0, EVENTS[:1], {CameraId("west"): {3: GlobalId(1)}}))
    assert json.loads(packed.body) == {
        "events": [{"v": 1, "event": "created", "seq": 1, "time": 0.1, "identity": 1}],
        "shown": {"west": {"3": 1}},
    }
