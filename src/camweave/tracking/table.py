"""The live tracks of one camera, one record each, and what a frame does to a record.

    tentative ─confirmed─→ confirmed ─not seen→ lost ─seen again→ confirmed
        └─not seen→ ended                         └─not seen for too long→ ended

An ended track leaves the table at the end of the frame, so the table holds live tracks only.
"""

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F64
from camweave.ops.compiled import inner
from camweave.tracking.kalman import STATE

TENTATIVE: Final = 1  # not yet shown. Phases are bits, so that one number can name several
CONFIRMED: Final = 2  # shown, if seen in this frame
LOST: Final = 4  # waited for
ENDED: Final = 8
ANY: Final = TENTATIVE | CONFIRMED | LOST

UNSEEN: Final = -1
UNNAMED: Final = 0  # ids are handed out from 1 on, when a track is first shown
BALLOT: Final = 8  # classes that the vote of a track can hold

FIRST_TABLE: Final = 64  # tracks

Field: TypeAlias = tuple[str, type] | tuple[str, type, tuple[int, ...]]
Table: TypeAlias = npt.NDArray[np.void]  # records of a track; the first `live` of them count
Track: TypeAlias = Any  # one of these records, whose fields only Numba knows

_TRACK: Final[list[Field]] = [
    ("state", np.float64, (STATE,)),  # the Kalman filter's
    ("xyxy", np.float64, (4,)),  # px; the state's box, now
    ("votes", np.float64, (BALLOT,)),  # sum of the scores that spoke for each candidate
    ("seen_at", np.float64),  # s
    ("candidates", np.int64, (BALLOT,)),  # class ids
    ("candidate_count", np.int64),
    ("leader", np.int64),  # place of the candidate with most votes
    ("track_id", np.int64),
    ("phase", np.int64),
    ("born", np.int64),  # number of the frame, from 1
    ("seen", np.int64),  # the same
    ("detection", np.int64),  # row in this frame, or UNSEEN
    ("slot", np.int64),  # its own as long as it lives, below the table's length
]


def track_record(*own: Field) -> np.dtype[np.void]:
    """The record of a track: what every tracker notes of one, and this tracker's own fields."""
    # Own fields first: Numba warns where one record is the beginning of another.
    return np.dtype([*own, *_TRACK], align=True)


def new_table(record: np.dtype[np.void], room: int = FIRST_TABLE) -> Table:
    """Room for so many tracks. The records behind the live ones hold the slots that are free."""
    table = np.zeros(room, record)
    table["slot"] = np.arange(room)
    return table


@inner
def wider(table: Table, room: int) -> Table:
    """The same tracks, and the same free slots, in a table with more room."""
    copy = np.empty(room, table.dtype)
    for i in range(len(table)):  # a slice assignment takes Numba two seconds more to compile
        copy[i] = table[i]
    for i in range(len(table), room):
        copy[i].slot = i
    return copy


@inner
def same_tracks(table: Table, live: int) -> Table:
    """The live tracks once more, to try things on."""
    copy = np.empty(live, table.dtype)
    for i in range(live):
        copy[i] = table[i]
    return copy


@inner
def vote(track: Track, score: float, class_id: int) -> None:
    """Count a score for a class; the lead changes only where another has strictly more.

    A full ballot strikes out its weakest, so the vote is exact for up to BALLOT classes.
    """
    place, weakest = 0, 1 - min(track.leader, 1)
    while place < track.candidate_count and track.candidates[place] != class_id:
        if place != track.leader and track.votes[place] < track.votes[weakest]:
            weakest = place
        place += 1
    if place == track.candidate_count:
        if place == BALLOT:
            place = weakest
        else:
            track.candidate_count += 1
        track.candidates[place] = class_id
        track.votes[place] = 0.0
    track.votes[place] += score
    if track.votes[place] > track.votes[track.leader]:
        track.leader = place


@inner
def class_of(track: Track) -> int:
    """The class that leads its vote."""
    class_id: int = track.candidates[track.leader]
    return class_id


@inner
def overlap(a: F64, b: F64) -> float:
    """Intersection over union of two boxes (4,), 0 where one is empty or inside out."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0.0 or height <= 0.0:
        return 0.0
    both = width * height
    share: float = both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)
    return share


@inner
def change_phase(table: Table, live: int, before: int, after: int) -> None:
    """What becomes of the tracks of some phases that this frame has not shown."""
    for i in range(live):
        if table[i].phase & before and table[i].detection == UNSEEN:
            table[i].phase = after


@inner
def drop_ended(table: Table, live: int) -> int:
    """Close the gaps that ended tracks leave, keeping the order of birth; how many remain."""
    kept = 0
    for i in range(live):
        if not table[i].phase & ENDED:
            if kept < i:
                freed = table[kept].slot
                table[kept] = table[i]
                table[i].slot = freed
            kept += 1
    return kept
