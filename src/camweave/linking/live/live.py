"""The live linker: assigns identities while cameras run, in steps of media time."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.errors import InputError
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.topology import Topology
from camweave.core.tracks import UNLINKED, GlobalId
from camweave.linking.live.calibration import Calibration
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.following import follow, hand
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.learning import Learning
from camweave.linking.live.params import LiveParams
from camweave.linking.live.rejudging import Rejudging
from camweave.linking.live.settling import Settling
from camweave.linking.live.snapshot import Snapshot
from camweave.linking.live.state import LiveState, fill, state_of
from camweave.linking.live.taking import Intake
from camweave.linking.live.warming import make_ready
from camweave.linking.live.weighing import Weighing
from camweave.linking.params import LinkParams
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry

WORK: Final = 6000  # steps of a lesson in one pass, times the tracklets that there are
SWEEP: Final = 1.0  # s between two looks for what can be forgotten
AGAIN: Final = 60.0  # s in which a camera may find again whom it lost, whatever the topology says


class LiveLinker:
    """Assigns identities to the tracklets of a site's cameras, from snapshots at an interval.

    It keeps the gallery of live and ended tracklets; the registry keeps the ids. The same
    snapshots give the same events, in whatever order they come; nothing of them is changed.
    The first one of a process takes the time to compile, or load, all that a pass will need.
    """

    def __init__(
        self,
        topology: Topology,
        params: LinkParams | None = None,
        live: LiveParams | None = None,
        registry: Registry | None = None,
    ) -> None:
        self.params, self.live = params or LinkParams(), live or LiveParams()
        self.topology, self.cameras = topology, tuple(sorted(topology.cameras))
        limits = RegistryParams(memory=self.live.memory, most_overlap=0.0)
        self.registry = Registry(limits) if registry is None else registry
        self.gallery = Gallery(self.cameras)
        self._intake, weighing = Intake(), Weighing()
        self._settling = Settling(self.gallery, self.registry, weighing, self.params, self.live)
        rejudging = Rejudging(self.gallery, self.registry, self.live.hold)
        self._learning = Learning(self.gallery, rejudging, weighing, topology, self.params)
        self._horizon = self._horizons()
        self._time, self._seq = -np.inf, self.registry.seq
        make_ready()

    def link(self, snapshots: Sequence[Snapshot], time: float) -> tuple[Event, ...]:
        """What became known by `time`, from one snapshot of each camera that has something to say.

        Raises:
            InputError: a camera is not in the topology or comes twice, or time does not rise.
        """
        self._check(snapshots, time)
        if self.registry.seq != self._seq:
            self._obey()
        ended = self._intake.take(self.gallery, snapshots, time)
        events = [*self._grow(ended, time)]
        events += self._settling.settle(self._learning.known, time)
        if self._due(self.live.learn_every, time) or self._learning.much_more():
            self._learning.begin(self._intake.witnesses)
        events += self._learning.go_on(time, max(1, WORK // max(len(self.gallery.slot), 1)))
        events += self._forget(time)
        self._time, self._seq = time, self.registry.seq
        return tuple(events)

    def shown(self, camera: CameraId) -> dict[int, GlobalId]:
        """Tracklet id to global id of a camera's live tracklets; who is pending is not in it.

        Of two tracklets of one identity, of which the earlier is lost, only the later one is.
        """
        slots = np.array(sorted(self.gallery.live.get(camera, ())), np.int64)
        held = self.gallery.tracklets[slots]
        held = held[held["identity"] != NOBODY]
        held = held[np.lexsort((held["begin"], held["end"]))]
        ids = self.gallery.identities["global_id"][held["identity"]].tolist()
        last = {who: number for number, who in zip(held["tracklet_id"].tolist(), ids, strict=True)}
        return {number: GlobalId(who) for who, number in last.items()}

    def correct(self, say: Callable[[Registry, float], tuple[Event, ...]]) -> tuple[Event, ...]:
        """What a person says between two linkings; `shown` tells it from now on.

        `say` is given the registry and the time of the last linking, and gives what it did.

        Raises:
            InputError: the registry refuses it, or nothing was linked yet.
        """
        if not np.isfinite(self._time):
            raise InputError("live linker: nothing was linked yet that could be corrected")
        events = say(self.registry, self._time)
        self._obey()
        self._seq = self.registry.seq
        return events

    @property
    def learned(self) -> Calibration | None:
        """The result of the last lesson; None before the first."""
        return self._learning.learned

    @property
    def learning(self) -> bool:
        """Whether a lesson is going on."""
        return self._learning.under_way

    def state(self) -> LiveState:
        """The state that a restart needs, beside the registry's events."""
        return state_of(self.gallery, self._time)

    def restore(self, state: LiveState) -> None:
        """Go on from there, with the registry that was given; before the first linking.

        The first passes take a lesson of what is remembered. All tracks have ended: a tracker that
        is started anew numbers its tracklets from `LiveState.after` on.

        Raises:
            InputError: the state is of other cameras, or something was linked before.
        """
        if state.sightings.cameras != self.cameras or np.isfinite(self._time):
            raise InputError("live linker: a state is restored at the start, on the same cameras")
        fill(self.gallery, state, self.registry)
        self._time, self._seq = state.time, self.registry.seq
        self._learning.begin(self._intake.witnesses)

    def _check(self, snapshots: Sequence[Snapshot], time: float) -> None:
        if not self._time < time < np.inf:
            raise InputError(f"live linker: time must rise, got {time:g} s after {self._time:g} s")
        cameras = [each.camera for each in snapshots]
        for camera in cameras:
            if camera not in self.cameras:
                raise InputError(
                    f"live linker: camera {camera!r} is not in the topology; "
                    f"there are {', '.join(self.cameras) or 'none'}"
                )
        if len(set(cameras)) < len(cameras):
            raise InputError("live linker: a camera has two snapshots of one instant")

    def _due(self, period: float, time: float) -> bool:
        """Whether a multiple of `period` lies between the last linking and this one."""
        return bool(np.isfinite(self._time)) and time // period > self._time // period

    def _grow(self, ended: I64, time: float) -> tuple[Event, ...]:
        """Update camera means, gallery and registry by what grew and what ended."""
        g = self.gallery
        if len(ended) and g.look.shape[1]:
            g.means = g.means.added(g.look[ended], g.tracklets["camera"][ended])
        g.saw()
        settled = ended[g.tracklets["identity"][ended] != NOBODY].tolist()
        back = [slot for slot in self._intake.back if g.tracklets["identity"][slot] != NOBODY]
        if not settled and not back:
            return ()
        spans = [g.span(slot) for slot in sorted({*settled, *back})]
        events = self.registry.seen(spans, time)
        follow(g, events)
        return events

    def _obey(self) -> None:
        """Apply what others changed in the registry since the last linking."""
        g = self.gallery
        for slot in np.flatnonzero(g.tracklets["used"]).tolist():
            where, own = self.registry.identity_of(g.key(slot)), g.tracklets["identity"][slot]
            now = UNLINKED if own == NOBODY else g.identities["global_id"][own]
            if where != now:
                hand(g, slot, where, self._time)

    def _forget(self, time: float) -> tuple[Event, ...]:
        """Close identities that cannot be linked to any more, and drop tracklets of none."""
        g = self.gallery
        g.let_go()
        events: tuple[Event, ...] = ()
        if not self._due(SWEEP, time):
            return events
        for identity in g.over(self._horizon, self.live.most, time).tolist():
            home = int(g.identities["global_id"][identity])
            events += self.registry.close(home, time)
        if self._due(AGAIN, time):
            events += self.registry.forget(time)
        follow(g, events)
        g.thin(self.live.members, time - AGAIN)
        return events

    def _horizons(self) -> F64:
        """(C,) s that who was last seen in each camera can be met again, and is remembered."""
        horizon = np.full(len(self.cameras), self.live.memory)
        if self.topology.transitions and (self.params.strict or self.topology.strict):
            longest = np.full(len(self.cameras), AGAIN)
            for each in self.topology.transitions:
                at = self.cameras.index(each.source)
                longest[at] = max(longest[at], each.most)
            horizon = np.minimum(horizon, longest)
        return horizon
