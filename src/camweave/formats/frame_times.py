"""The time of every frame of a recording, from the rows that say one."""

from collections.abc import Callable
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool

CLOSE: Final = 1e-6  # s


def times_of_frames(frame: I64, times: F64, fps: float, refuse: Callable[[Bool, str], None]) -> F64:
    """(F,) s of all frames up to the last, from (N,) those of the rows, finite, and at least one.

    Frames without a row lie between their neighbours; the rate leads back before the first.
    `refuse` is told which rows contradict others, and why.
    """
    known, first, of = np.unique(frame, return_index=True, return_inverse=True)
    at = times[first]
    refuse(np.abs(times - at[of]) > CLOSE, "another row of this frame says otherwise")
    runs_back = np.zeros(len(frame), np.bool_)
    runs_back[first[1:]] = np.diff(at) < 0
    refuse(runs_back, "time runs back")
    every = np.arange(int(known[-1]) + 1)
    before = np.minimum(every - known[0], 0) / fps
    frame_times: F64 = np.interp(every, known, at) + before
    return frame_times
