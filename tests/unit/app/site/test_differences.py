"""What a running site must do to become another one."""

from pathlib import Path

import pytest

from camweave.app.site.differences import differences, looked_at_anew, names, reread
from camweave.app.site.load import parse_site
from camweave.app.site.model import Site
from camweave.core.station import Changes

TEXT = """
site: yard
cameras:
  - {name: gate, source: gate.mp4}
  - {name: door, source: door.mp4}
tracker: {kind: bytetrack}
linker: {margin: 0.1}
live: {fps: 8}
serve: {port: 8080}
"""


def site(*edits: tuple[str, str]) -> Site:
    text = TEXT
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    return parse_site(text, "site.yaml", Path("/site"))


def between(*edits: tuple[str, str]) -> Changes:
    before = site()
    return differences(before, site(*edits), before)


def test_the_same_site_is_no_change() -> None:
    assert not between()


def test_cameras_are_known_by_name() -> None:
    assert between(("name: door", "name: yard")) == Changes(
        added=names(["yard"]), removed=names(["door"]), linker=True
    )


def test_the_order_of_cameras_is_no_change() -> None:
    one, other = "  - {name: gate, source: gate.mp4}\n", "  - {name: door, source: door.mp4}\n"
    assert not between((one + other, other + one))


@pytest.mark.parametrize(
    ("after", "again", "anew"),
    [
        ("source: other.mp4", True, True),
        ("source: gate.mp4, stream: {transport: udp}", True, True),
        ("source: gate.mp4, tracker: {patience: 3.0}", False, True),
        ("source: gate.mp4, zones: {a: [[0, 0], [1, 0], [1, 1]]}", False, False),
    ],
)
def test_a_camera_is_read_again_or_looked_at_anew_only_where_it_must_be(
    after: str, again: bool, anew: bool
) -> None:
    before, changed = site(), site(("source: gate.mp4", after))
    assert differences(before, changed, before).changed == ("gate",)
    pair = before.cameras[0], changed.cameras[0]
    assert (reread(*pair), looked_at_anew(*pair)) == (again, anew)


def test_a_stage_of_the_site_is_one_of_each_camera_that_has_no_own() -> None:
    changes = between(("tracker: {kind: bytetrack}", "tracker: {kind: sort}"))
    assert changes == Changes(changed=names(["gate", "door"]))


def test_zones_and_what_the_linker_says_ask_for_another_linker() -> None:
    assert between(("margin: 0.1", "margin: 0.2")) == Changes(linker=True)
    zones = ("source: gate.mp4", "source: gate.mp4, zones: {a: [[0, 0], [1, 0], [1, 1]]}")
    assert between(zones).linker
    assert not between(("linker: {margin: 0.1}", "linker: null")).linker


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("fps: 8", "fps: 9", "live.fps"),
        ("port: 8080", "port: 8081", "serve.port"),
        ("site: yard", "site: court", "site"),
        ("linker: {margin: 0.1}", "linker: null", "linker"),
        ("margin: 0.1", "margin: 0.1, interval: 1.0", "linker.interval"),
        ("live: {fps: 8}", "", ""),
    ],
)
def test_keys_that_wait_for_the_next_start_are_named(before: str, after: str, key: str) -> None:
    assert between((before, after)).restart == ((key,) if key else ())


def test_they_are_named_until_the_file_says_again_what_holds() -> None:
    started, after = site(), site(("fps: 8", "fps: 9"))
    assert differences(after, after, started).restart == ("live.fps",)
    assert differences(after, started, started).restart == ()


def test_where_cameras_may_be_added_from_holds_at_once() -> None:
    assert not between(("port: 8080", "port: 8080, sources: [public]"))
