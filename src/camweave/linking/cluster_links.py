"""Why two tracklets are in one cluster: merges told as links."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.identities import Crop, Link, TrackletKey
from camweave.core.sightings import Sightings
from camweave.linking.closest_crops import closest_crops
from camweave.linking.possible import Reach


@dataclass(frozen=True, slots=True, eq=False)
class Merges:
    """The M merges of a clustering, the most similar first; rows are those of the sightings."""

    one: I64  # (M,) of the two clusters' most similar members that can follow, the earlier one
    other: I64  # (M,) and the later one
    closest: F64  # (M,) cosine of those two
    similarity: F64  # (M,) of the clusters, by the linkage
    runner_up: I64  # (M,) a member of the best cluster that was a choice instead; -1: none was
    margin: F64  # (M,) how far the merge was ahead of it; infinite where there was none

    def __len__(self) -> int:
        return len(self.one)


def links_of(merges: Merges, sightings: Sightings, reach: Reach) -> tuple[Link, ...]:
    """One link for each merge, in order of time: of the two members that were closest.

    `how` is `fragment` within a camera and `looks` between two. `evidence` is 0: a cosine is not
    in nats. What was decided on is `similarity` (of the two) and `margin` (of the clusters).
    """
    later = np.lexsort((merges.one, merges.other, sightings.begin[merges.other]))
    windows = reach.windows_of(merges.one, merges.other).tolist()
    crops = zip(*_crops(sightings, merges), strict=True)
    keys = _keys(sightings)
    gap = (sightings.begin[merges.other] - sightings.end[merges.one]).tolist()
    within = (sightings.camera[merges.one] == sightings.camera[merges.other]).tolist()
    made = [
        Link(
            one=keys[one],
            other=keys[other],
            how="fragment" if within[m] else "looks",
            evidence=0.0,
            similarity=alike,
            gap=gap[m],
            edge=None if windows[m] < 0 else reach.passages[windows[m]][0],
            window=None if windows[m] < 0 else reach.passages[windows[m]][1],
            runner_up=None if rival < 0 else keys[rival],
            margin=None if rival < 0 else margin,
            crops=shown,
        )
        for m, (one, other, alike, rival, margin, shown) in enumerate(
            zip(*_columns(merges), crops, strict=True)
        )
    ]
    return tuple(made[m] for m in later)


def _columns(merges: Merges) -> Iterator[list[Any]]:
    names = ("one", "other", "closest", "runner_up", "margin")
    return (getattr(merges, name).tolist() for name in names)


def _keys(sightings: Sightings) -> list[TrackletKey]:
    names = [sightings.cameras[camera] for camera in sightings.camera.tolist()]
    return list(map(TrackletKey, names, sightings.tracklet_id.tolist()))


def _crops(sightings: Sightings, merges: Merges) -> Iterator[list[Crop]]:
    """The closest crop of every merge's one, and of its other."""
    crops, keys = sightings.crops, _keys(sightings)
    numbers = closest_crops(crops, merges.one, merges.other)
    for rows, e in zip((merges.one, merges.other), numbers, strict=True):
        told = zip(rows.tolist(), crops.frame[e].tolist(), crops.time[e].tolist(), strict=True)
        yield [Crop(key=keys[row], frame=frame, time=time) for row, frame, time in told]
