"""A site that runs on many machines, as far as people ask it: what its messages and store say."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock
from time import monotonic
from typing import Final

from camweave.app.jobs.live.chronicle import Chronicle
from camweave.app.jobs.live.desk import Desk
from camweave.app.jobs.live.gathering import GroundOf
from camweave.app.jobs.live.live_site import Sight
from camweave.app.jobs.live.place import Look
from camweave.app.jobs.live.running import Fares
from camweave.app.jobs.roles.compile_film import frame_of
from camweave.app.jobs.roles.compile_ids import ids_of
from camweave.app.jobs.roles.serve_camera import HeardCamera
from camweave.app.jobs.roles.serve_history import Before
from camweave.app.runtime.showing import Showing
from camweave.core.arrays import I64
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.station import Figure
from camweave.formats.messages.ends import EndOfStream
from camweave.formats.messages.events import Shown, WhoIsWho
from camweave.formats.messages.results import Found

LATE: Final = 1.0  # s behind the foremost camera


class FarSite:
    """Takes in what is told of a site: a `Running`. One thread tells it, any may ask."""

    def __init__(
        self,
        cameras: Sequence[CameraId],
        showing: Showing,
        chronicle: Chronicle,
        *,
        grounds: Mapping[CameraId, GroundOf],
        linked: bool,
    ) -> None:
        """`cameras` are in the order of the site; `linked`: it has a linker."""
        self.showing, self.grounds = showing, grounds
        self.desk: Desk | None = None
        self.lost: Callable[[], str] = lambda: ""  # why it is not known who is who, in a line
        self._chronicle, self._linked = chronicle, linked
        self._lock = Lock()
        self._heard = {camera: HeardCamera(camera) for camera in cameras}
        self._told: dict[CameraId, tuple[str, str]] = {}  # state and reason that were shown last
        self._shown: Shown | None = None  # None: the linker has not spoken since our start
        self._silent = ""  # why no results can come, in a line
        for camera in cameras:
            showing.add(camera)

    def know(self, before: Before) -> None:
        """What the store has of a camera."""
        camera = self._heard.get(before.camera.name)
        if camera is None:
            return
        size, names = (before.camera.width, before.camera.height), before.camera.class_names
        with self._lock:
            camera.know(before.last, size, names)
        self.showing.rename(camera.camera, camera.class_names)

    def see(self, found: Found, now: float) -> None:
        """The newest of a camera, at `now` s on the site's clock.

        Raises:
            FileFormatError: it came without a picture, or with one that is none.
        """
        camera = self._heard.get(found.stamp.camera)
        if camera is None or not camera.new(found.stamp):
            return
        look = Look(frame_of(found), found.detections, found.tracks, found.detected)
        if found.class_names != camera.class_names:
            camera.class_names = found.class_names
            self.showing.rename(camera.camera, found.class_names)
        with self._lock:
            camera.see(found, monotonic())
        sight = Sight(look, self._who(found))
        self.showing.show(look.frame, look.view, sight.global_id)
        if camera.over:  # its last picture came after that was told
            self.showing.down(camera.camera, camera.over, found.stamp.time)
        ground_of = self.grounds.get(camera.camera)
        self._chronicle.see(sight, camera.class_names, now, ground_of)

    def end(self, end: EndOfStream) -> None:
        """A camera has ended."""
        if end.camera in self._heard:
            with self._lock:
                self._heard[end.camera].end(end)

    def hear(self, told: WhoIsWho) -> None:
        """The linker says who is in the pictures."""
        self._shown = told.shown

    def turn(self, silent: str = "") -> None:
        """Tell of the cameras whose state is another now; to be called now and then.

        `silent` is why no results can come at all, if that is so.
        """
        self._silent = silent
        for camera, condition in self.fares().conditions.items():
            told = condition.state, condition.reason
            if self._told.get(camera) == told:
                continue
            self._told[camera] = told
            self._chronicle.turn(condition)
            if condition.state not in {"live", "starting"}:
                self.showing.down(camera, condition.reason, condition.since)

    def fares(self) -> Fares:
        """How its cameras fare."""
        silent, now = self._silent, monotonic()
        with self._lock:
            conditions = {each.camera: each.condition(now, silent) for each in self._all()}
        times = {
            camera: each.newest
            for camera, each in conditions.items()
            if each.state == "live" and each.newest is not None
        }
        foremost = max(times.values(), default=0.0)
        skew = {camera: foremost - time for camera, time in times.items()}
        standing = {camera: "late" if late > LATE else "in step" for camera, late in skew.items()}
        return Fares(conditions, standing, skew)

    def class_names(self, camera: CameraId) -> tuple[str, ...]:
        """Those of a camera's detector."""
        return self._heard[camera].class_names

    def figures(self) -> Iterator[Figure]:
        """Nothing of its own: those of broker and linker are theirs."""
        yield from ()

    def trouble(self) -> str | None:
        """Why it is not known how it fares, in a line; None where it is."""
        return self._silent or self.lost() or None

    def newest(self) -> float:
        """S of capture of the newest picture of all."""
        with self._lock:
            stamps = [each.newest for each in self._all()]
        return max((stamp.time for stamp in stamps if stamp is not None), default=0.0)

    def _all(self) -> tuple[HeardCamera, ...]:
        return tuple(self._heard.values())

    def _who(self, found: Found) -> I64 | None:
        """(T,) who its tracks are; as the linker says, or before it has spoken, as is written."""
        if not self._linked:
            return None
        if self._shown is not None:
            return ids_of(found.tracks, self._shown.get(found.stamp.camera, {}))
        with self._chronicle.open() as known:
            owners = {
                track: known.book.shown_owner(TrackletKey(found.stamp.camera, track))
                for track in found.tracks.track_id.tolist()
            }
        return ids_of(found.tracks, {track: who for track, who in owners.items() if who})
