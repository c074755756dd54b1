"""How much speaks for two pieces being one path: the logarithm of a ratio of likelihoods.

In nats. Each miss is held against two Student t distributions: how a path of this recording goes
on, and how two of its objects differ. What comes on top is the odds that somebody who is lost is
found, against those that somebody new comes.
"""

from typing import Final

import numpy as np

from camweave.core.arrays import F64
from camweave.refinement.habits import Habits, Misses, astray
from camweave.refinement.params import RefineParams

FREEDOM: Final = np.array([4, 4, 10, 4, 4])  # of the t distributions: places stray, sizes do not
WEIGHT: Final = np.array([1, 1, 1, 0.5, 0.5])  # velocities tell in part what places told
OWN_MISS: Final = 1.05  # strangers' velocities differ at least so much more than one path's


def motion_evidence(seen: Misses, habits: Habits) -> F64:
    """(Q,) nats for one path, by place, size and velocity."""
    carry, own = habits.at(seen.gap)
    stray = astray(seen, carry)
    alien = np.broadcast_to(habits.strangers, stray.shape).copy()
    alien[:, 3:] = np.maximum(np.hypot(alien[:, 3:], own[:, 3:]), own[:, 3:] * OWN_MISS)
    apart = np.column_stack([seen.shift, seen.size, seen.pace])
    terms = WEIGHT * (_log_t(stray, own) - _log_t(apart, alien))
    evidence: F64 = terms.sum(axis=1)
    return evidence


def return_odds(gap: F64, births: float, params: RefineParams) -> F64:
    """(Q,) nats for a return after `gap` s (Q,), where `births` new ones come each second."""
    odds: F64 = np.log(params.returns / params.absence / births) - gap / params.absence
    return odds


def _log_t(value: F64, scale: F64) -> F64:
    """Logarithm of the density, less what is the same for all."""
    tail = np.log1p(np.square(value / scale) / FREEDOM)
    density: F64 = -np.log(scale) - (FREEDOM + 1) / 2 * tail
    return density
