"""ONNX Runtime reports to nobody when we use it."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("onnxruntime")


@pytest.mark.parametrize("said", [{}, {"ORT_DISABLE_TELEMETRY": "0"}])
def test_its_makers_are_not_told_unless_somebody_wants_that(said: dict[str, str]) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ORT_")}
    program = (
        "import os; from camweave.inference.onnx_session import onnx_runtime; onnx_runtime(); "
        "print(os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment, "HOME": "/dev/null", **said},  # where it cannot write, it says so
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == said.get("ORT_DISABLE_TELEMETRY", "1")
    if not said:
        assert "telemetry" not in done.stderr
