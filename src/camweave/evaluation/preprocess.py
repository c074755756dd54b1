"""What of a truth file counts: the rules of the MOTChallenge benchmarks.

A. Milan et al., "MOT16: A Benchmark for Multi-Object Tracking", 2016, section 4.
"""

from dataclasses import dataclass
from math import inf
from typing import Final, Literal

import numpy as np

from camweave.core.arrays import I64, Bool
from camweave.core.errors import InputError
from camweave.core.tracks import BoxTable
from camweave.evaluation.matching import best_pairs
from camweave.evaluation.overlap import TINY, overlaps
from camweave.evaluation.tables import refuse_unusable, rows_of

Rules = Literal["auto", "plain", "forgiving", "mot17", "mot20"]
"""Which truth counts.

- `plain` (MOT15, DanceTrack, our own files): every row of the truth but those marked 0.
- `forgiving` (the small world): the same, and a result box that matches a row marked 0 is taken
  out: finding what is nearly hidden or far away is neither right nor wrong.
- `mot17` (MOT16 too): only pedestrians that are not marked 0; and a result box that matches a
  person on a vehicle, a person who never moves, a distractor or a reflection is taken out, since
  finding it is neither right nor wrong.
- `mot20`: the same, with vehicles that have no motor among the distractors.
- `auto`: `mot17` if `looks_like_mot17(truth)`, else `plain`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Countable:
    """Whom a judge can ask for: the others are neither to be found nor missed.

    Benchmarks of detection ask for a least height of the box, and a least share that is seen: 25 px
    and partly occluded at most (KITTI, Geiger et al., CVPR 2012), 50 px and 65 % (Caltech
    Pedestrians, Dollár et al., CVPR 2009).
    """

    height: float = 0.0  # px
    visibility: float = 0.0  # 0 to 1

    def __post_init__(self) -> None:
        if not 0 <= self.height < inf:
            raise InputError(f"least height: expected 0 px or more, got {self.height:g}")
        if not 0 <= self.visibility <= 1:
            raise InputError(f"least visibility: expected 0 to 1, got {self.visibility:g}")

    def rows(self, truth: BoxTable) -> Bool:
        """(K,) which boxes are large and open enough."""
        tall = truth.xyxy[:, 3] - truth.xyxy[:, 1] >= self.height
        return np.asarray(tall & (truth.visibility >= self.visibility))


EVERYBODY: Final = Countable()
PEDESTRIAN: Final = 1
NO_MOTOR: Final = 6
DISTRACTORS: Final = (2, 7, 8, 12)  # person on vehicle, static person, distractor, reflection
LAST_CLASS: Final = 13
SAME_BOX: Final = 0.5  # overlap from which a result box is the distractor


def mot_challenge(
    truth: BoxTable,
    result: BoxTable,
    *,
    rules: Rules = "auto",
    countable: Countable = EVERYBODY,
) -> tuple[BoxTable, BoxTable]:
    """Truth and result without the rows that do not count.

    Classes of the result are not looked at: give pedestrians only. Who is not `countable` is taken
    out under any rules, and so is a result box that matches one of them, or that matches nobody
    and is lower than what counts.

    Raises:
        InputError: MOT17's or MOT20's rules are asked for and a class of the truth is not theirs,
            a box is not finite, or an id stands twice in a frame.
    """
    refuse_unusable("truth", truth)
    refuse_unusable("result", result)
    if rules == "auto":
        rules = "mot17" if looks_like_mot17(truth) else "plain"
    if countable != EVERYBODY:
        truth, result = _countable(truth, result, countable)
    counted = truth.score != 0
    if rules == "plain":
        return rows_of(truth, counted), result
    if rules == "forgiving":
        return rows_of(truth, counted), rows_of(result, ~_matches(truth, result, ~counted))
    _refuse_other_classes(truth, rules)
    distractors = DISTRACTORS if rules == "mot17" else (*DISTRACTORS, NO_MOTOR)
    dropped = _matches(truth, result, np.isin(truth.class_id, distractors))
    counted &= truth.class_id == PEDESTRIAN
    return rows_of(truth, counted), rows_of(result, ~dropped)


def _countable(
    truth: BoxTable, result: BoxTable, countable: Countable
) -> tuple[BoxTable, BoxTable]:
    asked, partner = countable.rows(truth), _partners(truth, result)
    low = result.xyxy[:, 3] - result.xyxy[:, 1] < countable.height
    nobody = partner < 0
    dropped = np.where(nobody, low, np.append(~asked, False)[partner])
    return rows_of(truth, asked), rows_of(result, ~dropped)


def looks_like_mot17(truth: BoxTable) -> bool:
    """Whether the classes and marks are as in MOT16, 17 and 20.

    That is: classes 1 to 13, distractors among them, and nothing but pedestrians marked to count.
    """
    known = (truth.class_id >= PEDESTRIAN) & (truth.class_id <= LAST_CLASS)
    others_are_out = (truth.class_id == PEDESTRIAN) | (truth.score == 0)
    return bool(np.all(known & others_are_out) and np.any(np.isin(truth.class_id, DISTRACTORS)))


def _refuse_other_classes(truth: BoxTable, rules: Rules) -> None:
    strange = np.setdiff1d(truth.class_id, np.arange(PEDESTRIAN, LAST_CLASS + 1))
    if len(strange):
        raise InputError(
            f"truth: class {strange[0]} is none of {rules}'s 1 to {LAST_CLASS}; use the plain rules"
        )


def _matches(truth: BoxTable, result: BoxTable, rows: Bool) -> Bool:
    """Which result boxes are matched to one of these rows of the truth."""
    partner = _partners(truth, result)
    return np.asarray((partner >= 0) & np.append(rows, False)[partner])


def _partners(truth: BoxTable, result: BoxTable) -> I64:
    """(K,) the row of the truth that each result box is matched to; -1: none."""
    every = overlaps(truth, result)
    close = every.where(every.overlap >= SAME_BOX - TINY)
    matched = best_pairs(close, close.overlap)
    partner = np.full(len(result), -1)
    partner[close.result_row[matched]] = close.truth_row[matched]
    return partner
