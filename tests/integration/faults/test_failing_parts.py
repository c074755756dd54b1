"""A part of the line that fails fails for its own camera."""

import logging
from collections.abc import Iterator

import numpy as np
import pytest
from tests.support.rtsp.walkers import street
from tests.support.staged_site import GATE, NAMES, YARD, Stage, staged
from tests.support.trial import SHARE
from tests.support.waiting import until

from camweave.core.detections import DetectionLog
from camweave.formats.detections import write_detections

FRAMES = 100_000


@pytest.fixture(scope="module")
def recalled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A site one of whose cameras has a recording for a detector, which wants one shape only."""
    folder = tmp_path_factory.mktemp("recalled")
    nobody = DetectionLog(
        camera=GATE,
        fps=10,
        width=192,
        height=112,
        frame_times=np.arange(FRAMES) / 10,
        frame=np.zeros(0, np.int64),
        xyxy=np.zeros((0, 4), np.float32),
        score=np.zeros(0, np.float32),
        class_id=np.zeros(0, np.int32),
        class_names=("person",),
    )
    write_detections(folder / "nobody.npz", nobody)
    more, ways = ", detector: {kind: recorded, path: nobody.npz}", ", road -> yard: [0, 6]"
    with staged(folder, more=more, ways=ways) as running:
        yield running


def test_a_detector_that_raises_for_a_while_costs_its_own_camera_its_looks_and_nobody_else(
    recalled: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="camweave")
    others = [camera for camera in NAMES if camera != GATE]
    known = recalled.known()
    looked = {camera: recalled.status(camera)["looked"] for camera in NAMES}
    shown = {camera: recalled.cameras[camera].shown for camera in others}
    running, gate = recalled.station.running, recalled.cameras[GATE]
    gate.switch(street(0, size=(112, 112)), at=gate.shown)
    until(lambda: running.failures >= 15, within=15)
    for camera in others:
        sent = recalled.cameras[camera].shown - shown[camera]
        assert recalled.status(camera)["looked"] - looked[camera] >= SHARE * sent - 8, camera
    gate.switch(street(0), at=gate.shown)
    blind = recalled.status(GATE)["looked"]
    until(lambda: recalled.status(GATE)["looked"] > blind + 5, within=10)
    failed = [told for told in caplog.messages if told.startswith("line:")]
    assert failed == ["line: the detector of camera gate failed"]
    mended = recalled.station.now()
    until(lambda: bool(recalled.met_again(YARD, known, mended)), within=20)
    assert {recalled.state(camera) for camera in NAMES} == {"live"}
