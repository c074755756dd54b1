"""Live, too, classes are evidence: a camera that mistakes one for another is found out."""

from dataclasses import replace

import numpy as np
from tests.unit.linking.live.live_world import A, B, C, Visit, line, tracklets_of

from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets
from camweave.linking.live.feed import Feed
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.params import LiveParams
from camweave.linking.live.replay import replay

VISITS = [
    Visit(camera, n, 2.0 * n + wait, 2.0 * n + wait + 3.0, look=n, noise=0.05, x=40.0 * (n % 7))
    for n in range(1, 32)
    for camera, wait in ((A, 0.0), (B, 9.0), (C, 18.0))
]


def site(told: dict[CameraId, list[int]]) -> LiveLinker:
    """After all of them went by; of what class each camera tells those with even and odd numbers.

    0: car, 1: truck, 2: bus.
    """
    linker = LiveLinker(line(), live=LiveParams(learn_every=20.0))
    replay([Feed.of_tracklets(_told(camera, told[camera])) for camera in (A, B, C)], linker)
    return linker


def _told(camera: CameraId, classes: list[int]) -> Tracklets:
    seen = tracklets_of(camera, VISITS)
    kind = np.array(classes, np.int32)[seen.tracklet_id % 2]
    return replace(seen, class_id=kind, class_names=("car", "truck", "bus"))


def test_who_is_called_otherwise_by_one_camera_is_still_the_same_one() -> None:
    linker = site({A: [0, 1], B: [0, 0], C: [0, 1]})
    assert linker.learned is not None
    kinds = linker.learned.kinds
    assert kinds is not None
    assert kinds.confused
    assert len(linker.registry.living) < 36


def test_where_all_are_told_as_they_are_each_class_stays_by_itself() -> None:
    linker = site({A: [0, 1], B: [0, 1], C: [0, 1]})
    assert linker.learned is not None
    kinds = linker.learned.kinds
    assert kinds is not None
    assert not kinds.confused
    for identity in linker.registry.living:
        members = linker.registry.members(identity)
        assert len({span.key.tracklet_id % 2 for span in members}) == 1
