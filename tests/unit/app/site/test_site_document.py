"""The document on the site file says what is."""

import re
from dataclasses import fields
from math import inf
from pathlib import Path
from typing import Any

import pytest

from camweave.app.site.embedders import EMBEDDERS
from camweave.app.site.linker import Linker
from camweave.app.site.load import parse_site
from camweave.app.site.trackers import TRACKERS
from camweave.detection.camera_motion import FileMotionParams, FlowParams
from camweave.detection.filtered import FilterParams
from camweave.detection.hog import HogParams
from camweave.detection.layouts.recognise import LAYOUT_NAMES
from camweave.detection.motion import MotionParams
from camweave.detection.recorded import RecordedParams
from camweave.detection.yolo import YoloParams
from camweave.formats.layout import parse_layout
from camweave.formats.topology import parse_topology
from camweave.refinement.params import RefineParams

DOCS = Path(__file__).parents[4] / "docs"
TEXT = (DOCS / "site-file.md").read_text(encoding="utf-8")


def test_its_example_is_a_site() -> None:
    example = re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert example is not None
    site = parse_site(example[1], "site-file.md", DOCS)
    assert [camera.tracker.patience for camera in site.cameras] == [1.5, 3.0]
    assert site.embedder.kind == "reid"


@pytest.mark.parametrize(
    "params",
    [
        *(YoloParams, MotionParams, HogParams, RecordedParams, FilterParams),
        *(FlowParams, FileMotionParams),
        *EMBEDDERS,
        *TRACKERS,
        RefineParams,
        Linker,
    ],
)
def test_it_names_every_parameter(params: Any) -> None:
    missing = {f.name for f in fields(params)} - set(re.findall(r"\w+", TEXT))
    assert not missing


def test_the_document_on_models_names_every_layout() -> None:
    text = (DOCS / "models.md").read_text(encoding="utf-8")
    assert not [name for name in LAYOUT_NAMES if f"`{name}`" not in text]


def examples(of: str) -> list[str]:
    return re.findall(r"```\w*\n(.*?)```", (DOCS / of).read_text(encoding="utf-8"), re.DOTALL)


def test_the_document_on_files_shows_a_topology_and_a_layout() -> None:
    written = examples("formats.md")
    (topology,) = [text for text in written if text.startswith("cameras:")]
    (layout,) = [text for text in written if text.startswith("# cameras:")]
    assert len(parse_topology(topology, "formats.md").transitions) == 4
    assert parse_layout(layout, "formats.md").windows == {(0, 1): (-5, inf), (1, 0): (2, 30)}


def test_the_document_on_linking_shows_sites() -> None:
    written = [text for text in examples("linking.md") if text.startswith("site:")]
    assert written
    for text in written:
        parse_site(text, "linking.md", DOCS)
