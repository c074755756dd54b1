import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.corrections import CannotLink, Correction, MustLink, Undo
from camweave.core.errors import InputError
from camweave.core.events import (
    Closed,
    Confirmed,
    Corrected,
    Created,
    Event,
    Forgotten,
    Linked,
    Merged,
    Move,
    Moved,
    Seen,
    Span,
    Split,
    Undone,
)
from camweave.core.frame import CameraId
from camweave.core.identities import Crop, Link, TrackletKey
from camweave.core.plain_events import KINDS, event_of, plain_of
from camweave.core.tracks import GlobalId

reals = st.floats(allow_nan=False, allow_infinity=False)
times = st.floats(-1e6, 1e6)
ids = st.integers(1, 1 << 40).map(GlobalId)
seqs = st.integers(1, 1 << 40)
words = st.text(max_size=8)
keys = st.builds(
    TrackletKey, st.text("ab_-9", min_size=1, max_size=3).map(CameraId), st.integers(0, 99)
)
spans = st.builds(
    lambda key, begin, length, growing: Span(key, begin, begin + length, growing),
    keys,
    times,
    st.floats(0, 100),
    st.booleans(),
)
crops = st.builds(Crop, key=keys, frame=st.integers(0, 99), time=times)
links = st.builds(
    Link,
    one=keys,
    other=keys,
    how=st.sampled_from(["fragment", "follows", "overlap", "looks", "hand"]),
    evidence=reals,
    appearance=st.none() | reals,
    transition=st.none() | reals,
    similarity=st.none() | reals,
    gap=reals,
    edge=st.none() | words,
    window=st.none() | st.tuples(reals, st.floats(allow_nan=False)),
    runner_up=st.none() | keys,
    margin=st.none() | reals,
    crops=st.none() | st.tuples(crops, crops),
)
pairs = st.builds(MustLink, keys, keys) | st.builds(CannotLink, keys, keys)
corrections = st.builds(
    Correction,
    kind=st.sampled_from(["merge", "split", "lock"]),
    constraints=st.lists(pairs, max_size=3).map(tuple),
    who=words,
    at=st.none() | times,
)
moves = st.builds(Move, keys, ids, ids, st.none() | links)


def some(what: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(what, max_size=3).map(tuple)


stamps: dict[str, st.SearchStrategy[Any]] = {"seq": seqs, "time": times}
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Created, identity=ids, **stamps),
    st.builds(Confirmed, identity=ids, **stamps),
    st.builds(Linked, identity=ids, span=spans, link=st.none() | links, **stamps),
    st.builds(Seen, spans=some(spans), **stamps),
    st.builds(
        Merged,
        identity=ids,
        alias=ids,
        tracklets=some(keys),
        link=st.none() | links,
        reason=words,
        by_hand=st.none() | seqs,
        **stamps,
    ),
    st.builds(
        Split,
        identity=ids,
        into=ids,
        fresh=st.booleans(),
        tracklets=some(keys),
        aliases=some(ids),
        reason=words,
        by_hand=st.none() | seqs,
        **stamps,
    ),
    st.builds(Moved, moves=some(moves), reason=words, **stamps),
    st.builds(Forgotten, tracklets=some(keys), **stamps),
    st.builds(Closed, identity=ids, **stamps),
    st.builds(Corrected, correction=corrections, **stamps),
    st.builds(Undone, undo=st.builds(Undo, of=seqs, who=words, at=st.none() | times), **stamps),
)


@given(events)
def test_an_event_survives_json_to_the_last_digit(event: Event) -> None:
    text = json.dumps(plain_of(event), allow_nan=False)
    assert event_of(json.loads(text)) == event


def test_the_words_of_events_are_those_that_journals_hold() -> None:
    named = "created confirmed linked seen merged split moved forgotten closed corrected undone"
    assert list(KINDS) == named.split()


GOOD: dict[str, Any] = {"v": 1, "event": "confirmed", "seq": 3, "time": 1.5, "identity": 7}
LINKED: dict[str, Any] = {
    "v": 1,
    "event": "linked",
    "seq": 1,
    "time": 0,
    "identity": 1,
    "span": ["a", 1, 0.0, 1.0],
}


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        ([], "event: expected an object"),
        (GOOD | {"v": 2}, "written by a newer camweave"),
        (GOOD | {"v": 0}, "event: v: expected 1"),
        (GOOD | {"event": "renumbered"}, "expected one of created, .*; found 'renumbered'"),
        (GOOD | {"event": []}, "expected one of created"),
        (GOOD | {"identity": 0}, "event confirmed: identity: expected a whole number from 1 on"),
        (GOOD | {"identity": 1 << 63}, "identity: expected a whole number from 1 on"),
        (GOOD | {"identity": True}, "identity: expected a whole number from 1 on, found True"),
        (GOOD | {"time": float("nan")}, "time: expected a finite number"),
        (GOOD | {"time": "soon"}, "time: expected a finite number, found 'soon'"),
        (GOOD | {"colour": "red"}, "event confirmed: expected no such field, found 'colour'"),
        ({k: v for k, v in GOOD.items() if k != "time"}, "event confirmed: .*'time'"),
        (GOOD | {"span": ["a", 1, 0.0, 1.0]}, "event confirmed: .*'span'"),
        (LINKED | {"span": ["a", 1, 2.0, 1.0]}, "span: expected an end that is not before"),
        (LINKED | {"span": ["a", "1", 0.0, 1.0]}, r"span: expected \[camera, tracklet id\]"),
        (LINKED | {"span": ["a", 1, 0.0]}, r"span: expected \[camera, tracklet id, begin, end\]"),
        (LINKED | {"link": {"one": ["a", 1]}}, "link: expected all of them .*'other'"),
        (LINKED | {"link": {"hue": 1}}, "link: expected fields out of one, "),
        (LINKED | {"link": {"how": "magic"}}, "link: expected one of fragment, follows"),
        (LINKED | {"link": {"window": [1]}}, "link: expected two of them"),
        (LINKED | {"link": {"window": [[], "inf"]}}, "link: expected a finite number"),
    ],
)
def test_what_is_no_event_is_refused_in_one_line(plain: object, says: str) -> None:
    with pytest.raises(InputError, match=says) as told:
        event_of(plain)
    assert "\n" not in str(told.value)
