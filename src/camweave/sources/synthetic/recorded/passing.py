"""Who is seen in which camera after which: true passages, and the windows they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.frame import CameraId
from camweave.core.topology import Topology, Transition
from camweave.sources.synthetic.recorded.footage import Footage
from camweave.sources.synthetic.recorded.site import TruePassages
from camweave.sources.synthetic.truth import LEAST_VISIBILITY

SLACK: Final = 1.0  # s added to either side of a window
TAIL: Final = 0.5  # percent of the passages on either side that make no window wider
FEWEST: Final = 3  # passages that make a link


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """Every time that somebody was in one camera's view; S of them."""

    object_id: I64  # (S,)
    begin: F64  # (S,) s, on the site's clock
    end: F64  # (S,) s


def stays_of(footage: Footage) -> Stays:
    """Who was in view from when to when, from what can be seen well enough."""
    truth = footage.seen.truth
    clear = np.flatnonzero(truth.visibility >= LEAST_VISIBILITY)
    stay, time = footage.stays()[clear], footage.times[truth.frame[clear]]
    names, first, place = np.unique(stay, return_index=True, return_inverse=True)
    begin, end = np.full(len(names), np.inf), np.full(len(names), -np.inf)
    np.minimum.at(begin, place, time)
    np.maximum.at(end, place, time)
    return Stays(truth.object_id[clear][first], begin, end)


def true_passages(stays: Sequence[Stays]) -> TruePassages:
    """Each stay of an object with its next one in another camera; `stays` are those of each camera.

    With overlapping views, the next stay is the one that begins next, wherever the others end.
    """
    who = np.concatenate([np.empty(0, np.int64), *(one.object_id for one in stays)])
    begin = np.concatenate([np.empty(0), *(one.begin for one in stays)])
    end = np.concatenate([np.empty(0), *(one.end for one in stays)])
    camera = np.repeat(np.arange(len(stays)), [len(one.object_id) for one in stays])
    order = np.lexsort((camera, begin, who))
    who, begin, end, camera = who[order], begin[order], end[order], camera[order]
    rows = np.flatnonzero((who[1:] == who[:-1]) & (camera[1:] != camera[:-1]))
    rows = rows[np.argsort(end[rows], kind="stable")]
    return TruePassages(
        object_id=who[rows],
        source=camera[rows].astype(np.int64),
        target=camera[rows + 1].astype(np.int64),
        leave=end[rows],
        enter=begin[rows + 1],
    )


def measured_topology(
    cameras: Sequence[CameraId], passages: TruePassages, homographies: dict[CameraId, F64]
) -> Topology:
    """The windows of all pairs of cameras with enough passages, with how many there were."""
    count = max(len(cameras), 1)
    pair = passages.source * count + passages.target
    gap = passages.enter - passages.leave
    transitions = []
    for number in np.unique(pair).tolist():
        gaps = gap[pair == number]
        if len(gaps) >= FEWEST:
            least, most = np.percentile(gaps, [TAIL, 100 - TAIL]).tolist()
            transitions.append(
                Transition(
                    source=cameras[number // count],
                    target=cameras[number % count],
                    least=round(least - SLACK, 1),
                    most=round(most + SLACK, 1),
                    samples=len(gaps),
                )
            )
    return Topology(
        cameras=tuple(cameras), transitions=tuple(transitions), homographies=homographies
    )
