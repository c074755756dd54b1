"""One run of a site at a worker: its line, and what is held of each camera.

What is held of a camera is good as long as its frames come by the same claim: a broker gives them
to one worker at a time. By a new claim it is read from the store, where whoever had the camera
meanwhile left it. A frame that somebody else has written all the same shows when ours is not new.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias

from camweave.app.jobs.live.line import Line
from camweave.app.jobs.live.place import Look
from camweave.app.jobs.roles.kept import VERSION, Kept, kept_in
from camweave.app.jobs.roles.patience import Patience
from camweave.app.site.model import Camera, Site
from camweave.app.site.sections import Live
from camweave.broker.publisher import Sent
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.remembered import Remembered
from camweave.formats.messages.packed import Address, Packed
from camweave.formats.messages.results import Found, pack_found
from camweave.formats.remembered import packed, unpacked
from camweave.store import values
from camweave.store.store import Store
from camweave.store.values import Batch, CameraState

log = logging.getLogger(__name__)

TRIES: Final = 3  # of a frame that something fails on
LAST: Final = 2  # of a place's counts: the highest number of its tracks

At: TypeAlias = tuple[int, int]  # epoch and index of a frame


@dataclass(slots=True, eq=False)
class Held:
    """A camera, as far as we know it."""

    claim: object  # by which its frames come
    at: At = (-1, -1)  # its last frame
    memory: bytes | None = None  # of its place, after that frame; None: before the first
    unsent: dict[At, Packed] = field(default_factory=dict)  # of another's: may not have arrived
    out: list[tuple[Packed, Sent]] = field(default_factory=list)  # ours, on their way


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of some frames, one of a camera at most."""

    looks: Mapping[CameraId, Look]
    failed: Mapping[CameraId, Exception]  # why, after all tries


