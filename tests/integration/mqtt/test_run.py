"""A site that is run with a broker that is not there for it."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.broker import Broker

from camweave.app.jobs.live.live import run_live
from camweave.app.site.load import read_site
from camweave.app.site.model import Site
from camweave.core.errors import MissingExtra

SITE = """
site: corner
cameras:
  - {name: west, source: "synthetic:plaza/cam_a?seconds=1&size=320x180"}
detector: motion
linker: null
mqtt: {host: 127.0.0.1, port: PORT, user: camweave, password: s3cret}
"""


def site(folder: Path, port: int) -> Site:
    file = folder / "site.yaml"
    file.write_text(SITE.replace("PORT", str(port)))
    return read_site(file)


def test_a_wrong_password_is_one_line_and_the_site_runs_to_its_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "camweave.app.runtime.teller")
    with Broker(tmp_path, user=("camweave", "another")) as broker:
        done = run_live(site(tmp_path, broker.port), None, lossless=True)
    (record,) = [each for each in caplog.records if each.name.endswith("teller")]
    assert "the broker does not let us in: not authorized" in record.getMessage()
    assert "s3cret" not in caplog.text
    assert done.cameras[0].looked == done.cameras[0].frames > 10


def test_without_the_extra_a_site_says_how_to_get_it_before_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "paho.mqtt.client", None)
    with pytest.raises(MissingExtra, match=r"^mqtt: .* pip install 'camweave\[mqtt\]'$"):
        run_live(site(tmp_path, 1883), None)


def test_a_site_without_a_broker_loads_nothing_that_talks_to_one() -> None:
    script = "import sys, camweave.app.build.mqtt; print('paho' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
