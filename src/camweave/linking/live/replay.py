"""Runs a recording through the live linker: which id was shown when, and which it is in the end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.events import Event, Linked, Merged, Moved, Split
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.tracks import UNLINKED
from camweave.linking.live.feed import Feed
from camweave.linking.live.growing import Ground
from camweave.linking.live.life import GrowingParams
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.snapshot import Rows, Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One camera's K rows, in order of time: the global id of each as shown, and in the end."""

    track_id: I64  # (K,)
    frame: I64  # (K,)
    time: F64  # (K,) s
    shown: I64  # (K,) global id at that moment; UNLINKED: it was shown by its local id
    final: I64  # (K,) global id in the end


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """The result of a replay."""

    cameras: Mapping[CameraId, Shown]
    events: tuple[Event, ...]


def replay(
    feeds: Sequence[Feed],
    linker: LiveLinker,
    *,
    ground: Mapping[CameraId, Ground] | None = None,
    growing: GrowingParams | None = None,
    order: Callable[[list[Snapshot]], list[Snapshot]] = list,
    until: float = -np.inf,
) -> Replayed:
    """Feed all cameras to the linker, which links at each multiple of its interval.

    A row is shown as what the last linking at or before its time made of it. At the end, all
    tracks end, and there is one more linking; it is not before `until` s. `order` is the order in
    which snapshots of one instant arrive; it makes no difference.
    """
    gathering = [feed.growing((ground or {}).get(feed.camera), growing) for feed in feeds]
    told: list[list[tuple[Rows, I64]]] = [[] for _ in feeds]
    events: list[Event] = []
    interval, step = linker.live.interval, _first(feeds, linker.live.interval)
    over = not feeds
    while not over:
        time = step * interval
        for feed, gatherer, rows in zip(feeds, gathering, told, strict=True):
            came = feed.until(time)
            if len(came):
                rows.append((came, _labels(came, linker.shown(feed.camera))))
                gatherer.gather(came)
        over = time >= until and all(np.isinf(feed.next_time) for feed in feeds)
        snapshots = [each.snapshot(time, over=over) for each in gathering]
        events += linker.link(order(snapshots), time)
        step += 1
    final = fold(events)
    cameras = {f.camera: _shown(f.camera, rows, final) for f, rows in zip(feeds, told, strict=True)}
    return Replayed(cameras, tuple(events))


def fold(events: Iterable[Event]) -> dict[TrackletKey, int]:
    """The identity of each tracklet after these events."""
    held: dict[TrackletKey, int] = {}
    for event in events:
        match event:
            case Linked():
                held[event.span.key] = event.identity
            case Merged():
                held |= dict.fromkeys(event.tracklets, event.identity)
            case Split():
                held |= dict.fromkeys(event.tracklets, event.into)
            case Moved():
                held |= {move.key: move.into for move in event.moves}
            case _:
                pass
    return held


def _first(feeds: Sequence[Feed], interval: float) -> int:
    begin = min((feed.next_time for feed in feeds), default=np.inf)
    return int(begin // interval) + 1 if np.isfinite(begin) else 0


def _labels(rows: Rows, shown: Mapping[int, int]) -> I64:
    ids, which = np.unique(rows.track_id, return_inverse=True)
    labels = np.array([shown.get(each, UNLINKED) for each in ids.tolist()], np.int64)
    return labels[which]


def _shown(
    camera: CameraId, told: Sequence[tuple[Rows, I64]], final: Mapping[TrackletKey, int]
) -> Shown:
    def column(name: str, kind: type) -> np.ndarray:
        return np.concatenate([np.empty(0, kind), *(getattr(rows, name) for rows, _ in told)])

    track_id: I64 = column("track_id", np.int64)
    ids, which = np.unique(track_id, return_inverse=True)
    ends = [final.get(TrackletKey(camera, each), UNLINKED) for each in ids.tolist()]
    return Shown(
        track_id=track_id,
        frame=column("frame", np.int64),
        time=column("time", np.float64),
        shown=np.concatenate([np.empty(0, np.int64), *(labels for _, labels in told)]),
        final=np.array(ends, np.int64)[which] if len(ids) else np.empty(0, np.int64),
    )
