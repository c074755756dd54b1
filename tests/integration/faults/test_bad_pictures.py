"""Pictures that are damaged, change their size, or come at another pace than was promised."""

import pytest
from tests.support.rtsp.server import RtspServer
from tests.support.rtsp.walkers import street
from tests.support.staged_site import GATE, NAMES, Stage
from tests.support.trial import nothing_left_behind, trial
from tests.support.waiting import until

FULL = 10.0  # frames/s that the cameras send


def settled(stage: Stage, fps: float) -> None:
    """Wait until a camera's measured rate is near this."""
    until(lambda: abs(delivered(stage) - fps) < 0.25 * fps, within=25)


def delivered(stage: Stage) -> float:
    return float(stage.status(GATE)["condition"]["delivered_fps"])


def test_a_twentieth_of_the_packets_corrupted_costs_pictures_and_not_the_camera(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    before = stage.status(GATE)["condition"]
    with trial(stage, caplog, GATE) as fault:
        stage.cameras[GATE].corrupt(0.05)
        until(lambda: stage.status(GATE)["condition"]["corrupt"] > before["corrupt"] + 1, within=25)
        assert stage.state(GATE) == "live"
        stage.cameras[GATE].corrupt(0)
        fault.met_again()
        after = stage.status(GATE)["condition"]
        assert (after["epoch"], after["reconnects"]) == (before["epoch"], before["reconnects"])
        assert after["state"] == "live"
        assert fault.said(GATE) == []


def test_another_size_is_seen_in_its_own_coordinates_without_a_new_connection(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    before = stage.status(GATE)["condition"]
    with nothing_left_behind(), trial(stage, caplog, GATE) as fault:
        switch(stage.cameras[GATE], size=(288, 168))
        until(lambda: stage.status(GATE)["condition"]["width"] == 288, within=3)
        fault.met_again()
        until(lambda: stage.witness.reach[GATE] > 250, within=20)  # px: beyond the old picture
        assert fault.said(GATE) == ["its picture is 288x168 px now"]
        stage.heal()
        until(lambda: stage.status(GATE)["condition"]["width"] == 192, within=3)
        after = stage.status(GATE)["condition"]
        assert after["epoch"] == before["epoch"] + 2
        assert after["reconnects"] == before["reconnects"]


def switch(camera: RtspServer, *, size: tuple[int, int]) -> None:
    """The same street in another size, from now on."""
    camera.switch(street(0, size=size), at=camera.shown)


def test_a_camera_that_delivers_seven_where_it_declares_thirty_is_taken_as_it_is(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    camera = stage.cameras[GATE]
    with trial(stage, caplog, GATE) as fault:
        camera.switch(street(0, fps=7, declared=30), at=round(0.7 * stage.turned))
        camera.rate(7)
        camera.kick()
        until(lambda: stage.status(GATE)["condition"]["declared_fps"] == 30, within=5)
        settled(stage, 7)
        fault.met_again()
        status = stage.status(GATE)
        assert status["condition"]["state"] == "live"
        assert status["standing"] == "in step"
        assert status["looked_fps"] == pytest.approx(7, rel=0.4)


def test_a_camera_ten_times_slower_than_the_rest_holds_nobody_back(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with trial(stage, caplog, GATE) as fault:
        stage.cameras[GATE].rate(1)
        settled(stage, 1)
        status = stage.status(GATE)
        assert status["condition"]["state"] == "live"
        assert status["standing"] in {"in step", "late"}
        looked = {camera: stage.status(camera)["looked"] for camera in NAMES}
        until(lambda: stage.status(GATE)["looked"] > looked[GATE] + 1, within=6)
        stage.cameras[GATE].rate(None)
        settled(stage, FULL)
        assert fault.said(GATE) == []
