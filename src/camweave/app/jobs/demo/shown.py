"""What a run showed: boxes with the ids that they had at that moment, to be scored in the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from camweave.app.jobs.live.live_site import Sight
from camweave.core.arrays import F64, I64
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.tracks import UNLINKED, BoxTable, Tracks
from camweave.evaluation.tables import box_table, no_boxes, stack

EVERY: Final = 2  # pictures of a camera: one of them is scored

Owner = Callable[[TrackletKey], int]
"""Who a tracklet is in the end; UNLINKED where nobody knows."""


@dataclass(slots=True)
class Seen:
    """One camera's part."""

    heard: int = 0  # pictures
    index: list[int] = field(default_factory=list)  # of each one kept, among the camera's frames
    time: list[float] = field(default_factory=list)  # s of each, on the site's clock
    tracks: list[Tracks] = field(default_factory=list)
    ids: list[I64] = field(default_factory=list)  # (T,) as shown


class Shown:
    """Remembers every other picture of every camera's first round. One thread at a time."""

    def __init__(self) -> None:
        self._seen: dict[CameraId, Seen] = {}

    def hear(self, sight: Sight) -> None:
        """Take what one picture shows."""
        tracks, stamp = sight.look.tracks, sight.look.frame.stamp
        seen = self._seen.setdefault(stamp.camera, Seen())
        seen.heard += 1
        if stamp.epoch or seen.heard % EVERY:
            return  # a later epoch: the world began again, and its truth with it
        seen.index.append(stamp.index)
        seen.time.append(stamp.time)
        seen.tracks.append(tracks)
        nobody = np.full(len(tracks), UNLINKED, np.int64)
        seen.ids.append(each_once(nobody if sight.global_id is None else sight.global_id, tracks))

    @property
    def cameras(self) -> tuple[CameraId, ...]:
        """Those of which something is kept, in order of name."""
        return tuple(sorted(camera for camera, seen in self._seen.items() if seen.index))

    def frames(self, camera: CameraId) -> tuple[I64, F64]:
        """(F,) each: which of the camera's frames are kept, and when they were taken, s."""
        seen = self._seen[camera]
        return np.array(seen.index, np.int64), np.array(seen.time, np.float64)

    def table(self, camera: CameraId) -> BoxTable:
        """The boxes under the ids as shown; frames are counted as in `frames`.

        Who was pending has a number of the camera's own, below UNLINKED.
        """
        seen = self._seen[camera]
        return table_of(seen.tracks, seen.ids)

    def final(self, camera: CameraId, owner: Owner) -> I64:
        """(K,) for the same boxes, who each is in the end; numbers as above."""
        tracks = self._seen[camera].tracks
        numbers = sorted({number for each in tracks for number in each.track_id.tolist()})
        known = {number: owner(TrackletKey(camera, number)) for number in numbers}
        ids = [
            each_once(np.array([known[i] for i in each.track_id.tolist()], np.int64), each)
            for each in tracks
        ]
        return np.concatenate([*ids, np.empty(0, np.int64)])


def each_once(ids: I64, tracks: Tracks) -> I64:
    """(T,) ids of one picture; the pending, and who has another's id too, get the camera's own."""
    first = np.zeros(len(ids), np.bool_)
    first[np.unique(ids, return_index=True)[1]] = True
    return np.where(first & (ids != UNLINKED), ids, UNLINKED - 1 - tracks.track_id)


def table_of(tracks: Sequence[Tracks], ids: Sequence[I64]) -> BoxTable:
    """The boxes of pictures 0, 1, 2 and so on, under these ids."""
    return stack(
        [
            box_table(
                np.full(len(each), frame),
                own,
                each.xyxy,
                score=each.score,
                class_id=each.class_id,
            )
            for frame, (each, own) in enumerate(zip(tracks, ids, strict=True))
        ]
        or [no_boxes()]
    )
