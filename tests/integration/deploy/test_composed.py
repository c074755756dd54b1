"""What compose.yaml starts works together, and every part of it tells how it fares."""

import json
import os
import re
import subprocess
import sys
from urllib.error import HTTPError

import pytest
from tests.integration.deploy.conftest import WORKERS, Composed
from tests.support.composed import SOON
from tests.support.deployed import ROOT
from tests.support.ports import free_port
from tests.support.waiting import until


def test_frames_go_from_the_publisher_through_workers_to_the_linker_and_the_compiler(
    running: Composed,
) -> None:
    until(lambda: running.total("link-live", "camweave_frames_linked_total") > 60, within=SOON)
    until(lambda: running.total("compile", "camweave_compile_drawn_total") > 10, within=SOON)
    worked = running.total("work", "camweave_frames_worked_total")
    assert running.total("publish", "camweave_frames_published_total") >= worked > 0
    assert running.total("work", "camweave_rows_total") > 0


def test_the_page_of_the_site_knows_who_was_met(running: Composed) -> None:
    (serve,) = running.roles["serve"]
    until(lambda: bool(json.loads(serve.ask("/api/identities", running.token))), within=SOON)


def test_all_roles_are_healthy_and_ready(running: Composed) -> None:
    for role in running.all:
        assert role.ask("/healthz") == "ok\n"
        assert role.ask("/readyz", running.token) == "ready\n"


def found_healthy(port: str) -> bool:
    """What the image's health check finds at a port."""
    told = re.search(r"HEALTHCHECK [^[]*(\[.*\])", (ROOT / "Dockerfile").read_text())
    assert told is not None
    command = [sys.executable, *json.loads(told[1])[1:]]
    asked = os.environ | {"CAMWEAVE_METRICS": f"0.0.0.0:{port}"}
    return subprocess.run(command, env=asked, capture_output=True, check=False).returncode == 0


def test_the_health_check_of_the_image_finds_them_healthy(running: Composed) -> None:
    for role in running.all:
        assert found_healthy(role.url.rpartition(":")[2])
    assert not found_healthy(str(free_port()))


def test_nobody_without_the_token_reads_figures(running: Composed) -> None:
    for role in running.all:
        with pytest.raises(HTTPError) as refused:
            role.ask("/metrics")
        assert refused.value.code == 401
        refused.value.close()


def test_as_many_workers_share_the_cameras_as_there_are(running: Composed) -> None:
    samples = running.roles["publish"][0].samples(running.token)
    counted = [
        each.value
        for each in samples
        if each.name == "camweave_queue_consumers" and each.labels["kind"] == "workers"
    ]
    assert counted == [WORKERS]
    for worker in running.roles["work"]:
        names = {each.name for each in worker.samples(running.token)}
        assert "camweave_frames_worked_total" in names


def test_no_frame_waits_longer_than_it_is_worth_something(running: Composed) -> None:
    samples = running.roles["publish"][0].samples(running.token)
    ages = [each.value for each in samples if each.name == "camweave_queue_oldest_seconds"]
    assert len(ages) == 3
    assert all(0 <= age < 5 for age in ages)
