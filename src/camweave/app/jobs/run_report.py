"""`run.json`: what ran, with which versions and settings, and what it took."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from camweave.app.site.masking import masked
from camweave.app.site.model import Site
from camweave.formats.atomic import written_whole
from camweave.formats.plain_json import plain

SCHEMA: Final = "camweave.run/1"
PACKAGES: Final = (
    "camweave",
    "numpy",
    "numba",
    "opencv-contrib-python-headless",
    "av",
    "onnxruntime",
)


def write_run_report(
    path: Path,
    site: Site,
    reports: Sequence[Any],
    *,
    seconds: float,
    linking: Any = None,  # noqa: ANN401 - a dataclass, or None where nothing was linked
) -> None:
    """Write it as one JSON object, passwords hidden.

    Raises:
        OutputError: the file could not be written.
    """
    report = {
        "schema": SCHEMA,
        "versions": versions(),
        "seconds": round(seconds, 3),
        "cameras": {each.camera: without_name(asdict(each)) for each in reports},
        "linking": None if linking is None else asdict(linking),
        "site": site.model_dump(mode="json"),
    }
    write_masked(path, report)


def write_masked(path: Path, report: Mapping[str, Any]) -> None:
    """Write a report as one JSON object, passwords hidden.

    Raises:
        OutputError: the file could not be written.
    """
    with written_whole(path) as part:
        part.write_text(masked(json.dumps(plain(report), indent=2)) + "\n", encoding="utf-8")


def without_name(report: dict[str, Any]) -> dict[str, Any]:
    """A camera's report below its name."""
    return {key: value for key, value in report.items() if key != "camera"}


def versions() -> dict[str, str]:
    """Python and the packages that were there."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
