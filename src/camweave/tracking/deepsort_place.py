"""Where place alone leaves no doubt who is who, and so whose looks DeepSORT would like to see."""

from typing import Final, NamedTuple

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.ops.assignment import ALONE
from camweave.ops.compiled import inner
from camweave.tracking.deepsort_looks import is_due, strangeness
from camweave.tracking.desk import STRONG, Desk, Detection, Look
from camweave.tracking.meeting import listing, seat_detections, seat_tracks
from camweave.tracking.table import CONFIRMED, LOST, TENTATIVE, Track, class_of, overlap

TOUCHES: Final = 1.0  # how a track and a detection could be paired: by overlap,
EXPECTED: Final = 2.0  # or by looks, as the gate is open; or both, their sum


class Chance(NamedTuple):
    """Terms on which those meet who could be paired in any way."""

    phases: int
    band: int
    limit: float
    gate: float
    by_aspect: int
    most_apart: float


@inner
def undisputed(desk: Desk) -> I64:
    """(N,) the place in the table of each detection's track, where nobody else comes into question.

    The two overlap and the gate is open, the track was seen in the last frame, and neither could
    be paired with anyone else who was; nor is anyone lost where the detection is. ALONE, where
    that is not so.
    """
    memory, phases = desk.memory, TENTATIVE | CONFIRMED
    partner = np.full(memory.count, ALONE)
    rows, columns = seat_detections(STRONG, desk), seat_tracks(phases, desk)
    if len(rows) == 0 or len(columns) == 0:
        return partner
    limit, apart = TOUCHES + EXPECTED, memory.most_apart
    terms = Chance(phases, STRONG, limit, memory.gate, memory.by_aspect, apart)
    pairs = _list_chances(terms, rows, columns, desk)
    suitors, found, lost = np.zeros(len(columns), np.int64), desk.found, _lost_boxes(desk)
    for k in range(len(rows)):
        for e in range(rows[k].first, rows[k].stop):
            suitors[pairs[e].column] += 1
    for k in range(len(rows)):
        first = rows[k].first
        if rows[k].stop - first != 1 or pairs[first].cost != limit:
            continue
        j, i = pairs[first].column, rows[k].who
        if suitors[j] == 1 and not _lies_on_any(found[i].xyxy, lost, apart):
            partner[i] = columns[j].who
    return partner


@inner
def _chance(terms: Chance, track: Track, one: Detection, _: Look) -> float:
    how, gate = 0.0, terms.gate
    if 1.0 - overlap(track.xyxy, one.xyxy) < terms.most_apart:
        how += TOUCHES
    if track.phase == CONFIRMED and strangeness(gate, terms.by_aspect, track, one) <= gate:
        how += EXPECTED
    return how if how > 0.0 else np.inf


@inner
def _lost_boxes(desk: Desk) -> F64:
    """(L, 4) where the lost tracks are expected."""
    table, live, n = desk.table, desk.memory.live, 0
    boxes = np.empty((live, 4))
    for j in range(live):
        track = table[j]
        if track.phase == LOST:
            for k in range(4):
                boxes[n, k] = track.xyxy[k]
            n += 1
    return boxes[:n]


@inner
def _lies_on_any(box: F64, lost: F64, most_apart: float) -> bool:
    """Whether a lost track is expected where a box (4,) is: they may have changed places."""
    left, top, right, bottom = box[0], box[1], box[2], box[3]
    for j in range(len(lost)):
        width = min(lost[j, 2], right) - max(lost[j, 0], left)
        height = min(lost[j, 3], bottom) - max(lost[j, 1], top)
        if width > 0.0 and height > 0.0 and 1.0 - overlap(lost[j], box) < most_apart:
            return True
    return False


@inner
def want_some(desk: Desk, wanted: Bool) -> None:
    """Mark the detections whose look may decide, or may be kept: no other would matter."""
    table, memory, found, partner = desk.table, desk.memory, desk.found, undisputed(desk)
    for i in range(memory.count):
        one = found[i]
        if partner[i] != ALONE:
            wanted[i] = is_due(table[partner[i]], 1, memory)
        elif one.band == STRONG:
            wanted[i] = _matters(one, desk)


@inner
def _matters(one: Detection, desk: Desk) -> bool:
    """Whether a look is of use for any track that the detection could be taken for."""
    table, memory = desk.table, desk.memory
    gate, by_aspect, most_apart = memory.gate, memory.by_aspect, memory.most_apart
    for j in range(memory.live):
        track = table[j]
        if memory.class_aware and class_of(track) != one.class_id:
            continue
        known = track.phase != TENTATIVE and track.looks > 0
        if known and strangeness(gate, by_aspect, track, one) <= gate:
            return True
        due = track.phase != LOST and is_due(track, 1, memory)
        if due and 1.0 - overlap(track.xyxy, one.xyxy) < most_apart:
            return True
    return False


_list_chances = listing(_chance)
