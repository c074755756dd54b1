"""A line that an error ends is over, and says so: nobody waits for it for ever."""

from pathlib import Path

import pytest

from camweave.app.jobs.live.live_site import Sight
from camweave.app.jobs.live.start import live_site
from camweave.app.site.load import parse_site
from camweave.core.errors import JobError
from camweave.core.frame import CameraId

SITE = """
site: corner
cameras: [{name: west, source: "synthetic:plaza/cam_a?seconds=1&size=160x120"}]
detector: {kind: motion}
linker: null
"""


def fail(sight: Sight) -> None:
    raise RuntimeError(f"nobody can hear of {sight.look.frame.stamp.camera}")


def test_what_ends_the_line_is_raised_by_who_waits_and_nobody_else_hangs(tmp_path: Path) -> None:
    site = parse_site(SITE, "site.yaml", tmp_path)
    with live_site(site, lossless=True, heard=fail) as station:
        with pytest.raises(RuntimeError, match="nobody can hear of west"):
            station.running.wait(30)
        with pytest.raises(JobError, match="the site is over"):
            station.running.end(CameraId("west"))
