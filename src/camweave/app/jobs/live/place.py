"""All that the line remembers of one camera, and how another line goes on from there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from camweave.app.build.camera_motion import make_camera_motion
from camweave.app.build.trackers import make_tracker
from camweave.app.jobs.live.rhythm import Rhythm
from camweave.app.jobs.looking import CameraMotion
from camweave.app.site.embedders import embedder_name
from camweave.app.site.kinds import LOOKING
from camweave.app.site.model import Camera
from camweave.core.arrays import F32, U8
from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, Frame
from camweave.core.remembered import Remembered
from camweave.core.stages import Detector, Embedder, Tracker
from camweave.core.tracks import Tracks, View
from camweave.detection.camera_motion import FlowMotion
from camweave.detection.filtered import Keep
from camweave.embedding.glances import Glances
from camweave.tracking.between import Between

VERSION: Final = 2  # of what is remembered; 1 did not tell the embedder
NO_EPOCH: Final = -1  # before the first frame
TRACKER: Final = "tracker"  # the role of who has looks
LAST: Final = 2  # of the counts: where the highest number of a track is


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What came of one frame."""

    frame: Frame
    detections: Detections  # with the embeddings that the tracker or the linker asked for
    tracks: Tracks  # numbered through: no number is another track's, in whatever epoch
    detected: bool = True  # False: nobody looked, and the tracks are predicted

    @property
    def view(self) -> View:
        """What sinks show."""
        return View(self.frame.stamp, self.tracks)


@dataclass(slots=True)
class Place:
    """One camera's part of the line."""

    camera: Camera
    detector: Detector
    keep: Keep | None
    embedder: Embedder | None
    motion: CameraMotion | None
    tracker: Tracker
    rhythm: Rhythm
    after: int = 0  # added to the numbers of this tracker's tracks
    last: int = 0  # the highest number so far
    turn: int = 0  # ticks
    epoch: int | None = None
    between: Between = field(default_factory=Between)
    glances: Glances = field(default_factory=Glances)

    @property
    def asks(self) -> bool:
        """Whether its tracker asks for looks."""
        return self.embedder is not None and self.camera.tracker.kind in LOOKING

    def meet(self, epoch: int, fps: float) -> None:
        """With a new epoch, begin a new tracker, whose numbers go on."""
        if self.epoch is not None and epoch != self.epoch:
            self.tracker = make_tracker(self.camera.tracker, fps)
            self.motion = make_camera_motion(self.camera.camera_motion)
            self.glances, self.between, self.after = Glances(), Between(), self.last
        self.epoch = epoch

    def due(self) -> bool:
        """Whether the detector's turn has come; counts the ticks."""
        self.turn += 1
        return self.turn % self.rhythm.every == 0

    def predicted(self, frame: Frame) -> Look:
        """Its tracks where they should be."""
        tracks = self.between.at(frame.stamp)
        return Look(frame, Detections.empty(frame.stamp), tracks, detected=False)

    def kept(self, found: Detections, frame: Frame) -> Detections:
        """What of it matters, and how the camera moved."""
        kept = found if self.keep is None else self.keep.of(found, frame.image)
        return kept if self.motion is None else self.motion.see(frame, kept)

    def follow(self, detections: Detections) -> Tracks:
        """Its tracks in this frame, numbered through."""
        tracks = self.tracker.update(detections)
        if self.after:
            tracks = replace(tracks, track_id=tracks.track_id + self.after)
        self.last = max(self.last, int(tracks.track_id.max(initial=0)))
        self.between.see(tracks)
        return tracks

    def remembered(self) -> dict[str, Remembered]:
        """All that is known of its camera, but by its detector, by role."""
        epoch = NO_EPOCH if self.epoch is None else self.epoch
        counts = np.array([epoch, self.after, self.last, self.turn], np.int64)
        known = {
            "place": Remembered("place", VERSION, {"counts": counts, "embedder": self._embedder}),
            TRACKER: self.tracker.remembered(),
            "rhythm": self.rhythm.remembered(),
            "between": self.between.remembered(),
            "glances": self.glances.remembered(),
        }
        if isinstance(self.motion, FlowMotion):
            known["camera_motion"] = self.motion.remembered(CameraId(self.camera.name))
        return known

    def resume(self, remembered: Mapping[str, Remembered], fps: float) -> None:
        """Go on where another place was; its detector begins to learn anew.

        Raises:
            InputError: of other parameters, of another version, or damaged. Nothing has changed
                then.
        """
        self._check_roles(remembered)
        remembered["place"].check("place", VERSION)
        counts = remembered["place"].array("counts", np.int64, 4).tolist()
        self._check_embedder(remembered["place"].array("embedder", np.uint8, -1))
        tracker, between, glances = make_tracker(self.camera.tracker, fps), Between(), Glances()
        tracker.resume(remembered[TRACKER])
        between.resume(remembered["between"])
        glances.resume(remembered["glances"])
        motion = make_camera_motion(self.camera.camera_motion)
        if isinstance(motion, FlowMotion):
            motion.resume(CameraId(self.camera.name), remembered["camera_motion"])
        self.rhythm.resume(remembered["rhythm"])  # the last who may refuse
        self.tracker, self.between, self.glances, self.motion = tracker, between, glances, motion
        epoch, self.after, self.last, self.turn = counts
        self.epoch = None if epoch == NO_EPOCH else epoch

    @property
    def _embedder(self) -> U8:
        """The name of who embeds, as text."""
        return np.frombuffer(embedder_name(self.camera.embedder).encode(), np.uint8)

    def _check_embedder(self, theirs: U8) -> None:
        if not np.array_equal(theirs, self._embedder):
            raise InputError(
                f"camera {self.camera.name!r}: its tracks were embedded by "
                f"{theirs.tobytes().decode(errors='replace')!r}, and here by "
                f"{embedder_name(self.camera.embedder)!r}. Go on with the same, or begin anew"
            )

    def _check_roles(self, remembered: Mapping[str, Remembered]) -> None:
        roles = self.remembered()
        if set(roles) != set(remembered):
            raise InputError(
                f"camera {self.camera.name!r}: what is remembered is {', '.join(remembered)}; "
                f"expected {', '.join(roles)}. Go on with the same parameters, or begin anew"
            )


def looks_of(remembered: Mapping[str, Remembered]) -> Mapping[int, F32]:
    """The looks in what a place remembers, which are not among its arrays: its tracker's."""
    return remembered[TRACKER].looks


def with_looks(
    remembered: Mapping[str, Remembered], looks: Mapping[int, F32]
) -> dict[str, Remembered]:
    """What a place remembers, with its looks, where they were kept apart."""
    known = dict(remembered)
    if TRACKER in known:
        known[TRACKER] = replace(known[TRACKER], looks=looks)
    return known


def last_number(remembered: Mapping[str, Remembered]) -> int:
    """The highest number of the tracks that a place remembers, also where none can `resume` it."""
    counts = remembered["place"].arrays["counts"].tolist() if "place" in remembered else []
    return int(counts[LAST]) if len(counts) > LAST else 0
