"""Scores as values: raw counts of a sequence, and the ratios that follow from them.

Only sums are stored, so that the scores of many sequences together are exact: counts are added,
and ratios are taken afterwards. The definitions, and what stands where there is nothing to
divide by, are TrackEval's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import reduce
from typing import Any, Final, TypeVar

import numpy as np

from camweave.core.arrays import F64
from camweave.core.errors import InputError

ALPHAS: Final = np.arange(0.05, 0.99, 0.05)  # (19,) overlaps at which HOTA is taken
ALPHAS.setflags(write=False)
COMBINED: Final = "COMBINED"


@dataclass(frozen=True, slots=True, eq=False)
class HotaScores:
    """Higher order tracking accuracy at every overlap of `ALPHAS` (Luiten et al., IJCV 2021).

    Every field and property is (19,), one value for each overlap.
    """

    tp: F64  # boxes matched
    fn: F64  # truth left over
    fp: F64  # result left over
    overlap_sum: F64  # overlap of the matched
    ass_a_sum: F64  # association accuracy, summed over the matched
    ass_re_sum: F64  # association recall, summed over the matched
    ass_pr_sum: F64  # association precision, summed over the matched

    @property
    def hota(self) -> F64:
        """The geometric mean of detection and association accuracy."""
        return np.sqrt(self.det_a * self.ass_a)

    @property
    def det_a(self) -> F64:
        """Detection accuracy: the share of matched boxes among all."""
        return self.tp / np.maximum(1, self.tp + self.fn + self.fp)

    @property
    def det_re(self) -> F64:
        """Detection recall: the share of the truth that was found."""
        return self.tp / np.maximum(1, self.tp + self.fn)

    @property
    def det_pr(self) -> F64:
        """Detection precision: the share of the result that is true."""
        return self.tp / np.maximum(1, self.tp + self.fp)

    @property
    def ass_a(self) -> F64:
        """Association accuracy: how well the two tracks of a match cover each other."""
        return self.ass_a_sum / np.maximum(1, self.tp)

    @property
    def ass_re(self) -> F64:
        """Association recall: how much of the true track the matched one covers."""
        return self.ass_re_sum / np.maximum(1, self.tp)

    @property
    def ass_pr(self) -> F64:
        """Association precision: how much of the matched track is on the true one."""
        return self.ass_pr_sum / np.maximum(1, self.tp)

    @property
    def loc_a(self) -> F64:
        """Localisation accuracy: mean overlap of the matched; 1 where nothing is matched."""
        return np.maximum(1e-10, self.overlap_sum) / np.maximum(1e-10, self.tp)


@dataclass(frozen=True, slots=True)
class ClearScores:
    """The CLEAR scores (Bernardin & Stiefelhagen, 2008) at one overlap."""

    tp: int  # boxes matched
    fn: int  # truth left over
    fp: int  # result left over
    switches: int  # a true object is matched by another id than the last time
    fragments: int  # a true object is lost and found again
    mostly_tracked: int  # true objects matched in more than .8 of their frames
    partly_tracked: int
    mostly_lost: int  # true objects matched in less than .2 of their frames
    overlap_sum: float  # overlap of the matched

    @property
    def mota(self) -> float:
        """Accuracy: 1 - (fn + fp + switches) / truth; below 0 where errors outnumber the truth."""
        truth = self.tp + self.fn
        return (self.tp - self.fp - self.switches) / truth if truth else 0.0

    @property
    def motp(self) -> float:
        """Mean overlap of the matched boxes, more is better; 0 where nothing is matched."""
        return self.overlap_sum / max(1, self.tp)


@dataclass(frozen=True, slots=True)
class IdentityScores:
    """The identity scores (Ristani et al., 2016): one result id for each true id, at best."""

    tp: int  # boxes of true ids covered by the result id given to them
    fn: int
    fp: int

    @property
    def idf1(self) -> float:
        """The harmonic mean of identity precision and recall."""
        return 2 * self.tp / max(1, 2 * self.tp + self.fp + self.fn)

    @property
    def idp(self) -> float:
        """Identity precision: the share of the result under the right id."""
        return self.tp / max(1, self.tp + self.fp)

    @property
    def idr(self) -> float:
        """Identity recall: the share of the truth under the right id."""
        return self.tp / max(1, self.tp + self.fn)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was scored."""

    truth_boxes: int
    result_boxes: int
    truth_ids: int  # ids of different sequences are different
    result_ids: int
    frames: int  # from the first with a box to the last


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """All scores of one sequence, or of several together."""

    name: str
    by_alpha: HotaScores
    clear: ClearScores
    identity: IdentityScores
    counts: Counts

    @property
    def hota(self) -> float:
        """HOTA, the mean over the overlaps."""
        return float(self.by_alpha.hota.mean())

    @property
    def mota(self) -> float:
        """MOTA of the CLEAR scores."""
        return self.clear.mota

    @property
    def idf1(self) -> float:
        """IDF1 of the identity scores."""
        return self.identity.idf1


def combine(scores: Sequence[Scores], *, name: str = COMBINED) -> Scores:
    """The scores of several sequences together: counts are added, then ratios are taken.

    Association is so weighted by the matched boxes of each sequence, as TrackEval does.

    Raises:
        InputError: there is nothing to combine.
    """
    if not scores:
        raise InputError("no scores to combine: give at least one sequence")
    return Scores(
        name,
        _sum([each.by_alpha for each in scores]),
        _sum([each.clear for each in scores]),
        _sum([each.identity for each in scores]),
        _sum([each.counts for each in scores]),
    )


T = TypeVar("T", HotaScores, ClearScores, IdentityScores, Counts)


def _sum(parts: list[T]) -> T:
    return reduce(_plus, parts)


def _plus(one: T, other: T) -> T:
    return type(one)(*(a + b for a, b in zip(_values(one), _values(other), strict=True)))


def _values(part: HotaScores | ClearScores | IdentityScores | Counts) -> Iterator[Any]:
    return (getattr(part, field.name) for field in fields(part))
