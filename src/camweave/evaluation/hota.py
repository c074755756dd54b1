"""HOTA: how well objects are found, and how well they are kept apart, in one score.

J. Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking", IJCV 2021.
"""

from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.evaluation.matching import best_pairs, joined_key
from camweave.evaluation.overlap import TINY, Overlaps
from camweave.evaluation.scores import ALPHAS, HotaScores


@dataclass(frozen=True, slots=True, eq=False)
class Couples:
    """The C couples of a true id and a result id that ever overlap."""

    of_pair: I64  # (S,) couple of every pair of boxes
    truth_length: I64  # (C,) boxes of the true id
    result_length: I64  # (C,) boxes of the result id


def hota(pairs: Overlaps) -> HotaScores:
    """HOTA of one sequence, at every overlap of `ALPHAS`."""
    couples = _couples(pairs)
    weight = _alignment(pairs, couples)[couples.of_pair] * pairs.overlap
    matched = best_pairs(pairs, weight)
    return _scores(pairs, couples, matched.nonzero()[0])


def _couples(pairs: Overlaps) -> Couples:
    key, of_pair = np.unique(joined_key(pairs), return_inverse=True)
    truth, result = np.divmod(key, max(1, pairs.result_ids))
    return Couples(
        of_pair, np.bincount(pairs.truth_id)[truth], np.bincount(pairs.result_id)[result]
    )


def _alignment(pairs: Overlaps, couples: Couples) -> F64:
    """(C,) how far the two tracks of a couple are one, before anyone is matched."""
    either = couples.truth_length + couples.result_length
    together = np.bincount(couples.of_pair, weights=_share(pairs), minlength=len(either))
    return together / (either - together)


def _share(pairs: Overlaps) -> F64:
    """(S,) each overlap, as a part of all overlaps that its two boxes have."""
    by_truth = np.bincount(pairs.truth_row, weights=pairs.overlap, minlength=1)
    by_result = np.bincount(pairs.result_row, weights=pairs.overlap, minlength=1)
    both = by_truth[pairs.truth_row] + by_result[pairs.result_row] - pairs.overlap
    return np.where(both > TINY, pairs.overlap / np.where(both > TINY, both, 1), 0)


def _scores(pairs: Overlaps, couples: Couples, matched: I64) -> HotaScores:
    """Count the matches that reach each overlap, and for their couples the times together."""
    overlap, couple = pairs.overlap[matched], couples.of_pair[matched]
    truth_length, result_length = couples.truth_length, couples.result_length
    reached = overlap >= ALPHAS[:, None] - TINY  # (19, matches)
    times = np.stack([np.bincount(couple[at], minlength=len(truth_length)) for at in reached])
    tp = reached.sum(axis=1).astype(np.float64)
    return HotaScores(
        tp=tp,
        fn=len(pairs.truth_id) - tp,
        fp=len(pairs.result_id) - tp,
        overlap_sum=np.array([overlap[at].sum() for at in reached]),
        ass_a_sum=(times * times / (truth_length + result_length - times)).sum(axis=1),
        ass_re_sum=(times * times / truth_length).sum(axis=1),
        ass_pr_sum=(times * times / result_length).sum(axis=1),
    )
