"""Who runs a site in one process needs nothing of brokers."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
import camweave.app.cli.{0}_command
import camweave.app.jobs.live.live
import camweave.app.jobs.batch
theirs = ("camweave.broker", "camweave.app.jobs.roles", "aio_pika")
found = [name for name in sys.modules if name.startswith(theirs)]
sys.exit(f"imported: {{found}}" if found else 0)
"""


@pytest.mark.parametrize("name", ["live", "batch"])
def test_nothing_of_the_broker_is_imported(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(name)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
