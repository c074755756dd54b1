"""Stop lines and the space behind them: who must wait, and who is still inside."""

from collections.abc import Sequence

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.sources.synthetic.paths import Paths
from camweave.sources.synthetic.plan import Signal, Stop

FAR = 1e3  # m


class Junctions:
    """The stops of a set of ways, as columns: way, signal, line, end."""

    def __init__(self, paths: Paths, stops: Sequence[Sequence[Stop]]) -> None:
        rows = [(path, stop) for path, way in enumerate(stops) for stop in way]
        self._path = np.array([path for path, _ in rows], np.int64)
        self._group = [(stop.signal, stop.group) for _, stop in rows]
        self.line = np.array([paths.distance_of(path, stop.at) for path, stop in rows])
        self._end = np.array([paths.distance_of(path, stop.until) for path, stop in rows])

    def distance_to_line(self, path: I64, front: F64, closed: frozenset[tuple[int, str]]) -> F64:
        """Metres from each `front` (N,) to the next closed line of its way; FAR without one."""
        shut = np.array([group in closed for group in self._group], bool)
        ahead = self.line - front[:, None]  # (N, stops)
        waits = (path[:, None] == self._path) & shut & (ahead >= 0)
        return np.asarray(np.where(waits, ahead, FAR).min(axis=1, initial=FAR), np.float64)

    def occupied(self, path: I64, rear: F64, front: F64) -> frozenset[tuple[int, str]]:
        """(signal, group) of those who are past a line and not yet past its end."""
        inside = (
            (path[:, None] == self._path)
            & (front[:, None] > self.line + 0.3)
            & (rear[:, None] < self._end)
        ).any(axis=0)
        return frozenset(self._group[row] for row in np.flatnonzero(inside))


def closed_groups(
    signals: Sequence[Signal], now: float, occupied: frozenset[tuple[int, str]]
) -> frozenset[tuple[int, str]]:
    """(signal, group) that may not start now: no green, or another group is still inside."""
    closed = set()
    for number, signal in enumerate(signals):
        green = {
            phase.group for phase in signal.phases if phase.begin <= now % signal.period < phase.end
        }
        for phase in signal.phases:
            others = any(n == number and g != phase.group for n, g in occupied)
            if phase.group not in green or others:
                closed.add((number, phase.group))
    return frozenset(closed)
