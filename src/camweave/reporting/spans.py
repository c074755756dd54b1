"""The spans of a tracklet: seen, filled in, or missing."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from camweave.core.tracks import UNDETECTED, Tracklet
from camweave.reporting.content import Span


def spans_of(tracklet: Tracklet, step: float) -> tuple[Span, ...]:
    """Its stretches in order of time; each row lasts until the next one, the last one `step` s."""
    return tuple(_spans(tracklet, step))


def _spans(tracklet: Tracklet, step: float) -> Iterator[Span]:
    frames, times = tracklet.frame_numbers, tracklet.times
    seen = tracklet.detection_indices != UNDETECTED
    gap = np.diff(frames) > 1
    cuts = np.flatnonzero(gap | np.diff(seen)) + 1
    bounds = [0, *cuts.tolist(), len(frames)]
    for begin, end in pairwise(bounds):
        if begin == end:
            continue
        goes_on = end < len(frames) and not gap[end - 1]
        until = times[end] if goes_on else times[end - 1] + step
        yield Span(float(times[begin]), float(until), bool(seen[begin]))