class Bench:
    """Works on the frames of a run. One caller."""

    def __init__(
        self,
        site: Site,
        address: Address,
        store: Store,
        patience: Patience,
        *,
        began: float | None = None,
    ) -> None:
        """`began` is s since 1970 at 0 of the clock that stamps its frames; None: not known.

        Raises:
            Stopped: we are to end, and the store is away.
        """
        self.address, self._site, self._store, self._patience = address, site, store, patience
        self._cameras = {CameraId(each.name): each for each in site.cameras}
        self._fps = (site.live or Live()).fps
        self._line = Line([], self._fps)
        self._held: dict[CameraId, Held] = {}
        self._begin = partial(store.begin_run, address.site, address.run, began=began)
        self._run = patience.until_done(self._begin)

    def hold(self, frame: Frame, claim: object) -> Held:
        """All that is known of a frame's camera, before this frame.

        Raises:
            InputError: the site has no such camera.
            Stopped: we are to end, and the store is away.
        """
        camera = frame.stamp.camera
        held = self._held.get(camera)
        if held is None or held.claim != claim:
            if camera not in self._cameras:
                there = ", ".join(self._cameras)
                raise InputError(f"camera {camera} is not one of site {self._site.site}: {there}")
            held = self._patience.until_done(lambda: self._taken_over(frame, claim))
            self._held[camera] = held
        return held

    def look(self, frames: Sequence[Frame]) -> Looked:
        """What is followed in each frame; one that something fails on is tried again by itself."""
        looks: dict[CameraId, Look] = {}
        failed: dict[CameraId, Exception] = {}
        try:
            looks = {look.frame.stamp.camera: look for look in self._line.look(frames)}
            failed.update(self._line.lost)
        except Exception as error:  # whatever it is, it is of one of these frames
            failed = {frame.stamp.camera: error for frame in frames}
        for frame in frames:
            if frame.stamp.camera in failed:
                found = self._tried_again(frame, failed)
                looks.update({frame.stamp.camera: found} if found else {})
        return Looked(looks, failed)

    def keep(self, looks: Sequence[Look]) -> list[Packed]:
        """Write what came of frames, in one transaction; their results, without pictures.

        Raises:
            Stopped: we are to end, and the store is away. Nothing was written then.
        """
        results = [self._result(look) for look in looks]
        kept = [self._kept(look, each) for look, each in zip(looks, results, strict=True)]
        states = [
            _state(look.frame.stamp, each.to_bytes())
            for look, each in zip(looks, kept, strict=True)
        ]
        batch = Batch.of(self._run, [look.tracks for look in looks], *states)
        written = self._patience.until_done(lambda: self._store.write(batch))
        for look, each in zip(looks, kept, strict=True):
            held = self._held[look.frame.stamp.camera]
            held.at, held.memory = _at(look.frame.stamp), each.memory
            if written.frames < len(looks):  # somebody else has a camera of these, too
                held.claim = None
        return results

    def felt(self, seconds: float) -> None:
        """So long it took, live: detectors that are to keep pace heed it."""
        self._line.felt(seconds)

    def _result(self, look: Look) -> Packed:
        height, width = look.frame.image.shape[:2]
        names = self._line.class_names(look.frame.stamp.camera)
        found = Found(
            self.address, (width, height), look.detections, look.tracks, names, look.detected
        )
        return pack_found(found)

    def _kept(self, look: Look, result: Packed) -> Kept:
        camera = look.frame.stamp.camera
        held = self._held[camera]
        held.out = [(each, sent) for each, sent in held.out if not sent.over]
        memory = packed(self._line.remembered(camera))
        return Kept(memory, [*(each for each, _ in held.out), result])

    def _taken_over(self, frame: Frame, claim: object) -> Held:
        """A camera as the store has it, with its place in the line."""
        camera = frame.stamp.camera
        self._put(camera, None)
        self._begin(cameras=[self._told(frame)])
        state = self._store.camera_state(self._run, camera)
        if state is None:
            return Held(claim)
        kept = kept_in(state.state, state.version)
        unsent = {_place_of(each): each for each in kept.results}
        self._put(camera, kept.memory)
        return Held(claim, (state.epoch, state.frame), kept.memory, unsent)

    def _told(self, frame: Frame) -> values.Camera:
        height, width = frame.image.shape[:2]
        camera = frame.stamp.camera
        return values.Camera(
            name=camera,
            width=width,
            height=height,
            fps=self._cameras[camera].fps or 0.0,
            class_names=self._line.class_names(camera),
        )

    def _put(self, camera: CameraId, memory: bytes | None) -> None:
        """Put a camera into the line: a new one, or as it was."""
        params: Camera = self._cameras[camera]
        place = self._line.place(params)
        self._line.put(place)
        place.turn = list(self._cameras).index(camera)  # as if all had been put at once
        if memory is None:
            return
        known = unpacked(memory)
        try:
            self._line.resume(camera, known)
        except InputError as error:
            log.warning("work: camera %s: its tracks begin anew: %s", camera, error)
            place.after = place.last = _last_number(known)

    def _tried_again(self, frame: Frame, failed: dict[CameraId, Exception]) -> Look | None:
        """A frame that failed, by itself, from where its camera was before; None: it fails."""
        camera = frame.stamp.camera
        for _ in range(TRIES - 1):
            self._put(camera, self._held[camera].memory)
            try:
                looks = self._line.look([frame])
            except Exception as error:  # as above
                failed[camera] = error
                continue
            if looks:
                del failed[camera]
                return looks[0]
            failed.update(self._line.lost)
        self._put(camera, self._held[camera].memory)
        return None


def _state(stamp: Stamp, state: bytes) -> CameraState:
    return CameraState(
        camera=stamp.camera, epoch=stamp.epoch, frame=stamp.index, version=VERSION, state=state
    )


def _at(stamp: Stamp) -> At:
    return stamp.epoch, stamp.index


def _place_of(result: Packed) -> At:
    epoch, frame = result.headers["epoch"], result.headers["frame"]
    return int(epoch), int(frame)


def _last_number(known: Mapping[str, Remembered]) -> int:
    """The highest number of the tracks that a place remembers."""
    counts = known["place"].arrays["counts"].tolist() if "place" in known else []
    return int(counts[LAST]) if len(counts) > LAST else 0
