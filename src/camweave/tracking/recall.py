"""A tracker's records as arrays, less what a frame works out anew, and records from those arrays.

All fields are words of 8 bytes, so the floats of all live tracks are one array, and the integers
another. How long the table is is not part of what is known, nor is a track's slot in it, but for
those whose looks lie in slots.

A kernel goes where a record points it, without a look: so nothing here is believed.
"""

from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F64, I64, Bool
from camweave.core.remembered import Remembered
from camweave.tracking.table import (
    BALLOT,
    CONFIRMED,
    FIRST_TABLE,
    LOST,
    TENTATIVE,
    UNNAMED,
    Table,
    new_table,
)

WORD: Final = 8  # bytes
SLOTS: Final = 1 << 16  # in a table, at most
COUNTING: Final = ("time", "frame", "live", "named")  # of a memory, whose other fields are set
BY_FRAME: Final = ("xyxy", "detection", "slot")  # of a track: a frame writes them, then reads them
BALLOTS: Final = ("votes", "candidates")  # cut to the longest one

Arrays: TypeAlias = dict[str, npt.NDArray[Any]]
Memory: TypeAlias = npt.NDArray[np.void]  # (1,) what a tracker knows beside its table


class Words(NamedTuple):
    """Where some fields of a record lie, in words."""

    numbers: I64  # floats
    counts: I64  # integers


@cache
def track_words(record: np.dtype[np.void]) -> Words:
    """What is kept of a track, but for its ballot."""
    names = record.names or ()
    return _words_of(record, tuple(x for x in names if x not in (*BY_FRAME, *BALLOTS)))


@cache
def memory_words(record: np.dtype[np.void], learned: tuple[str, ...]) -> Words:
    """What is kept of a memory: not its parameters."""
    return _words_of(record, (*COUNTING, *learned))


def written(memory: Memory, learned: tuple[str, ...], tracks: Table) -> Arrays:
    """What is to be remembered. `learned` are fields of the memory, `tracks` the live ones."""
    own, each = memory_words(memory.dtype, learned), track_words(tracks.dtype)
    known, rows, filled = _words(memory), _words(tracks), tracks["candidate_count"][:, None]
    places = np.arange(filled.max(initial=1))
    voted = places < filled
    return {
        "memory_numbers": known.take(own.numbers).view(np.float64),
        "memory_counts": known.take(own.counts),
        "numbers": rows.take(each.numbers, 1).view(np.float64),
        "counts": rows.take(each.counts, 1),
        "votes": np.where(voted, tracks["votes"][:, : len(places)], 0.0),
        "candidates": np.where(voted, tracks["candidates"][:, : len(places)], 0),
    }


def read_memory(remembered: Remembered, own: Memory, learned: tuple[str, ...]) -> Memory:
    """A memory with the parameters of `own`.

    Raises:
        InputError: it cannot be.
    """
    words, memory = memory_words(own.dtype, learned), own.copy()
    numbers: F64 = remembered.array("memory_numbers", np.float64, len(words.numbers))
    known = _words(memory)[0]
    known[words.numbers] = numbers.view(np.int64)
    known[words.counts] = remembered.array("memory_counts", np.int64, len(words.counts))
    if not memory["time"][0] < np.inf or memory["frame"][0] < 0 or memory["named"][0] < 0:
        remembered.refuse("its time, or a count, cannot be")
    return memory


def read_tracks(remembered: Remembered, record: np.dtype[np.void], memory: Memory) -> Table:
    """A table that begins with the tracks of this memory, each in a slot of its own.

    Raises:
        InputError: they cannot be.
    """
    words, live = track_words(record), int(memory["live"][0])
    numbers: F64 = remembered.array("numbers", np.float64, -1, len(words.numbers))
    if live != len(numbers):
        remembered.refuse(f"it says {live} tracks and has {len(numbers)}")
    table = new_table(record, max(live, FIRST_TABLE))
    rows, tracks = _words(table)[:live], table[:live]
    rows[:, words.numbers] = numbers.view(np.int64)
    rows[:, words.counts] = remembered.array("counts", np.int64, live, len(words.counts))
    _read_ballots(remembered, tracks)
    bad = np.flatnonzero(~_possible(tracks, memory[0]))
    if len(bad):
        remembered.refuse(f"track {bad[0]} cannot be")
    return table


def read_slots(remembered: Remembered, tracks: Table, live: int) -> Table:
    """The same tracks, the first `live` of the table, each in the slot that it had.

    Raises:
        InputError: they cannot have had them.
    """
    slots: I64 = remembered.array("slots", np.int64, live)
    if len(np.unique(slots)) < live or not ((slots >= 0) & (slots < SLOTS)).all():
        remembered.refuse("its slots cannot be")
    table = new_table(tracks.dtype, max(len(tracks), int(slots.max(initial=0)) + 1))
    table[:live] = tracks[:live]
    table["slot"][:live] = slots
    table["slot"][live:] = np.setdiff1d(np.arange(len(table)), slots)
    return table


def _read_ballots(remembered: Remembered, tracks: Table) -> None:
    live = len(tracks)
    votes: F64 = remembered.array("votes", np.float64, live, -1)
    most = votes.shape[1]
    if not tracks["candidate_count"].max(initial=1) <= most <= BALLOT:
        remembered.refuse(f"its ballots have {most} places")
    tracks["votes"][:, :most] = votes
    tracks["candidates"][:, :most] = remembered.array("candidates", np.int64, live, most)


def _possible(tracks: Table, memory: Any) -> Bool:  # noqa: ANN401 - a record
    """(T,) what a kernel may be given: it stays within its arrays, and comes to an end."""
    names, leader, seen = tracks["track_id"], tracks["leader"], tracks["seen_at"]
    fine: Bool = np.isin(tracks["phase"], (TENTATIVE, CONFIRMED, LOST))
    fine &= (leader >= 0) & (leader < tracks["candidate_count"])
    fine &= np.isfinite(seen) & (seen <= memory["time"])
    fine &= (tracks["seen"] <= memory["frame"]) & (tracks["born"] <= memory["frame"])
    _, first = np.unique(names, return_index=True)
    fine &= (names == UNNAMED) | (names > 0) & (names <= memory["named"])
    fine &= (names == UNNAMED) | np.isin(np.arange(len(names)), first)
    return fine


def _words_of(record: np.dtype[np.void], names: tuple[str, ...]) -> Words:
    numbers: list[int] = []
    counts: list[int] = []
    fields = record.fields
    assert fields is not None  # noqa: S101 - for the type checker: a record has them
    for field, offset, *_ in (fields[name] for name in names):
        words = numbers if field.base == np.float64 else counts
        words += range(offset // WORD, (offset + field.itemsize) // WORD)
    return Words(np.array(numbers, np.int64), np.array(counts, np.int64))


def _words(records: npt.NDArray[np.void]) -> I64:
    """(N, W) the records as they lie in memory."""
    return records.view(np.int64).reshape(len(records), records.itemsize // WORD)
