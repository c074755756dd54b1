"""What a worker did is counted, and how late it was, where frames are taken as they happen."""

from time import time

import pytest

from camweave.app.jobs.roles.work_tally import WorkTally
from camweave.core.frame import CameraId, Stamp

GATE, YARD = CameraId("gate"), CameraId("yard")


def told(tally: WorkTally) -> dict[tuple[str, ...], float]:
    return {(each.name, *(v for _, v in each.labels)): each.value for each in tally.figures()}


def test_frames_are_counted_by_camera_and_all_else_by_site() -> None:
    tally = WorkTally("harbour", None)
    for camera in (GATE, GATE, YARD):
        tally.worked(Stamp(time=1.0, camera=camera, index=0))
    tally.stored(7, 0.5)
    tally.stored(2, 0.25)
    figures = told(tally)
    assert tally.frames == 3
    assert figures["frames_worked_total", "harbour", "gate"] == 2
    assert figures["rows_total", "harbour"] == 9
    assert figures["stage_seconds_total", "harbour", "store"] == pytest.approx(0.75)


def test_results_are_as_old_as_their_capture() -> None:
    tally = WorkTally("harbour", time() - 100.0)
    tally.worked(Stamp(time=90.0, camera=GATE, index=0))
    tally.worked(Stamp(time=97.0, camera=GATE, index=1))
    figures = told(tally)
    assert figures["result_age_seconds", "harbour", "gate"] == pytest.approx(3.0, abs=1.0)
    delay = figures["result_delay_seconds_total", "harbour", "gate"]
    assert delay == pytest.approx(13.0, abs=1.0)


def test_recordings_are_of_no_age() -> None:
    tally = WorkTally("harbour", None)
    tally.worked(Stamp(time=90.0, camera=GATE, index=0))
    assert not [name for name, *_ in told(tally) if name.startswith("result_")]
