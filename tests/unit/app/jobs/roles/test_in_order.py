"""Results come in any order; they are taken in the one in which a single process has them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.app.jobs.roles.in_order import AsItComes, InOrder
from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Tracks
from camweave.formats.messages.packed import Address
from camweave.formats.messages.results import Found

CAMERAS = tuple(map(CameraId, ("a", "b", "c")))
HERE = Address("s", "r")


def found(camera: CameraId, index: int, time: float) -> Found:
    stamp = Stamp(time, camera, index)
    none = np.zeros(0, np.int64)
    score, kind = np.zeros(0, np.float32), np.zeros(0, np.int32)
    tracks = Tracks(stamp, none, np.zeros((0, 4), np.float32), score, kind, none)
    return Found(HERE, (4, 4), Detections.empty(stamp), tracks)


def steps(order: InOrder) -> list[tuple[float, list[tuple[CameraId, int]]]]:
    return [
        (until, [(each.stamp.camera, each.stamp.index) for each in step])
        for until, step in order.steps()
    ]


@given(st.randoms(use_true_random=False))
def test_whoever_is_late_the_steps_are_the_same(chance: object) -> None:
    frames = {
        c: [found(c, i, 0.1 * i + 0.03 * at) for i in range(9 - at)] for at, c in enumerate(CAMERAS)
    }
    expected = InOrder(CAMERAS, 10, 0.5)
    for camera, own in frames.items():
        for each in own:
            expected.add(each)
        expected.end(camera)
    whole = steps(expected)
    assert sum(len(step) for _, step in whole) == sum(map(len, frames.values()))

    late, told = InOrder(CAMERAS, 10, 0.5), []
    waiting: dict[CameraId, list[Found | None]] = {
        camera: [*own, None] for camera, own in frames.items()
    }
    while waiting:
        camera = chance.choice(sorted(waiting))  # type: ignore[attr-defined]  # a Random
        if (head := waiting[camera].pop(0)) is not None:
            late.add(head)
        else:
            late.end(camera)
            del waiting[camera]
        told += steps(late)
    assert told == whole
    assert late.over


def test_nothing_is_told_before_every_camera_has_spoken() -> None:
    order = InOrder(CAMERAS[:2], 10, 0.5)
    order.add(found(CAMERAS[0], 0, 0.0))
    assert not steps(order)
    order.end(CAMERAS[1])
    assert steps(order) == [(0.0, [(CAMERAS[0], 0)])]
    assert not order.over


def test_live_a_camera_is_waited_for_a_while_and_not_for_ever() -> None:
    order = AsItComes(hold=2.0)
    assert order.see(found(CAMERAS[0], 0, 10.0)) == 10.0
    assert order.see(found(CAMERAS[1], 0, 9.5)) == 9.5
    assert order.see(found(CAMERAS[0], 1, 11.0)) == 9.5
    assert order.see(found(CAMERAS[0], 2, 14.0)) == 12.0
    order.end(CAMERAS[1])
    assert order.see(found(CAMERAS[0], 3, 14.1)) == 14.1
