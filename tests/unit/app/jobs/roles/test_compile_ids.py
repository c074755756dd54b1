"""Who tracks are in the end, beside the registry that decides it."""

import numpy as np
from hypothesis import settings
from hypothesis.stateful import invariant
from tests.unit.linking.registry_world import because, key, seen
from tests.unit.linking.test_registry_laws import RegistryMachine

from camweave.app.jobs.roles.compile_ids import Owners, ids_of
from camweave.core.events import Event, Linked
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import UNLINKED, GlobalId, Tracks

A = CameraId("a")
CAMERAS = [CameraId(each) for each in "abc"]


class OwnersMachine(RegistryMachine):
    """Whatever happens to the registry is heard by one who only wants to know who is who."""

    def __init__(self) -> None:
        super().__init__()
        self.owners = Owners(CAMERAS)

    def happened(self, events: tuple[Event, ...]) -> None:
        super().happened(events)
        self.owners.hear(events)

    @invariant()
    def they_are_those_of_the_registry(self) -> None:
        told = {camera: self.owners.of(camera) for camera in CAMERAS}
        for identity in self.registry.living:
            confirmed = self.registry.status(identity) == "confirmed"
            for span in self.registry.members(identity):
                known = told[span.key.camera].get(span.key.tracklet_id)
                assert known == (identity if confirmed else None)


OwnersMachine.TestCase.settings = settings(max_examples=10, stateful_step_count=25, deadline=None)
TestOwnersLaws = OwnersMachine.TestCase


def test_who_was_known_before_anybody_listened_needs_no_beginning() -> None:
    owners = Owners([A])
    link = because("a1", "b1")
    owners.hear([Linked(seq=70, time=9, identity=GlobalId(5), span=seen("a3", 8, 9), link=link)])
    owners.hear([Linked(seq=71, time=9, identity=GlobalId(5), span=seen("b3", 8, 9))])
    assert owners.of(A) == {key("a3").tracklet_id: 5}


def test_of_two_tracks_of_one_identity_the_surer_one_is_shown_as_it() -> None:
    n = 4
    tracks = Tracks(
        Stamp(0.0, A, 0),
        np.arange(1, n + 1),
        np.zeros((n, 4), np.float32),
        np.array([0.4, 0.9, 0.5, 0.6], np.float32),
        np.zeros(n, np.int32),
        np.arange(n),
    )
    who = {1: GlobalId(7), 2: GlobalId(7), 3: GlobalId(8)}
    assert ids_of(tracks, who).tolist() == [UNLINKED, 7, 8, UNLINKED]
