"""A site that fills a store: cameras, tracks that come and go, identities that wander."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.events import Confirmed, Created, Event, Linked, Span
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.tracks import GlobalId
from camweave.store.rows import Rows

OFFSET = 0.0123  # s, so that times are no round numbers


@dataclass(frozen=True, kw_only=True)
class Busy:
    """Cameras that always see so many, each for `stay` s, and each then in the next camera."""

    rows: int
    cameras: int = 16
    fps: int = 25
    tracks: int = 10  # in view of each camera
    stay: int = 20  # s
    visits: int = 5  # of each identity
    at_once: int = 5  # s that are written at once
    site: str = "busy"

    @property
    def names(self) -> tuple[CameraId, ...]:
        """The cameras."""
        return tuple(CameraId(f"cam_{n:02d}") for n in range(self.cameras))

    @property
    def seconds(self) -> int:
        """How long it takes until there are so many rows."""
        return self.rows // (self.cameras * self.tracks * self.fps)

    def time_of(self, frame: I64) -> F64:
        """(F,) s."""
        return frame / self.fps + OFFSET

    def batches(self) -> Iterator[Rows]:
        """All that is seen, some seconds at a time."""
        rng = np.random.default_rng(1)
        numbers = self.at_once * self.fps
        frames, per = self.cameras * numbers, self.tracks
        k = frames * per
        camera = np.repeat(np.arange(self.cameras), numbers)
        for begin in range(0, self.seconds, self.at_once):
            frame = np.tile(np.arange(begin * self.fps, begin * self.fps + numbers), self.cameras)
            generation = np.repeat(frame // (self.stay * self.fps), per)
            corner = rng.random((k, 2), np.float32) * 1000
            yield Rows(
                cameras=self.names,
                camera=camera,
                epoch=np.zeros(frames, np.int64),
                frame=frame,
                time=self.time_of(frame),
                offsets=np.arange(frames + 1) * per,
                track_id=generation * per + np.tile(np.arange(1, per + 1), frames),
                xyxy=np.hstack([corner, corner + 80]),
                score=rng.random(k, np.float32),
                class_id=np.zeros(k, np.int32),
            )

    def events(self) -> Iterator[Event]:
        """Who is who: the identity of each tracklet, which was in the camera before until then."""
        seq = 0
        known: set[int] = set()
        for generation in range(max(self.seconds // self.stay, 1)):
            edges = np.array([generation, generation + 1]) * self.stay * self.fps - [0, 1]
            begin = float(generation * self.stay)
            for at, camera in enumerate(self.names):
                for place in range(1, self.tracks + 1):
                    who = GlobalId(self._who(generation, at, place))
                    if who not in known:
                        known.add(who)
                        seq += 1
                        yield Created(seq=seq, time=begin, identity=who)
                        seq += 1
                        yield Confirmed(seq=seq, time=begin, identity=who)
                    seq += 1
                    key = TrackletKey(camera, generation * self.tracks + place)
                    span = Span(key, *self.time_of(edges).tolist())
                    yield Linked(seq=seq, time=begin, identity=who, span=span)

    def _who(self, generation: int, camera: int, place: int) -> int:
        """Rising with the first generation in which it is seen; each moves on by one camera."""
        began, start = generation - generation % self.visits, (camera - generation) % self.cameras
        return (began // self.visits * self.cameras + start) * self.tracks + place
