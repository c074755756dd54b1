"""One run of a site at a worker: its line, and what is held of each camera.

What is held of a camera is good as long as its frames come by the same claim: a broker gives them
to one worker at a time. By a new claim it is read from the store, where whoever had the camera
meanwhile left it. A frame that somebody else has written all the same shows when ours is not new.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import Final, TypeAlias

from camweave.app.jobs.live.line import Line
from camweave.app.jobs.live.place import Look, last_number, looks_of, with_looks
from camweave.app.jobs.roles.kept import VERSION, Kept, kept_in
from camweave.app.jobs.roles.patience import Patience
from camweave.app.jobs.roles.work_tally import WorkTally
from camweave.app.site.model import Camera, Site
from camweave.app.site.sections import Live
from camweave.broker.publisher import Sent
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.remembered import Remembered
from camweave.formats.messages.packed import Address, Packed
from camweave.formats.messages.results import Found, pack_found, stamp_of
from camweave.formats.remembered import packed, unpacked
from camweave.store import values
from camweave.store.store import Store
from camweave.store.values import Batch, CameraState, kept_as

log = logging.getLogger(__name__)

TRIES: Final = 3  # of a frame that something fails on

At: TypeAlias = tuple[int, int]  # epoch and index of a frame
Known: TypeAlias = Mapping[str, Remembered]


@dataclass(slots=True, eq=False)
class Held:
    """A camera, as far as we know it."""

    claim: object  # by which its frames come
    at: At = (-1, -1)  # the last frame that was looked at
    known: Known | None = None  # of its place in the line, after that frame; None: before the first
    written: CameraState | None = None  # as the store has it; None: somebody else may have written
    unsent: dict[At, Packed] = field(default_factory=dict)  # of another's: may not have arrived
    out: list[tuple[At, Packed, Sent]] = field(default_factory=list)  # ours, on their way
    proven: bool = False  # one of ours has arrived: its frames were ours, whoever had them before


@dataclass(frozen=True, slots=True, eq=False)
class Note:
    """What came of one frame, and all that is known of its camera after it."""

    found: Found  # without its picture
    known: Known


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of some frames, one of a camera at most."""

    notes: Mapping[CameraId, Note]
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
        recorded: bool = True,
        began: float | None = None,
        tally: WorkTally | None = None,
    ) -> None:
        """`began` is s since 1970 at 0 of the clock that stamps its frames; None: not known.

        Who is who in what is `recorded` is the run's own. What is done is counted in `tally`.

        Raises:
            Stopped: we are to end, and the store is away.
        """
        self.address, self._site, self._store, self._patience = address, site, store, patience
        self._cameras = {CameraId(each.name): each for each in site.cameras}
        self._fps = (site.live or Live()).fps
        self._line = Line([], self._fps)
        self._tally = tally or WorkTally(address.site, None)
        self._line.watch = self._tally.watch  # one for all runs of a site
        self._held: dict[CameraId, Held] = {}
        kept = kept_as(address.site, address.run, recorded=recorded)
        self._begin = partial(store.begin_run, kept, address.run, began=began)
        self._run = patience.until_done(self._begin)

    def make_ready(self) -> None:
        """Have at hand what its cameras need; what cannot be had is told when a frame comes."""
        for camera in self._cameras.values():
            with suppress(Exception):
                self._line.place(camera)

    def holds(self, camera: CameraId, claim: object) -> bool:
        """Whether what is known of a camera is good for frames that come by this claim."""
        held = self._held.get(camera)
        return held is not None and held.claim == claim

    def hold(self, frame: Frame, claim: object) -> Held:
        """All that is known of a frame's camera, before this frame.

        Where it is not held, it is read from the store: what came of frames before must have been
        kept by then.

        Raises:
            InputError: the site has no such camera.
            Stopped: we are to end, and the store is away.
        """
        camera = frame.stamp.camera
        if not self.holds(camera, claim):
            if camera not in self._cameras:
                there = ", ".join(self._cameras)
                raise InputError(f"camera {camera} is not one of site {self._site.site}: {there}")
            taken = self._patience.until_done(lambda: self._taken_over(frame, claim))
            self._held[camera] = taken
        return self._held[camera]

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
        return Looked({camera: self._note(look) for camera, look in looks.items()}, failed)

    def keep(self, notes: Sequence[Note]) -> list[Packed]:
        """Write what came of frames, in one transaction; their results, without pictures.

        Another thread than the one that looks may do it, with all notes in their order.

        Raises:
            Stopped: we are to end, and the store is away. Nothing was written then.
        """
        results = [pack_found(note.found) for note in notes]
        own: dict[CameraId, list[tuple[Note, Packed]]] = defaultdict(list)
        for note, result in zip(notes, results, strict=True):
            own[note.found.stamp.camera].append((note, result))
        states = [self._state(self._held[camera], of_it) for camera, of_it in own.items()]
        batch = Batch.of(self._run, [note.found.tracks for note in notes], *states)
        began = perf_counter()
        written = self._patience.until_done(lambda: self._store.write(batch))
        self._tally.stored(written.rows, perf_counter() - began)
        alone = written.frames == len(notes)  # else somebody else has a camera of these, too
        for state in states:
            held = self._held[state.camera]
            held.claim = held.claim if alone else None
            held.written = replace(state, after=None) if alone else None
        return results

    def felt(self, seconds: float) -> None:
        """So long it took, live: detectors that are to keep pace heed it."""
        self._line.felt(seconds)

    def _note(self, look: Look) -> Note:
        """What came of a frame; its camera is held after it."""
        frame, camera = look.frame, look.frame.stamp.camera
        names = self._line.class_names(camera)
        found = Found(self.address, frame.size, look.detections, look.tracks, names, look.detected)
        held = self._held[camera]
        held.at, held.known = _at(frame.stamp), self._line.remembered(camera)
        return Note(found, held.known)

    def _state(self, held: Held, own: Sequence[tuple[Note, Packed]]) -> CameraState:
        """A camera after these frames of it, with the results that may not have arrived.

        Another's are among them until one of ours has arrived. Who lost a camera and does not know
        it would else let go of what the one who has it now is to tell.
        """
        held.proven = held.proven or any(sent.arrived for *_, sent in held.out)
        held.out = [each for each in held.out if not each[-1].over]
        results = {} if held.proven else dict(held.unsent)
        results |= {at: result for at, result, _ in held.out}
        results |= {_at(note.found.stamp): result for note, result in own}
        last, _ = own[-1]
        state, stamp = Kept(packed(last.known), [*results.values()]).to_bytes(), last.found.stamp
        return CameraState(
            camera=stamp.camera,
            epoch=stamp.epoch,
            frame=stamp.index,
            version=VERSION,
            state=state,
            looks=looks_of(last.known),
            after=held.written,
        )

    def _taken_over(self, frame: Frame, claim: object) -> Held:
        """A camera as the store has it, with its place in the line."""
        camera = frame.stamp.camera
        self._put(camera, None)
        self._begin(cameras=[self._told(frame)])
        state = self._store.camera_state(self._run, camera)
        if state is None:
            return Held(claim)
        kept = kept_in(state.state, state.version)
        unsent = {_at_of(each): each for each in kept.results}
        known = with_looks(unpacked(kept.memory), state.looks)
        self._put(camera, known)
        return Held(claim, (state.epoch, state.frame), known, state, unsent)

    def _told(self, frame: Frame) -> values.Camera:
        width, height = frame.size
        camera = frame.stamp.camera
        return values.Camera(
            name=camera,
            width=width,
            height=height,
            fps=self._cameras[camera].fps or 0.0,
            class_names=self._line.class_names(camera),
        )

    def _put(self, camera: CameraId, known: Known | None) -> None:
        """Put a camera into the line: a new one, or as it was."""
        params: Camera = self._cameras[camera]
        place = self._line.place(params)
        self._line.put(place)
        place.turn = list(self._cameras).index(camera)  # as if all had been put at once
        if known is None:
            return
        try:
            self._line.resume(camera, known)
        except InputError as error:
            log.warning("work: camera %s: its tracks begin anew: %s", camera, error)
            place.after = place.last = last_number(known)

    def _tried_again(self, frame: Frame, failed: dict[CameraId, Exception]) -> Look | None:
        """A frame that failed, by itself, from where its camera was before; None: it fails."""
        camera = frame.stamp.camera
        for _ in range(TRIES - 1):
            self._put(camera, self._held[camera].known)
            try:
                looks = self._line.look([frame])
            except Exception as error:  # as above
                failed[camera] = error
                continue
            if looks:
                del failed[camera]
                return looks[0]
            failed.update(self._line.lost)
        self._put(camera, self._held[camera].known)
        return None


def _at(stamp: Stamp) -> At:
    return stamp.epoch, stamp.index


def _at_of(result: Packed) -> At:
    return _at(stamp_of(result.headers)[1])
