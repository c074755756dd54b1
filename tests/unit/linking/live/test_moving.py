"""A linker of other cameras goes on where one stops: who is known stays known, by the same id."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.linking.live.live_world import A, B, C, Visit, line, tracklets_of

from camweave.core.errors import InputError
from camweave.core.events import Closed, Created, Event, Merged, Split
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.sightings import Crops
from camweave.core.topology import Topology, Transition
from camweave.linking.live.feed import Feed
from camweave.linking.live.growing import Growing
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.moving import moved, of_cameras
from camweave.linking.live.params import LiveParams
from camweave.linking.live.state import LiveState
from camweave.linking.params import LinkParams

STEP = 0.5  # s
Way = dict[CameraId, dict[int, int]]


class Site:
    """Cameras that show these visits, and a linker that can be changed for another."""

    def __init__(self, visits: Sequence[Visit], linker: LiveLinker) -> None:
        self.linker = linker
        self.events: list[Event] = []
        self.time = 0.0
        self._feeds = {c: Feed.of_tracklets(tracklets_of(c, visits)) for c in (A, B, C)}
        self._growing: dict[CameraId, Growing] = {}

    def go(self, until: float, cameras: Sequence[CameraId]) -> Way:
        """Link up to a time with what these cameras see; whom each tracklet was shown as."""
        shown: Way = {}
        while self.time < until:
            self.time += STEP
            for camera in cameras:
                growing = self._growing.setdefault(camera, self._feeds[camera].growing())
                growing.gather(self._feeds[camera].until(self.time))
            snapshots = [self._growing[c].snapshot(self.time) for c in cameras]
            self.events += self.linker.link(snapshots, self.time)
            for camera in cameras:
                shown.setdefault(camera, {}).update(self.linker.shown(camera))
        return shown

    def change(self, make: Callable[[LiveLinker], LiveLinker]) -> None:
        self.linker = make(self.linker)


def to(topology: Topology, live: LiveParams | None = None) -> Callable[[LiveLinker], LiveLinker]:
    return lambda linker: moved(linker, topology, LinkParams(), live or LiveParams())


TWO = Topology(cameras=(A, B))
THREE = Topology(
    cameras=(A, B, C), transitions=(Transition(source=A, target=C, least=5.0, most=20.0),)
)
VISITS = [
    Visit(A, 1, 1.0, 8.0, look=1),
    Visit(A, 2, 4.0, 14.0, look=2, x=300.0),  # in view while the linker changes
    Visit(B, 1, 9.0, 13.0, look=9),  # seen for no longer than a moment then
    Visit(C, 1, 16.0, 22.0, look=1),
    Visit(C, 2, 20.0, 28.0, look=2, x=300.0),
]


def test_a_camera_that_is_added_meets_who_was_seen_before_and_nobodys_id_changes() -> None:
    site = Site(VISITS, LiveLinker(TWO))
    before = site.go(9.5, [A, B])
    site.change(to(THREE))
    after = site.go(40.0, [A, B, C])
    who = site.linker.registry
    first, second = before[A][1], before[A][2]
    assert first != second
    assert after[A][2] == second
    assert {after[C][1], after[C][2]} == {first, second}
    assert after[C][1] == first
    assert len([e for e in site.events if isinstance(e, Created)]) == 3  # and who is in b
    assert not [e for e in site.events if isinstance(e, Merged | Split | Closed)]
    assert [each.seq for each in site.events] == list(range(1, who.seq + 1))


def test_who_had_no_identity_yet_gets_one_after_the_change() -> None:
    site = Site(VISITS, LiveLinker(TWO))
    assert 1 not in site.go(9.5, [A, B]).get(B, {})
    site.change(to(line()))
    assert 1 in site.go(14.0, [A, B, C])[B]


def test_a_camera_that_the_topology_leaves_out_is_still_known() -> None:
    site = Site(VISITS, LiveLinker(THREE))
    first = site.go(9.5, [A, B, C])[A][1]
    site.change(to(Topology(cameras=(B, C))))
    site.go(12.0, [B, C])
    site.change(to(THREE))
    assert site.go(30.0, [A, B, C])[C][1] == first


def test_a_change_between_two_linkings_of_the_same_cameras_changes_no_id() -> None:
    plain, changed = (Site(VISITS, LiveLinker(line(5.0, 20.0))) for _ in range(2))
    plain.go(40.0, [A, B, C])
    for time in (6.5, 11.0, 17.5, 23.0):
        changed.go(time, [A, B, C])
        changed.change(to(line(5.0, 20.0)))
    changed.go(40.0, [A, B, C])
    for camera, number in ((A, 1), (A, 2), (B, 1), (C, 1), (C, 2)):
        key = TrackletKey(camera, number)
        one, other = (site.linker.registry.identity_of(key) for site in (plain, changed))
        assert one == other


def test_before_anything_was_linked_it_is_a_new_one() -> None:
    site = Site(VISITS, LiveLinker(TWO))
    site.change(to(line()))
    assert 1 in site.go(9.0, [A, B, C])[A]


def test_how_long_it_remembers_changes_with_it() -> None:
    site = Site(VISITS, LiveLinker(TWO, live=LiveParams(memory=3600.0)))
    site.go(9.0, [A, B])
    site.change(to(TWO, LiveParams(memory=7.0)))
    assert site.linker.registry.params.memory == 7.0
    site.go(40.0, [A, B])
    assert not site.linker.registry.living


def test_a_linker_that_cannot_be_made_leaves_the_other_as_it_was() -> None:
    site = Site(VISITS, LiveLinker(TWO))
    before = site.go(9.5, [A, B])
    with pytest.raises(InputError):
        site.change(lambda old: moved(old, line(), LinkParams(), LiveParams(interval=-1.0)))
    assert site.go(12.0, [A, B])[A][2] == before[A][2]


def test_a_state_of_more_cameras_says_the_same_of_those_it_has() -> None:
    site = Site(VISITS, LiveLinker(Topology(cameras=(A, C))))
    site.go(25.0, [A, C])
    state = site.linker.state()
    wider = of_cameras(state, (A, B, C))
    for old, new in ((0, 0), (1, 2)):
        assert wider.count[new] == state.count[old]
        np.testing.assert_array_equal(wider.total[new], state.total[old])
    assert [wider.sightings.cameras[c] for c in wider.sightings.camera] == [
        state.sightings.cameras[c] for c in state.sightings.camera
    ]
    assert wider.after(B) == 0
    assert wider.after(C) == state.after(C) > 0


def test_a_state_without_looks_can_be_gone_on_from_with_looks_of_another_kind() -> None:
    site = Site(VISITS, LiveLinker(line(5.0, 20.0)))
    site.go(9.5, [A, B, C])
    state, registry = site.linker.state(), site.linker.registry
    site.linker = LiveLinker(line(5.0, 20.0), registry=registry)
    crops = Crops.none(len(state.sightings))
    held = replace(state.sightings, crops=crops)
    site.linker.restore(LiveState(state.time, held, np.zeros((3, 0)), np.zeros(3)))
    assert site.linker.gallery.look.shape[1] == 0
    known = set(registry.living)
    site.go(30.0, [A, B, C])
    assert known <= set(registry.living)
