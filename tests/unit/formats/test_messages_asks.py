"""What a linker is asked, and what it answers, is read as it was written, and nothing else is."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.wishes import Lock, Merge, Split, TakeBack, Wish
from camweave.formats.messages.asks import (
    Answer,
    Ask,
    LooksLike,
    Said,
    pack_answer,
    pack_ask,
    read_answer,
    read_ask,
)
from camweave.formats.messages.packed import Address

HERE = Address("harbour", "live")
WEST, EAST = TrackletKey(CameraId("west"), 3), TrackletKey(CameraId("east"), 1)
IDS = st.integers(1, 1 << 50)
KEYS = st.builds(TrackletKey, st.sampled_from(["west", "east"]).map(CameraId), IDS)
WISHES = st.one_of(
    st.builds(Merge, IDS, IDS),
    st.builds(Split, IDS, st.lists(KEYS, min_size=1).map(tuple)),
    st.builds(Lock, one=KEYS, other=KEYS, together=st.booleans()),
    st.builds(TakeBack, st.none() | IDS),
)


@given(WISHES, st.text(max_size=20), st.floats(0, 1e10))
def test_what_a_person_says_is_read_as_it_was_said(wish: Wish, who: str, at: float) -> None:
    said = Said(wish, who, at)
    packed = pack_ask(Ask(HERE, "7f", "answers.1", said))
    read = read_ask(packed.headers, packed.body)
    assert (read.address, read.id, read.reply, read.what) == (HERE, "7f", "answers.1", said)


def test_a_look_is_read_number_by_number() -> None:
    vector = np.random.default_rng(1).normal(size=64).astype(np.float32)
    packed = pack_ask(Ask(HERE, "7f", "answers.1", LooksLike(vector, 10)))
    what = read_ask(packed.headers, packed.body).what
    assert isinstance(what, LooksLike)
    assert what.most == 10
    np.testing.assert_array_equal(what.vector, vector)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(HERE, "7f", number=12),
        Answer(HERE, "7f", alike=((3, 0.91, WEST), (1, -0.2, EAST))),
        Answer(HERE, "7f", refused="identity 7 was never given out"),
    ],
)
def test_an_answer_is_read_as_it_was_given(answer: Answer) -> None:
    packed = pack_answer(answer)
    assert read_answer(packed.headers, packed.body) == answer


@pytest.mark.parametrize(
    ("change", "body", "told"),
    [
        ({"schema": "camweave.ask/2"}, {}, "newer camweave"),
        ({"schema": "camweave.answer/1"}, {}, "expected a ask, found a answer"),
        ({"reply": ""}, {}, "reply"),
        ({}, {"merge": [1, 0], "who": "", "at": 0.0}, "from 1 on"),
        ({}, {"merge": [1], "who": "", "at": 0.0}, "merge, split, lock, undo"),
        ({}, {"erase": 1, "who": "", "at": 0.0}, "merge, split, lock, undo"),
        ({}, {"undo": 1}, "something that can be asked"),
        ({}, {"undo": "all", "who": "", "at": 0.0}, "whole number"),
        ({}, {"alike": [], "most": 1}, "1 to 65536 numbers"),
        ({}, {"alike": [0.1], "most": 0}, "1 to 1000"),
        ({}, [], "expected an object"),
    ],
)
def test_what_is_none_is_refused_in_a_line(
    change: dict[str, object], body: object, told: str
) -> None:
    packed = pack_ask(Ask(HERE, "7f", "answers.1", Said(Merge(1, 2), "", 0.0)))
    with pytest.raises(FileFormatError, match=told) as refused:
        read_ask({**packed.headers, **change}, json.dumps(body).encode())
    assert "\n" not in str(refused.value)


def test_an_answer_that_is_none_is_refused() -> None:
    packed = pack_answer(Answer(HERE, "7f"))
    for body in (b"{", b'{"alike": [[1, 2]]}', b'{"number": "x"}'):
        with pytest.raises(FileFormatError, match="answer message"):
            read_answer(packed.headers, body)
