"""Stability of ids while a run is live: ids as shown against ids in the end.

Definitions, and where they come from, are in `docs/scores.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.errors import InputError
from camweave.core.tracks import UNLINKED, BoxTable
from camweave.evaluation.cameras import join_cameras
from camweave.evaluation.identity import identity, partners
from camweave.evaluation.matching import joined_key
from camweave.evaluation.overlap import overlaps
from camweave.evaluation.scores import IdentityScores
from camweave.evaluation.sights import Sights, durations, sights_of
from camweave.evaluation.tables import refuse_unusable, rows_of

NOBODY = -(2**62)  # the right id of who has none in the end
OWN = 1 << 40  # more than the numbers that a camera gives


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """What a viewer saw of the ids: counts and seconds, and the figures that follow from them.

    Seconds are of true objects that a shown box is on; of that, those whose id is not yet decided
    (below 0) are neither right nor wrong.
    """

    causal: IdentityScores  # of the ids as they were shown
    final: IdentityScores  # of the ids as they are in the end
    identities: int  # true objects that were ever shown
    seconds: float  # that they were shown, over all cameras
    right: float  # s of that under the right id
    flips: int  # changes of a shown id in view, to one that is not right
    handovers: int  # changes from one view to the next, to one that is not right
    corrections: int  # changes to the right one
    rewritten: float  # s of boxes shown under an id that is another in the end
    decided: float  # s of boxes that have an id in the end
    to_right: F64  # (V,) s from entering a view until the right id is shown for good
    longest_wrong: float  # s that one object stood under wrong ids, in one view

    @property
    def cidf1(self) -> float:
        """Causal multi-camera IDF1: ids as shown, never rewritten."""
        return self.causal.idf1

    @property
    def fidf1(self) -> float:
        """Final multi-camera IDF1; what it is ahead of the causal one was gained too late."""
        return self.final.idf1

    @property
    def right_share(self) -> float:
        """Share of the time under the right id."""
        return self.right / self.seconds if self.seconds else 0.0

    @property
    def changes(self) -> int:
        """All changes of a shown id."""
        return self.flips + self.handovers + self.corrections

    @property
    def changes_per_identity(self) -> float:
        """Changes for each true object that was shown."""
        return self.changes / max(1, self.identities)

    @property
    def changes_per_minute(self) -> float:
        """Changes for each minute that a true object was shown."""
        return 60 * self.changes / self.seconds if self.seconds else 0.0

    @property
    def erasure(self) -> float:
        """Normalised erasure: share of the decided time that was shown under another id."""
        return self.rewritten / self.decided if self.decided else 0.0

    @property
    def median_to_right(self) -> float:
        """Median s from entering a view to the right id; NaN if nobody was shown."""
        return self.quantile_to_right(0.5)

    def quantile_to_right(self, share: float) -> float:
        """The s within which this share of the views show the right id for good."""
        return float(np.quantile(self.to_right, share)) if len(self.to_right) else float("nan")


def stability(
    truth: Mapping[str, BoxTable],
    shown: Mapping[str, BoxTable],
    final: Mapping[str, I64],
    times: Mapping[str, F64],
    *,
    iou_threshold: float = 0.5,
) -> Stability:
    """The stability suite of one live run.

    Args:
        truth: the true boxes of each camera; rows of score 0 are not counted.
        shown: the boxes of each camera as shown, with the id shown at that moment. Ids below
            UNLINKED are numbers of the camera's own: it was not yet decided who this is.
            A box under UNLINKED had no id at all; no identity score counts it.
        final: for each row of `shown`, the id it has in the end; ids below 0 as above.
        times: (F,) s of each camera's frames, on the site's clock.
        iou_threshold: overlap from which on a shown box is on an object.

    Raises:
        InputError: a camera has no truth, no times or no final ids, or an id stands twice in a
            frame.
    """
    counted = {camera: rows_of(table, table.score != 0) for camera, table in truth.items()}
    ended = {camera: _at_the_end(camera, table, final) for camera, table in shown.items()}
    causal, last = _joined(counted, shown), _joined(counted, ended)
    sights = sights_of(counted, shown, times, iou_threshold)
    right = _right_ids(*last, sights.object_id, iou_threshold)
    flips, handovers, corrections = _changes(sights, right)
    rewritten, decided = _rewritten(shown, ended, times)
    return Stability(
        causal=identity(overlaps(*causal), iou_threshold=iou_threshold),
        final=identity(overlaps(*last), iou_threshold=iou_threshold),
        identities=len(np.unique(sights.object_id)),
        seconds=float(sights.lasts.sum()),
        right=float(sights.lasts[sights.shown == right].sum()),
        flips=flips,
        handovers=handovers,
        corrections=corrections,
        rewritten=rewritten,
        decided=decided,
        to_right=_to_right(sights, right),
        longest_wrong=_longest_wrong(sights, right),
    )


def _at_the_end(camera: str, shown: BoxTable, final: Mapping[str, I64]) -> BoxTable:
    ids = final.get(camera)
    if ids is None or len(ids) != len(shown):
        got = "none" if ids is None else str(len(ids))
        raise InputError(
            f"camera {camera!r}: {len(shown)} boxes were shown, and {got} have a final id; "
            "give one for each"
        )
    return replace(shown, object_id=np.asarray(ids, np.int64))


def _joined(
    truth: Mapping[str, BoxTable], result: Mapping[str, BoxTable]
) -> tuple[BoxTable, BoxTable]:
    """All cameras as one sequence; a camera's own numbers are no other camera's."""
    own = {
        camera: rows_of(
            replace(
                table,
                object_id=np.where(
                    table.object_id < 0, table.object_id - OWN * number, table.object_id
                ),
            ),
            table.object_id != UNLINKED,
        )
        for number, (camera, table) in enumerate(sorted(result.items()))
    }
    for camera, table in own.items():
        refuse_unusable(f"camera {camera!r}", table)
    return join_cameras(truth, own)


def _right_ids(truth: BoxTable, result: BoxTable, objects: I64, iou_threshold: float) -> I64:
    """(Q,) for each of these `objects` (Q,) the id that is its own in the end, or NOBODY."""
    pairs = overlaps(truth, result)
    close = pairs.where(pairs.overlap >= iou_threshold)
    couples, times = np.unique(joined_key(close), return_counts=True)
    true_number, number = np.divmod(couples, max(1, close.result_ids))
    chosen = partners(true_number, number, times)
    names, ids = np.unique(truth.object_id), np.unique(result.object_id)
    right = np.full(len(names), NOBODY)
    right[true_number[chosen]] = ids[number[chosen]]
    return right[np.searchsorted(names, objects)]


def _changes(sights: Sights, right: I64) -> tuple[int, int, int]:
    """Flips, handovers and corrections: a decided id after another one, object by object.

    Within a visit an id is held against the one before it; at the visit's first, against the last
    one shown for the object anywhere. Who is in two views at once has a row of ids in each.
    """
    keep = sights.decided
    seen, right = sights.where(keep), right[keep]
    order = np.lexsort((seen.visit, seen.time, seen.object_id))
    before = np.full(len(order), -1)
    same_object = seen.object_id[order][1:] == seen.object_id[order][:-1]
    before[order[1:][same_object]] = order[:-1][same_object]
    same_visit = np.flatnonzero(seen.visit[1:] == seen.visit[:-1]) + 1
    before[same_visit] = same_visit - 1
    changed = (before >= 0) & (seen.shown != seen.shown[before])
    mended = changed & (seen.shown == right)
    at_once = changed & ~mended & (seen.visit == seen.visit[before])
    flips, corrections = int(at_once.sum()), int(mended.sum())
    return flips, int(changed.sum()) - flips - corrections, corrections


def _rewritten(
    shown: Mapping[str, BoxTable], ended: Mapping[str, BoxTable], times: Mapping[str, F64]
) -> tuple[float, float]:
    """Seconds of boxes shown under an id that is another in the end; and of boxes with an id."""
    rewritten = decided = 0.0
    for camera, table in shown.items():
        lasts = durations(np.asarray(times[camera]))[table.frame]
        last = ended[camera].object_id
        decided += float(lasts[last >= 0].sum())
        rewritten += float(lasts[(table.object_id >= 0) & (table.object_id != last)].sum())
    return rewritten, decided


def _to_right(sights: Sights, right: I64) -> F64:
    """(V,) for each visit: s from its begin to the first of the right ids that it ends with."""
    wrong = sights.shown != right
    visits, first, count = np.unique(sights.visit, return_index=True, return_counts=True)
    rows = np.arange(len(wrong))
    owner = np.repeat(np.arange(len(visits)), count)
    last_wrong = np.full(len(visits), -1)
    np.maximum.at(last_wrong, owner[wrong], rows[wrong])
    good_from = np.maximum(last_wrong + 1, first)
    never = good_from >= first + count
    entered, left = sights.entered[first], sights.left[first]
    reached = sights.time[np.minimum(good_from, len(wrong) - 1)] if len(wrong) else entered
    return np.asarray(np.where(never, left, reached) - entered)


def _longest_wrong(sights: Sights, right: I64) -> float:
    """The longest s of one visit with wrong ids only, from the first such box to the last."""
    wrong = sights.decided & (sights.shown != right)
    if not wrong.any():
        return 0.0
    new = np.append(True, (np.diff(sights.visit) != 0) | (np.diff(wrong) != 0))
    run = np.cumsum(new)[wrong] - 1
    begin, end = np.full(run.max() + 1, np.inf), np.full(run.max() + 1, -np.inf)
    np.minimum.at(begin, run, sights.time[wrong])
    np.maximum.at(end, run, (sights.time + sights.lasts)[wrong])
    return float((end - begin).max())
