"""The files of a deployment, and the commands and names that stand in them."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final = ROOT / "compose.yaml"
PROMETHEUS: Final = ROOT / "deploy" / "prometheus"
DASHBOARD: Final = ROOT / "deploy" / "grafana" / "dashboards" / "camweave.json"
KUBERNETES: Final = ROOT / "deploy" / "kubernetes"
OURS: Final = re.compile(r"\bcamweave_[a-z_]+")


def tool(name: str, install: str) -> str:
    """A program; the test is skipped where there is none."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"no {name}; {install}")
    return found


def said(command: Sequence[object], cwd: Path = ROOT) -> str:
    """What a program says that finds nothing wrong."""
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def manifests() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every Kubernetes object, and its file."""
    for file in sorted(KUBERNETES.glob("*.yaml")):
        if file.name not in {"kustomization.yaml", "site.yaml"}:
            for each in yaml.safe_load_all(file.read_text()):
                yield file.name, each


def containers() -> Iterator[Mapping[str, Any]]:
    """Every container of ours in Kubernetes."""
    for _, each in manifests():
        if each["kind"] == "Deployment":
            yield from each["spec"]["template"]["spec"]["containers"]


def queries() -> dict[str, str]:
    """Each query of the dashboard, by its panel's title and its letter."""
    dashboard = json.loads(DASHBOARD.read_text())
    return {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in dashboard["panels"]
        for target in panel.get("targets", ())
    }


def alerts() -> dict[str, str]:
    """Each alert's expression."""
    groups = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"]
    return {rule["alert"]: rule["expr"] for group in groups for rule in group["rules"]}
