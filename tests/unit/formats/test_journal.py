import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.errors import FileFormatError, InputError, OutputError
from camweave.core.events import Confirmed, Created, Event, Linked, Span
from camweave.core.frame import CameraId
from camweave.core.identities import Link, TrackletKey
from camweave.core.plain_events import plain_of
from camweave.core.tracks import GlobalId
from camweave.formats.journal import Journal, read_journal


def created(seq: int, time: float = 0.0) -> list[Event]:
    return [Created(seq=seq, time=time, identity=GlobalId(seq))]


def linked(seq: int, **changes: Any) -> Linked:
    key = TrackletKey(CameraId("a"), seq)
    why = replace(Link(one=key, other=key, how="looks", evidence=1.0), **changes)
    return Linked(seq=seq, time=1 / 3, identity=GlobalId(1), span=Span(key, 0.1, 0.7), link=why)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Three lines after the header: events 1, 2 and 3."""
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        for seq in (1, 2, 3):
            journal.append(created(seq))
    return path


def test_what_was_appended_is_read_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "made" / "for it" / "journal.jsonl"
    events = [*created(1, 1 / 3), linked(2, window=(0.1, float("inf")))]
    with Journal(path) as journal:
        journal.append(events)
        journal.append([])
        journal.append([Confirmed(seq=3, time=2.0, identity=GlobalId(1))])
    back = read_journal(path)
    assert back.events == (*events, Confirmed(seq=3, time=2.0, identity=GlobalId(1)))
    assert back.notes == ()
    assert len(path.read_text().splitlines()) == 3


def test_a_journal_goes_on_where_it_was_left(written: Path) -> None:
    with Journal(written) as journal:
        assert [event.seq for event in journal.recorded.events] == [1, 2, 3]
        journal.append(created(4))
        assert journal.recorded.events == ()  # let go: it would be kept for days
    assert [event.seq for event in read_journal(written).events] == [1, 2, 3, 4]


@settings(max_examples=60)
@given(cut=st.integers(0, 400))
def test_wherever_a_write_was_cut_whole_lines_stay(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("j") / "journal.jsonl"
    with Journal(path) as journal:
        for seq in (1, 3, 5):
            journal.append([*created(seq), *created(seq + 1)])
    whole = path.read_bytes()
    cut = min(cut, len(whole))
    path.write_bytes(whole[:cut])
    with Journal(path) as journal:
        events, notes = journal.recorded.events, journal.recorded.notes
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert len(events) == 2 * max(0, whole[:cut].count(b"\n") - 1)
        assert bool(notes) == (whole[:cut].count(b"\n") > 0 and whole[cut - 1 : cut] != b"\n")
        journal.append(created(len(events) + 1))
    assert len(read_journal(path).events) == len(events) + 1


def test_a_torn_line_is_told(written: Path) -> None:
    with written.open("ab") as file:
        file.write(b'[{"v":1,"event":"cre')
    (note,) = read_journal(written).notes
    assert note == f"{written}:5: 20 bytes of a line that was not finished; dropped"


GOOD = [plain_of(event) for seq in (1, 2, 3) for event in created(seq)]
HEADER: dict[str, Any] = {"schema": "camweave.journal/1"}


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([HEADER, [GOOD[0]], "[{ damaged", [GOOD[1]]], ":3: damaged: "),
        ([HEADER, [GOOD[0]], "\x00\x00\x00"], ":3: damaged: "),
        ([HEADER, [GOOD[0]], [GOOD[2]]], ":3: expected event 2, found 3: a line is missing"),
        ([HEADER, [GOOD[0]], [GOOD[0]]], ":3: expected event 2, found 1: .* or there twice"),
        ([HEADER, [GOOD[1]]], ":2: expected event 1, found 2"),
        ([HEADER, GOOD[0]], ":2: expected a list, found {"),
        ([HEADER, [GOOD[0] | {"identity": "x"}]], ":2: event created: identity: expected a whole"),
        ([HEADER, [GOOD[0] | {"v": 9}]], ":2: event: written by a newer camweave"),
        ([[GOOD[0]]], ":1: expected a header, found "),
        ([{"schema": "camweave.journal/2"}], ":1: .* written by a newer camweave"),
        ([{"schema": "camweave.tracklets/1"}], ":1: expected schema camweave.journal/1, found"),
    ],
)
def test_a_damaged_line_is_refused_by_its_number(
    tmp_path: Path, lines: list[Any], says: str
) -> None:
    path = tmp_path / "journal.jsonl"
    text = "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in lines)
    path.write_text(text)
    with pytest.raises(FileFormatError, match=f"{path}{says}"):
        read_journal(path)
    with pytest.raises(FileFormatError, match=f"{path}{says}"), Journal(path):
        pass
    assert path.read_text() == text


def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("buy milk")
    with pytest.raises(FileFormatError, match="no whole line in it; expected a journal"):
        Journal(path).__enter__()
    assert path.read_text() == "buy milk"
    with pytest.raises(FileFormatError, match="no such file"):
        read_journal(tmp_path / "none")


def test_two_do_not_write_to_one_journal(written: Path) -> None:
    with Journal(written):
        with pytest.raises(OutputError, match="another process writes to it; stop that one first"):
            Journal(written).__enter__()
        assert len(read_journal(written).events) == 3  # who reads is not in the way
    with Journal(written) as again:
        again.append(created(4))


def test_an_event_that_json_cannot_hold_is_refused_and_nothing_of_it_is_written(
    written: Path,
) -> None:
    before = written.read_bytes()
    with Journal(written) as journal:
        with pytest.raises(InputError, match=r"journal: .* JSON compliant"):
            journal.append([*created(4), linked(5, evidence=float("nan"))])
        assert written.read_bytes() == before
        journal.append([linked(4, evidence=np.float32(2.5), margin=np.float64(1.5))])
    last = read_journal(written).events[-1]
    assert isinstance(last, Linked)
    assert last.link is not None
    assert (last.link.evidence, last.link.margin) == (2.5, 1.5)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot write .*journal.jsonl: "):
        Journal(tmp_path / "file" / "journal.jsonl").__enter__()
