"""Which tracklets can follow which at all: from camera to camera, after how long."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.linking.fragments import LONGEST
from camweave.linking.transit import NO_EDGE, SECONDS, Transits

HOPELESS: Final = -8.0  # nats of a transition from which no likeness makes a link


@dataclass(frozen=True, slots=True, eq=False)
class Reachable:
    """The possible gaps between C cameras; none where `least` is above `most`."""

    least: F64  # (C, C) s
    most: F64  # (C, C) s

    def of(self, source: I64, target: I64, gap: F64) -> Bool:
        """Which passages are possible; the arrays broadcast."""
        worth: Bool = (gap >= self.least[source, target]) & (gap <= self.most[source, target])
        return worth


def anywhere(cameras: int) -> Reachable:
    """All passages of C cameras are possible."""
    return Reachable(np.full((cameras, cameras), -np.inf), np.full((cameras, cameras), np.inf))


def reachable(transits: Transits, together: Bool) -> Reachable:
    """The passages that these transits do not exclude, for any places of exit and entry.

    Whose views overlap (C, C) may be in both at one time.
    """
    ended, fresh = transits.ended.min(axis=1), transits.fresh.min(axis=1)
    against = ended[:, None] + fresh[None, :]
    open_ = transits.other - against > HOPELESS
    least = np.where(open_, -np.inf, np.inf)
    most = -least
    for a, b in np.argwhere((transits.edge != NO_EDGE) & ~open_).tolist():
        k = transits.edge[a, b]
        flow = transits.flow[k] + transits.leaving[k].max() + transits.entering[k].max()
        fit = np.flatnonzero(flow - against[a, b] > HOPELESS)
        if len(fit):
            last = min(int(fit[-1]) + 1, len(SECONDS) - 1)
            least[a, b], most[a, b] = SECONDS[max(int(fit[0]) - 1, 0)], SECONDS[last]
    least[together], most[together] = -np.inf, np.maximum(most[together], 0.0)
    own = np.arange(len(least))
    least[own, own] = -np.inf
    most[own, own] = np.maximum(most[own, own], LONGEST)
    return Reachable(least, most)
