"""Changes a running site to another configuration: only what differs is restarted."""

from collections.abc import Callable, Collection
from concurrent.futures import CancelledError
from functools import partial

from camweave.app.build.streams import Playing, make_stream
from camweave.app.build.topology import Ground, make_topology
from camweave.app.jobs.live.grounds import grounds_of
from camweave.app.jobs.live.live_site import LiveSite
from camweave.app.jobs.live.place import Place
from camweave.app.site.admission import Admission
from camweave.app.site.differences import differences, looked_at_anew, reread
from camweave.app.site.linker import Linker
from camweave.app.site.model import Camera, Site
from camweave.core.errors import InputError, JobError
from camweave.core.frame import CameraId
from camweave.core.station import Changes
from camweave.linking.live.moving import moved
from camweave.sources.streams.stream import Stream


class Changing:
    """Changes a running site. Any thread may call it, one at a time.

    Everything that can fail or takes long (models are read, sources are opened) is done first, in
    the thread that calls: no camera waits for it, and a change that fails leaves everything as it
    was.
    """

    def __init__(self, running: LiveSite, site: Site, playing: Playing) -> None:
        self.site = site  # in force
        self._started = site
        self._running, self._playing = running, playing

    def become(
        self, site: Site, *, sent: Collection[str] = (), admission: Admission | None = None
    ) -> Changes:
        """Change to this site; returns what was changed.

        Cameras in `sent` came over the network: they are only connected to where `admission` lets
        them.

        Raises:
            InputError: a source, a model, or the topology cannot be used.
            JobError: the site is over.
        """
        if self._playing.lossless:
            raise InputError("a lossless run goes to its end as it began: it cannot be changed")
        changes = differences(self.site, site, self._started)
        if changes:
            self._become(site, changes, sent, admission)
        self.site = site
        return changes

    def _become(
        self, site: Site, changes: Changes, sent: Collection[str], admission: Admission | None
    ) -> None:
        running, line = self._running, self._running.line
        old = {each.name: each for each in self.site.cameras}
        ground = make_topology(site)
        new = [each for each in site.cameras if each.name in {*changes.added, *changes.changed}]
        connects = {each.name: self._connect(each, sent, admission) for each in new}
        places = {c.name: line.place(c) for c in new if _anew(old.get(c.name), c)}
        if changes.linker:
            self._link(site, ground)
        running.calibrate(grounds_of(ground, site.linker))
        for camera in changes.removed:
            running.end(camera)
        for each in new:
            again = each.name not in old or reread(old[each.name], each)
            connect = connects[each.name] if again else None
            self._change(CameraId(each.name), places.get(each.name), connect)
        line.tidy()
        running.showing.arrange([CameraId(each.name) for each in site.cameras])

    def _change(
        self, camera: CameraId, place: Place | None, connect: Callable[[], Stream] | None
    ) -> None:
        """Replace a camera's place in the line, its connection, or both; None keeps the old one."""
        running = self._running
        if connect is not None and camera in running.intake.conditions():
            running.intake.remove(camera)
        if place is not None:
            running.put(place)
        if connect is not None:
            running.begin(camera, connect)

    def _connect(
        self, camera: Camera, sent: Collection[str], admission: Admission | None
    ) -> Callable[[], Stream]:
        """A function that makes a new connection to a camera."""
        connect = make_stream(camera, self._playing)
        if camera.name not in sent or admission is None or "://" not in camera.source:
            return connect
        return partial(_pinned, camera, self._playing, admission)

    def _link(self, site: Site, ground: Ground) -> None:
        """Give the linker these cameras and parameters; identities stay."""
        linking, params = self._running.linking, site.linker or Linker()
        if linking is None:
            return
        try:
            linking.replace(lambda old: moved(old, ground.topology, params, params.live)).result()
        except CancelledError:
            raise JobError("the site is over: its linker has ended") from None


def _pinned(camera: Camera, playing: Playing, admission: Admission) -> Stream:
    """A connection to the address that the host's name resolves to now, if that is allowed."""
    source = admission.pinned(camera.source)
    return make_stream(camera.model_copy(update={"source": source}), playing)()


def _anew(before: Camera | None, after: Camera) -> bool:
    return before is None or looked_at_anew(before, after)
