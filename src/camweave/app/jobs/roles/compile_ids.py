"""Who each track of some cameras is, as it is known in the end: the fold of what the linker told.

It needs no beginning: an identity that was given out before the first event that is heard counts
as confirmed, and what nobody told of a track stays unknown.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from camweave.app.jobs.global_ids import outshone
from camweave.core.arrays import I64
from camweave.core.events import Confirmed, Created, Event, Linked, Merged, Moved, Split
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.tracks import UNLINKED, GlobalId, Tracks


class Owners:
    """The owners of tracklets by the events so far; only those of these cameras are kept."""

    def __init__(self, cameras: Iterable[CameraId]) -> None:
        self._owner: dict[CameraId, dict[int, GlobalId]] = {camera: {} for camera in cameras}
        self._stands_for: dict[GlobalId, GlobalId] = {}
        self._tentative: set[GlobalId] = set()

    def hear(self, events: Iterable[Event]) -> None:
        """Take what became known, in order."""
        for event in events:
            self._hear(event)

    def of(self, camera: CameraId) -> dict[int, GlobalId]:
        """Track id to global id of all tracks of a camera whose identity is confirmed."""
        homes = {track: self._home(owner) for track, owner in self._owner[camera].items()}
        return {track: home for track, home in homes.items() if home not in self._tentative}

    def _hear(self, event: Event) -> None:
        match event:
            case Created():
                self._tentative.add(event.identity)
            case Confirmed():
                self._tentative.discard(event.identity)
            case Linked():
                self._give([event.span.key], event.identity)
            case Merged():
                self._stands_for[event.alias] = event.identity
                self._give(event.tracklets, event.identity)
            case Split():
                self._split(event)
            case Moved():
                for move in event.moves:
                    self._give([move.key], move.into)
            case _:  # nobody becomes another by being seen, closed or forgotten
                pass

    def _split(self, event: Split) -> None:
        if event.fresh and event.identity in self._tentative:
            self._tentative.add(event.into)
        self._stands_for.pop(event.into, None)
        self._stands_for |= dict.fromkeys(event.aliases, event.into)
        self._give(event.tracklets, event.into)

    def _give(self, keys: Iterable[TrackletKey], identity: GlobalId) -> None:
        for camera, track in keys:
            if camera in self._owner:
                self._owner[camera][track] = identity

    def _home(self, identity: GlobalId) -> GlobalId:
        while identity in self._stands_for:
            identity = self._stands_for[identity]
        return identity


def ids_of(tracks: Tracks, who: Mapping[int, int]) -> I64:
    """(T,) global ids; UNLINKED of whom nobody knows.

    Where two tracks of one frame are one identity, only the surer one is.
    """
    ids = np.array([who.get(each, UNLINKED) for each in tracks.track_id.tolist()], np.int64)
    again = outshone(ids, np.zeros(len(ids), np.int64), tracks.score)
    ids[again] = UNLINKED
    return ids
