"""Reads a camera while the host's date jumps; run as a process of its own.

    DATE_SHIFT=FILE LD_PRELOAD=host_clock.so python -m tests.support.date_jump ADDRESS

writes to FILE while it reads, and prints what was seen as JSON.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from tests.support.waiting import until
from tests.support.watching import Watching

from camweave.sources.streams.av_stream import AvStream
from camweave.sources.streams.params import StreamParams

HOUR = 3600
FRAMES = 20


def comes_further(watching: Watching) -> Callable[[], bool]:
    """Whether some more frames have come since now."""
    before = watching.condition.frames
    return lambda: watching.condition.frames > before + FRAMES


def main() -> None:
    """One hour on, one hour back, and what became of time."""
    params = StreamParams(ntp=True)  # the way that depends on dates most
    with Watching(
        lambda clock: AvStream(
            sys.argv[1],
            camera="cam",
            now=clock.now,
            began=clock.began.timestamp(),
            params=params,
        )
    ) as watching:
        dates = []
        for shift in (0, HOUR, -HOUR):
            Path(os.environ["DATE_SHIFT"]).write_text(str(shift))
            dates.append(time.time())
            until(comes_further(watching), within=15)
        steps = [b.stamp.time - a.stamp.time for a, b in pairwise(watching.noted[10:])]
        ages = [noted.taken - noted.stamp.time for noted in watching.noted[10:]]
    seen = {"dates": dates, "states": watching.states, "steps": steps, "ages": ages}
    print(json.dumps(seen))  # noqa: T201 - it is what this process is for


if __name__ == "__main__":
    main()
