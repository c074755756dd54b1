"""The one compute line: frames of all cameras in, the tracks in each of them out.

    frames of a tick → detector (one batch) → camera motion → embedder: rows that the trackers want
    (one batch) → a tracker per camera → embedder: rows that the linker wants (one batch)

Cameras with equal parameters share a detector and an embedder. Nothing here knows a thread or a
clock.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import compress
from typing import TypeVar

import numpy as np

from camweave.app.build.camera_motion import make_camera_motion
from camweave.app.build.detectors import make_detector
from camweave.app.build.embedders import make_embedder
from camweave.app.build.trackers import make_tracker
from camweave.app.jobs.live.place import Look, Place
from camweave.app.jobs.live.rhythm import Rhythm
from camweave.app.jobs.looking import embedded
from camweave.app.runtime.stopwatch import Stopwatch
from camweave.app.site.model import AnyDetectorParams, Camera
from camweave.core.arrays import Bool
from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame
from camweave.core.remembered import Remembered
from camweave.core.stages import Detector, Embedder
from camweave.detection.filtered import FilterParams, Keep

Params = TypeVar("Params")
Part = TypeVar("Part")


class Line:
    """Detects, embeds and tracks in frames of many cameras; one caller at a time.

    State: a tracker per camera. With a new epoch of a camera its tracks end, and a new tracker
    begins.
    """

    def __init__(
        self, cameras: Iterable[Camera], fps: float, *, after: Mapping[CameraId, int] | None = None
    ) -> None:
        """`fps` is the nominal rate; a camera's tracks are numbered from `after` + 1 on.

        Raises:
            ModelError: a model cannot be read.
            InputError: a parameter that cannot be used.
        """
        self.watch = Stopwatch()  # time spent in detection, embedding and tracking
        self._fps = fps
        self._detectors: list[tuple[AnyDetectorParams, Detector]] = []
        self._embedders: list[tuple[object, Embedder | None]] = []
        self._places: dict[CameraId, Place] = {}
        self.lost: dict[CameraId, Exception] = {}  # whose detector failed in the last `look`
        self._last = dict(after or {})  # the highest track id of cameras removed or replaced
        for camera in cameras:
            self.put(self.place(camera))

    @property
    def cameras(self) -> tuple[CameraId, ...]:
        """All cameras that it can process."""
        return tuple(self._places)

    def class_names(self, camera: CameraId) -> tuple[str, ...]:
        """The names that `class_id` indexes in this camera's tracks."""
        return self._places[camera].detector.class_names

    def place(self, camera: Camera) -> Place:
        """All parts that a camera needs, with its models read; `put` brings it into the line.

        This may take seconds. Any thread may call it, one at a time.

        Raises:
            ModelError: a model cannot be read.
            InputError: a parameter that cannot be used.
        """
        detector = _shared(self._detectors, camera.detector, lambda: make_detector(camera.detector))
        embedder = _shared(self._embedders, camera.embedder, lambda: make_embedder(camera.embedder))
        keep = camera.kept
        return Place(
            camera=camera,
            detector=detector,
            keep=None if keep == FilterParams() else Keep(keep, detector.class_names),
            embedder=embedder,
            motion=make_camera_motion(camera.camera_motion),
            tracker=make_tracker(camera.tracker, self._fps),
            rhythm=Rhythm(camera.detector.every, 1 / self._fps),
        )

    def put(self, place: Place) -> None:
        """Add a camera, or replace it: its tracks end then, and track ids go on from the last."""
        camera = CameraId(place.camera.name)
        if camera in self._places:
            self._last[camera] = self._places[camera].last
        place.after = place.last = max(place.last, self._last.get(camera, 0))
        place.turn = len(self._places)  # so that not all are looked at in the same tick
        self._places[camera] = place

    def remove(self, camera: CameraId) -> None:
        """Remove a camera; should it come back, its track ids go on from the last."""
        self._last[camera] = self._places.pop(camera).last

    def remembered(self, camera: CameraId) -> dict[str, Remembered]:
        """The state of a camera's parts after its last frame, by part, for another line to resume.

        What its detector has learned is left out.
        """
        return self._places[camera].remembered()

    def resume(self, camera: CameraId, remembered: Mapping[str, Remembered]) -> None:
        """Go on where another line stopped: all that follows is as it would have been there.

        Raises:
            InputError: the state is of other parameters, of another version, or damaged; nothing
                has changed then.
        """
        self._places[camera].resume(remembered, self._fps)

    def tidy(self) -> None:
        """Drop models that no camera uses any more; as with `place`, one thread at a time."""
        used = list(self._places.values())
        detectors = {id(place.detector) for place in used}
        self._detectors = [each for each in self._detectors if id(each[1]) in detectors]
        embedders = {id(place.embedder) for place in used}
        self._embedders = [each for each in self._embedders if id(each[1]) in embedders]

    def look(self, frames: Sequence[Frame]) -> list[Look]:
        """Process the frames of a tick: at most one of each camera, later ticks in order.

        A frame that its detector fails on is left out, and its camera stands in `lost` until the
        next call; the other frames are not affected.

        Raises:
            JobError: an embedder failed. The trackers have not seen these frames then.
        """
        places = [self._places[frame.stamp.camera] for frame in frames]
        if len({id(place) for place in places}) < len(places):
            raise InputError("the line takes one frame of a camera at a time")
        for frame, place in zip(frames, places, strict=True):
            place.meet(frame.stamp.epoch, self._fps)
        due = [place.due() for place in places]
        looked = self._looked(list(compress(frames, due)), list(compress(places, due)))
        looks = [
            looked.get(frame.stamp.camera) if now else place.predicted(frame)
            for frame, place, now in zip(frames, places, due, strict=True)
        ]
        return [look for look in looks if look is not None]

    def felt(self, seconds: float) -> None:
        """A tick took so long: cameras with `every: auto` adapt how often they detect."""
        for place in self._places.values():
            place.rhythm.felt(seconds)

    def _looked(self, frames: Sequence[Frame], places: Sequence[Place]) -> dict[CameraId, Look]:
        """Process frames in which detection is due, by camera."""
        with self.watch.part("detect"):
            found = self._detected(frames, places)
        whole = [frame.stamp.camera in found for frame in frames]
        frames, places = list(compress(frames, whole)), list(compress(places, whole))
        seen = [
            place.kept(found[frame.stamp.camera], frame)
            for frame, place in zip(frames, places, strict=True)
        ]
        wanted = [
            place.tracker.wants(each) if place.asks else np.zeros(len(each), np.bool_)
            for each, place in zip(seen, places, strict=True)
        ]
        seen = self._embedded(frames, seen, places, wanted)
        with self.watch.part("follow"):
            tracks = [place.follow(each) for each, place in zip(seen, places, strict=True)]
        more = [
            place.glances.choose(each, some, frame.size)
            if place.embedder is not None
            else np.zeros(len(each), np.bool_)
            for each, some, frame, place in zip(seen, tracks, frames, places, strict=True)
        ]
        seen = self._embedded(frames, seen, places, more)
        looks = (Look(*each) for each in zip(frames, seen, tracks, strict=True))
        return {look.frame.stamp.camera: look for look in looks}

    def _detected(
        self, frames: Sequence[Frame], places: Sequence[Place]
    ) -> dict[CameraId, Detections]:
        """Detections by camera; each detector gets all its frames in one batch."""
        self.lost = {}
        found: list[Detections] = []
        for detector in {id(place.detector): place.detector for place in places}.values():
            own = [f for f, place in zip(frames, places, strict=True) if place.detector is detector]
            found += self._found(detector, own)
        return {each.stamp.camera: each for each in found}

    def _found(self, detector: Detector, frames: Sequence[Frame]) -> Sequence[Detections]:
        """Detections in these frames, without those that the detector fails on alone."""
        try:
            return detector.detect(frames)
        except Exception as error:  # of any kind: it must not stop the other cameras
            if len(frames) == 1:
                self.lost[frames[0].stamp.camera] = error
                return []
            return [each for frame in frames for each in self._found(detector, [frame])]

    def _embedded(
        self,
        frames: Sequence[Frame],
        seen: Sequence[Detections],
        places: Sequence[Place],
        wanted: Sequence[Bool],
    ) -> list[Detections]:
        """The same with the wanted rows embedded; each embedder gets all its crops in one batch."""
        told = list(seen)
        for embedder in {id(p.embedder): p.embedder for p in places if p.embedder}.values():
            own = [
                at
                for at, place in enumerate(places)
                if place.embedder is embedder and wanted[at].any()
            ]
            rows = [wanted[at] for at in own]
            with self.watch.part("embed"):
                looked = embedded([(frames[at], seen[at]) for at in own], embedder, rows)
            self.watch.counts["crops"] += sum(int(each.sum()) for each in rows)
            for at, each in zip(own, looked, strict=True):
                told[at] = _both(seen[at], each)
        return told


def _shared(known: list[tuple[Params, Part]], params: Params, make: Callable[[], Part]) -> Part:
    """The part that was made of equal parameters before, or a new one."""
    for held, part in known:
        if held == params:
            return part
    part = make()
    known.append((params, part))
    return part


def _both(before: Detections, after: Detections) -> Detections:
    """`after` with the embeddings of both; rows embedded in neither are zeros."""
    if before.embedding is None or after.embedding is None:
        return after
    return replace(after, embedding=before.embedding + after.embedding)
