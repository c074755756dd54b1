"""A site file, and what is said of its cameras while the site runs."""

import json
from pathlib import Path

import pytest

from camweave.app.site.written import Written
from camweave.core.errors import SiteError

TEXT = """
site: yard
cameras:
  - {name: gate, source: gate.mp4}
  - {name: door, source: door.mp4, tracker: {patience: 3.0}}
tracker: {kind: bytetrack, high: 0.7}
linker: {transitions: {gate -> door: [1, 2]}}
"""
NEW = {"source": "rtsp://me:s3cret@10.0.0.1/x"}


@pytest.fixture
def written(tmp_path: Path) -> Written:
    (tmp_path / "site.yaml").write_text(TEXT)
    return Written.read(tmp_path / "site.yaml")


def names(written: Written) -> list[str]:
    return [camera.name for camera in written.site.cameras]


def edit(written: Written, before: str, after: str) -> None:
    written.path.write_text(written.path.read_text().replace(before, after))


def test_a_camera_that_is_added_has_all_that_the_site_says(written: Written) -> None:
    more = written.with_camera("yard", NEW)
    assert names(more) == ["gate", "door", "yard"]
    added = more.camera("yard")
    assert added is not None
    assert added.tracker == more.site.tracker
    assert added.source == NEW["source"]
    assert names(written) == ["gate", "door"]


def test_paths_begin_at_the_site_file(written: Written) -> None:
    added = written.with_camera("yard", {"source": "yard.mp4", "mask": "yard.png"}).camera("yard")
    assert added is not None
    assert (added.source, added.mask) == (
        str(written.folder / "yard.mp4"),
        written.folder / "yard.png",
    )


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({}, "source: is missing"),
        ({**NEW, "fps": "x"}, "fps: expected a number of frames per second, got 'x'"),
        ({**NEW, "sorce": "x"}, "sorce: unknown key (did you mean 'source'?)"),
        ({**NEW, "tracker": {"hig": 1}}, "tracker.hig: unknown key (did you mean 'high'?)"),
        ({**NEW, "tracker": "sorrt"}, "tracker: unknown tracker 'sorrt' (did you mean 'sort'?)"),
        ({**NEW, "name": "else"}, "name: expected 'yard', or none"),
        ({**NEW, "tracker": "deepsort"}, "tracker: deepsort needs an embedder: reid, or histogram"),
        ({**NEW, "tracker": {"high": 0.1, "low": 0.5}}, "tracker"),
    ],
)
def test_what_is_wrong_with_a_section_is_told_by_its_key(
    written: Written, section: dict[str, object], told: str
) -> None:
    with pytest.raises(SiteError) as refused:
        written.with_camera("yard", section)
    assert str(refused.value).startswith(told)
    assert "\n" not in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "section",
    [
        {"source": "a\0b"},
        {"source": "a\nb"},
        {"source": "\ud800"},
        {"source": "x" * 5000},
        {"source": "x", "a\nb": 1},
        {"source": "x", "zones": json.loads("[" * 200 + "]" * 200)},
        {"source": "x", "zones": {str(n): 1 for n in range(2000)}},
    ],
)
def test_what_no_file_could_say_is_refused_before_anything_is_made_of_it(
    written: Written, section: dict[str, object]
) -> None:
    secret = written.with_camera("secret", NEW)
    with pytest.raises(SiteError, match="expected") as refused:
        secret.with_camera("yard", section)
    assert "\n" not in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("password", ["s3cret", "s3cret/x", "s3cret" * 20, "a@s3cret", "a:s3cret"])
def test_an_address_at_the_wrong_place_is_shown_without_its_password(
    written: Written, password: str
) -> None:
    section = {**NEW, "fps": f"rtsp://admin:{password}@10.0.0.1/live"}
    with pytest.raises(SiteError, match=r"^fps: expected a number") as refused:
        written.with_camera("yard", section)
    assert "s3cret" not in str(refused.value)
    assert "admin" in str(refused.value)


def test_a_kind_that_is_no_text_is_told(written: Written) -> None:
    with pytest.raises(SiteError, match=r"^detector.kind: expected one of yolo, motion"):
        written.with_camera("yard", {**NEW, "detector": {"kind": ["yolo"]}})


def test_a_name_is_taken_in_upper_case_too(written: Written) -> None:
    with pytest.raises(SiteError, match="'GATE' is taken"):
        written.with_camera("GATE", NEW)


def test_variables_of_the_environment_are_the_files_alone(written: Written) -> None:
    camera = written.with_camera("yard", {"source": "rtsp://10.0.0.1/${HOME}"}).camera("yard")
    assert camera is not None
    assert camera.source.endswith("${HOME}")


def test_a_camera_that_transitions_name_cannot_be_left_out(written: Written) -> None:
    with pytest.raises(SiteError, match=r"^linker.transitions.gate -> door: no camera 'door'"):
        written.without("door")
    with pytest.raises(KeyError):
        written.without("nobody")


def test_reading_again_keeps_what_was_said_since(written: Written) -> None:
    said = written.with_camera("yard", NEW).with_camera("door", NEW)
    edit(written, "gate.mp4", "other.mp4")
    again = said.read_again()
    assert names(again) == ["gate", "door", "yard"]
    assert [Path(c.source).name for c in again.site.cameras] == ["other.mp4", "x", "x"]


def test_a_section_that_was_changed_in_the_file_since_is_the_files(written: Written) -> None:
    said = written.with_camera("door", NEW).with_camera("yard", NEW)
    edit(written, "patience: 3.0", "patience: 4.0")
    edit(written, "tracker: {kind", "  - {name: yard, source: yard.mp4}\ntracker: {kind")
    again = said.read_again()
    assert [Path(c.source).name for c in again.site.cameras] == ["gate.mp4", "door.mp4", "yard.mp4"]


def test_a_camera_that_was_taken_out_stays_out_until_the_file_says_otherwise(
    written: Written,
) -> None:
    edit(written, "linker: {transitions: {gate -> door: [1, 2]}}", "")
    out = Written.read(written.path).without("door")
    assert names(out.read_again()) == ["gate"]
    edit(written, "patience: 3.0", "patience: 4.0")
    assert names(out.read_again()) == ["gate", "door"]


def test_a_file_that_is_wrong_is_told_by_line(written: Written) -> None:
    edit(written, "site: yard", "site: yard\nsit: yard")
    with pytest.raises(SiteError, match=r"site.yaml:3:1: sit: unknown key"):
        written.read_again()
    written.path.unlink()
    with pytest.raises(SiteError, match="no such file"):
        written.read_again()
