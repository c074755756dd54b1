"""When a track of SORT or OC-SORT is shown: after so many sights in a row, beyond its first.

In the first frames of a recording, as many as that, everyone is shown.
"""

from typing import Final

import numpy as np

from camweave.ops.compiled import inner
from camweave.tracking.area_motion import place_area, start_area
from camweave.tracking.desk import Detection, Memory, bear, note
from camweave.tracking.table import CONFIRMED, TENTATIVE, Field, Track, vote

STREAK: Final[tuple[Field, ...]] = (("streak", np.int64),)  # a track's own field


@inner
def begin(track: Track, one: Detection, memory: Memory) -> None:
    """A first sight. `track` is the first record behind the live ones."""
    start_area(track.state, one.xyxy)
    place_area(track.state, track.xyxy)
    track.streak = 0
    bear(track, one, phase_of(track, memory), memory)


@inner
def go_on(track: Track, one: Detection, memory: Memory) -> None:
    """A track is seen again; its filter has been told."""
    track.streak += 1
    track.phase = phase_of(track, memory)
    vote(track, one.score, one.class_id)
    note(track, one, memory)


@inner
def break_streak(track: Track, memory: Memory) -> None:
    """In a new frame: who was not in the last one has to begin again."""
    if track.seen < memory.frame - 1:
        track.streak = 0


@inner
def phase_of(track: Track, memory: Memory) -> int:
    """Whether its streak is long enough."""
    early = memory.frame <= memory.min_hits
    return CONFIRMED if early or track.streak >= memory.min_hits else TENTATIVE
