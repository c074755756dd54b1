"""Identity scores: how much of the whole recording stands under the right id.

E. Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking",
ECCV workshops 2016.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from camweave.core.arrays import I64
from camweave.evaluation.matching import joined_key
from camweave.evaluation.overlap import Overlaps
from camweave.evaluation.scores import IdentityScores


def identity(pairs: Overlaps, *, iou_threshold: float) -> IdentityScores:
    """Identity scores of one sequence: ids are matched once, for all frames together."""
    close = pairs.where(pairs.overlap >= iou_threshold)
    couples, times = np.unique(joined_key(close), return_counts=True)
    truth, result = np.divmod(couples, max(1, close.result_ids))
    tp = most_together(truth, result, times)
    return IdentityScores(tp=tp, fn=len(close.truth_id) - tp, fp=len(close.result_id) - tp)


def most_together(truth: I64, result: I64, times: I64) -> int:
    """The most frames that one-to-one couples of ids can share; see `partners`."""
    return int(times[partners(truth, result, times)].sum())


def partners(truth: I64, result: I64, times: I64) -> I64:
    """Which couples of a true id (K,) and a result id (K,) make the most `times` (K,) together.

    Each id is in one couple at most. Numbers of the chosen couples, rising. Ids that never meet,
    not even through others, are solved apart: whole recordings of many cameras then stay small
    problems.
    """
    if len(times) == 0:
        return np.empty(0, np.int64)
    truth, result = _dense(truth), _dense(result)
    nodes = int(truth.max()) + 1 + int(result.max()) + 1
    meets = coo_array((times, (truth, result + truth.max() + 1)), shape=(nodes, nodes))
    group = connected_components(meets, directed=False)[1][truth]
    order = np.argsort(group, kind="stable")
    bounds = np.flatnonzero(np.diff(group[order])) + 1
    chosen = [
        rows[_of_group(_dense(truth[rows]), _dense(result[rows]), times[rows])]
        for rows in np.split(order, bounds)
    ]
    return np.sort(np.concatenate(chosen))


def _of_group(truth: I64, result: I64, times: I64) -> I64:
    together = np.zeros((truth.max() + 1, result.max() + 1))
    together[truth, result] = times
    partner = np.full(len(together), -1)
    rows, columns = linear_sum_assignment(together, maximize=True)
    partner[rows] = columns
    return np.flatnonzero(partner[truth] == result)


def _dense(ids: I64) -> I64:
    return np.unique(ids, return_inverse=True)[1].astype(np.int64)
