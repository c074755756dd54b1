"""Cameras that go, hang, freeze and come back, while the site goes on."""

import time
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from tests.support.staged_site import GATE, NAMES, ROAD, YARD, Stage, staged
from tests.support.trial import nothing_left_behind, trial
from tests.support.waiting import until

from camweave.app.runtime.reader import ReaderParams
from camweave.core.backoff import Backoff

PACE = 20  # times as fast as a camera is knocked at in earnest, and given up on
BUSY = 2.0  # s that a machine with other work may be late


def test_a_camera_that_is_off_for_a_second_is_met_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with nothing_left_behind(), trial(stage, caplog, GATE) as fault:
        stage.cameras[GATE].refuse()
        fault.becomes("reconnecting", within=1 + BUSY)
        until(lambda: bool(stage.status(GATE)["standing"] == "down"), within=1.5 + BUSY)
        time.sleep(1)
        stage.cameras[GATE].accept()
        fault.becomes("live", within=4 + BUSY)
        assert stage.status(GATE)["condition"]["reason"] == ""
        fault.met_again()
        lost, found = fault.said(GATE)
    assert lost.startswith("reconnecting: ")
    assert found == "live: 192x112 h264, 10 frames/s"
    told = [each["text"] for each in stage.ask("/api/happenings") if each["camera"] == GATE]
    assert any(text.startswith("gate is reconnecting") for text in told)


def test_all_cameras_gone_and_back_are_all_met_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with nothing_left_behind(), trial(stage, caplog, *NAMES) as fault:
        for camera in stage.cameras.values():
            camera.refuse()
        fault.becomes("reconnecting", within=1 + BUSY)
        time.sleep(1)
        for camera in stage.cameras.values():
            camera.accept()
        fault.becomes("live", within=4 + BUSY)
        fault.met_again()
        for name in NAMES:
            lost, found = fault.said(name)
            assert lost.startswith("reconnecting")
            assert found.startswith("live")


def test_a_camera_that_sends_nothing_is_given_up_and_met_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with trial(stage, caplog, GATE) as fault:
        stage.cameras[GATE].freeze()
        fault.becomes("reconnecting", within=2 + 1 + BUSY)  # its read_timeout, and a second
        stage.cameras[GATE].thaw()
        fault.becomes("live", within=4 + BUSY)
        fault.met_again()
        lost, found = fault.said(GATE)
    assert "no frame" in lost
    assert found.startswith("live")


def test_a_camera_that_takes_calls_and_never_answers_keeps_nobody_waiting(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with nothing_left_behind(), trial(stage, caplog, GATE) as fault:
        stage.cameras[GATE].hang()
        stage.cameras[GATE].kick()
        fault.becomes("reconnecting", within=1 + BUSY)
        time.sleep(2)  # some calls, each given up after a second
        stage.cameras[GATE].heal()
        fault.becomes("live", within=6 + BUSY)
        fault.met_again()
        assert len(fault.said(GATE)) == 2


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A site whose readers' times all pass `PACE` times as fast."""
    quick = {
        name: seconds / (1 if name == "steady" else PACE)
        for name, seconds in asdict(Backoff()).items()
    }
    watching = ReaderParams(backoff=Backoff(**quick), still_after=1.0)
    with staged(tmp_path_factory.mktemp("hurried"), watching=watching) as running:
        yield running


@pytest.mark.parametrize(("outage", "promise"), [(10.0, 4.0), (60.0, 14.0)])
def test_a_camera_that_is_off_for_longer_is_met_again(
    hurried: Stage, caplog: pytest.LogCaptureFixture, outage: float, promise: float
) -> None:
    """Seconds as they are told here pass `PACE` times as fast; opening a stream does not."""
    opening = 1.0  # s
    with nothing_left_behind(), trial(hurried, caplog, GATE) as fault:
        hurried.cameras[GATE].refuse()
        fault.becomes("reconnecting", within=1 + BUSY)
        time.sleep(outage / PACE)
        knocked = hurried.cameras[GATE].connections
        hurried.cameras[GATE].accept()
        fault.becomes("live", within=promise / PACE + opening + BUSY)
        assert hurried.cameras[GATE].connections - knocked <= 4
        fault.met_again()
        assert len(fault.said(GATE)) == 2


def test_a_picture_that_stands_still_is_told_once_and_not_acted_upon(
    hurried: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    with trial(hurried, caplog, GATE) as fault:
        before = hurried.status(GATE)["condition"]["epoch"]
        hurried.cameras[GATE].hold_still()
        while "not changed" not in hurried.status(GATE)["condition"]["reason"]:
            time.sleep(0.05)
        assert hurried.state(GATE) == "live"
        hurried.cameras[GATE].thaw()
        fault.met_again()
        assert hurried.status(GATE)["condition"]["epoch"] == before
        until(lambda: fault.said(GATE) == ["still picture", "it moves again"], within=3)
    assert {hurried.state(camera) for camera in (YARD, ROAD)} == {"live"}
