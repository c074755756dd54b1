"""The rounds of ByteTrack, which BoT-SORT keeps: who meets whom, who is new, who is gone.

Zhang et al., ByteTrack: Multi-Object Tracking by Associating Every Detection Box (ECCV 2022).
"""

from typing import Any, Final, NamedTuple

import numpy as np

from camweave.ops.compiled import inner
from camweave.tracking.desk import STRONG, WEAK, Desk, Detection, Function, bear
from camweave.tracking.table import (
    CONFIRMED,
    ENDED,
    LOST,
    TENTATIVE,
    Field,
    Track,
    change_phase,
    class_of,
    drop_ended,
    overlap,
)

ROUNDS: Final[tuple[Field, ...]] = (  # parameters, for the memory of who keeps these rounds
    ("birth", np.float64),
    ("match", np.float64),
    ("second", np.float64),
    ("unconfirmed", np.float64),
    ("duplicate", np.float64),
    ("fuse_score", np.int64),
)


class Round(NamedTuple):
    """Which tracks meet which detections, and what a pair may cost."""

    phases: int
    band: int
    limit: float
    fuse: int


def rounds(pass_time: Function, match: Function, begin: Function) -> Function:
    """`follow(desk, time)`: bring the table from the last frame to this one.

    `pass_time(desk, time)` moves the tracks on, `match(round, desk)` pairs those who meet, and
    `begin(track, one, memory, look)` starts the filter of a track that this detection has born.
    """
    give_birth = _births(begin)

    @inner
    def follow(desk: Desk, time: float) -> None:
        m = desk.memory
        pass_time(desk, time)
        match(Round(CONFIRMED | LOST, STRONG, m.match, m.fuse_score), desk)
        match(Round(CONFIRMED, WEAK, m.second, 0), desk)
        change_phase(desk.table, m.live, CONFIRMED, LOST)
        match(Round(TENTATIVE, STRONG, m.unconfirmed, m.fuse_score), desk)
        change_phase(desk.table, m.live, TENTATIVE, ENDED)
        give_birth(desk)
        _end_duplicates(desk)
        m.live = drop_ended(desk.table, m.live)

    return follow


@inner
def overlap_cost(terms: Round, track: Track, one: Detection, _: Any) -> float:  # noqa: ANN401 - Look or None
    """1 - overlap, which a faint detection has less of where scores are fused."""
    weight = one.score if terms.fuse else 1.0
    cost: float = 1.0 - overlap(track.xyxy, one.xyxy) * weight
    return cost


def _births(begin: Function) -> Function:
    @inner
    def give_birth(desk: Desk) -> None:
        """Strong detections that nobody claimed begin tracks; in the first frame, certain ones."""
        table, memory, found, look = desk.table, desk.memory, desk.found, desk.look
        phase = CONFIRMED if memory.frame == 1 else TENTATIVE
        for i in range(memory.count):
            one = found[i]
            if one.band == STRONG and one.score >= memory.birth:
                track = table[memory.live]
                bear(track, one, phase, memory)
                begin(track, one, memory, look)

    return give_birth


@inner
def _end_duplicates(desk: Desk) -> None:
    """Where a lost track lies on one that is seen, the longer lived of the two stays."""
    table, memory = desk.table, desk.memory
    for p in range(memory.live):
        seen = table[p]
        if seen.phase & LOST:
            continue
        for q in range(memory.live):
            lost = table[q]
            if not lost.phase & LOST or overlap(seen.xyxy, lost.xyxy) <= memory.duplicate:
                continue
            if memory.class_aware and class_of(seen) != class_of(lost):
                continue
            if seen.seen - seen.born > lost.seen - lost.born:
                lost.phase |= ENDED
            else:
                seen.phase |= ENDED
