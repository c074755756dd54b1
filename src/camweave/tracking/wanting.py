"""Which rows of a frame a tracker would like to see embedded: the loop of its third kernel."""

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import Bool
from camweave.ops.compiled import inner
from camweave.tracking.desk import STRONG, Desk, Found, Function, Look, lay_out, make_space
from camweave.tracking.table import Table, same_tracks


def of_wanted(pass_time: Function, want_some: Function) -> Function:
    """The body of a `wanted` entry: `wanted_rows(live, memory, time, found, look)`.

    `want_some(desk, wanted)` marks the rows that could change something, once time has passed;
    where the tracker's `refresh` is 0, all strong ones are wanted, as the papers embed them.
    """

    @inner
    def wanted_rows(  # noqa: PLR0917 - as of an entry
        live: Table, memory: npt.NDArray[np.void], time: float, found: Found, look: Look
    ) -> Bool:
        """(N,) the rows to be embedded. The table and the memory stay as they are."""
        wanted, now = np.zeros(len(found.score), np.bool_), memory[0]
        if not now.time <= time < np.inf:
            return wanted
        later, space = np.empty(1, memory.dtype), make_space(now.live + len(found.score))
        later[0] = now
        tracks = same_tracks(live, now.live)
        desk = Desk(tracks, later[0], space.found, space.rows, space.columns, space.pairs, look)
        lay_out(found, desk)
        if now.refresh > 0.0:
            pass_time(desk, time)
            want_some(desk, wanted)
        else:
            _want_strong(desk, wanted)
        return wanted

    return wanted_rows


@inner
def _want_strong(desk: Desk, wanted: Bool) -> None:
    found = desk.found
    for i in range(desk.memory.count):
        wanted[i] = found[i].band == STRONG
