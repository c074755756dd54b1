"""How a camera fares is told from what comes of it, and from what does not."""

import numpy as np

from camweave.app.jobs.roles.serve_camera import QUIET, HeardCamera
from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Tracks
from camweave.formats.messages.ends import EndOfStream
from camweave.formats.messages.packed import Address
from camweave.formats.messages.results import Found

HERE, GATE = Address("yard", "live"), CameraId("gate")


def found(index: int, epoch: int = 0) -> Found:
    at = Stamp(100.0 + index / 10, GATE, index, epoch)
    none, nowhere = np.empty(0, np.int64), np.empty((0, 4), np.float32)
    tracks = Tracks(at, none, nowhere, nowhere[:, 0], none.astype(np.int32), none)
    return Found(HERE, (640, 360), Detections.empty(at), tracks)


def end(epoch: int = 0) -> EndOfStream:
    return EndOfStream(HERE, GATE, epoch, 9, "the file is over")


def state(camera: HeardCamera, now: float, silent: str = "") -> tuple[str, str]:
    told = camera.condition(now, silent)
    return told.state, told.reason


def test_before_anything_came_it_is_starting() -> None:
    assert state(HeardCamera(GATE), 1.0) == ("starting", "")
    assert state(HeardCamera(GATE), 1.0, "no broker") == ("starting", "no broker")


def test_while_results_come_it_is_live_and_what_a_newer_one_overtook_is_counted() -> None:
    camera = HeardCamera(GATE)
    for now, index in ((1.0, 40), (1.1, 41), (1.5, 45)):
        camera.see(found(index), now)
    told = camera.condition(1.6, "")
    assert (told.state, told.frames, told.dropped, told.newest) == ("live", 3, 3, 104.5)
    assert (told.width, told.height, told.since) == (640, 360, 104.5)


def test_when_nothing_comes_the_reason_is_told() -> None:
    camera = HeardCamera(GATE)
    camera.see(found(1), 1.0)
    assert state(camera, 1.0 + QUIET) == ("live", "")
    assert state(camera, 1.1 + QUIET) == ("reconnecting", "nothing comes from it")
    assert state(camera, 1.1 + QUIET, "no broker") == ("reconnecting", "no broker")


def test_what_the_store_has_is_older_than_what_comes() -> None:
    camera = HeardCamera(GATE)
    camera.know(Stamp(90.0, GATE, 5), (320, 180), ("person",))
    assert state(camera, 1.0) == ("reconnecting", "nothing comes from it")
    assert (camera.size, camera.class_names) == ((320, 180), ("person",))
    camera.see(found(30), 2.0)
    camera.know(Stamp(90.0, GATE, 5), (320, 180), ("cat",))
    told = camera.condition(2.0, "")
    assert (told.state, told.newest, told.width, told.dropped) == ("live", 103.0, 640, 0)


def test_it_has_ended_until_a_later_epoch_begins() -> None:
    camera = HeardCamera(GATE)
    camera.see(found(1), 1.0)
    camera.end(end())
    camera.see(found(2), 1.1)  # its last picture came after that
    assert state(camera, 1.1) == ("ended", "the file is over")
    camera.see(found(0, epoch=1), 2.0)
    assert state(camera, 2.0) == ("live", "")
    camera.end(end())  # of the epoch before, come late
    assert state(camera, 2.0) == ("live", "")
