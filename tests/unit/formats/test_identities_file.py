import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.sightings import some_sightings

from camweave.core.errors import FileFormatError, ShapeError
from camweave.core.frame import CameraId
from camweave.core.identities import Crop, Identities, Link, TrackletKey
from camweave.core.sightings import Sightings
from camweave.core.tracks import UNLINKED
from camweave.formats.identities import read_identities, write_identities


def identities_of(sightings: Sightings, seed: int = 0) -> Identities:
    """Every identity holds who comes by chance, and each is linked to the one before."""
    rng = np.random.default_rng(seed)
    n = len(sightings)
    identity = rng.integers(1, max(2, n // 2), n)
    identity[rng.random(n) < 0.2] = UNLINKED
    keys = [
        TrackletKey(sightings.cameras[c], int(t))
        for c, t in zip(sightings.camera, sightings.tracklet_id, strict=True)
    ]
    last: dict[int, TrackletKey] = {}
    links = []
    for row in np.lexsort((sightings.tracklet_id, sightings.camera, sightings.begin)).tolist():
        home, key = int(identity[row]), keys[row]
        if home in last and home != UNLINKED:
            links.append(some_link(last[home], key))
        last[home] = key
    links.sort(key=lambda link: (sightings.begin[keys.index(link.other)], link.other, link.one))
    return Identities(
        cameras=sightings.cameras,
        camera=sightings.camera,
        tracklet_id=sightings.tracklet_id,
        identity=identity,
        links=tuple(links),
    )


def some_link(one: TrackletKey, other: TrackletKey) -> Link:
    return Link(
        one=one,
        other=other,
        how="follows",
        evidence=3.25,
        appearance=1 / 3,
        transition=-0.5,
        similarity=0.7,
        gap=4.0,
        edge=f"{one.camera} -> {other.camera}",
        window=(2.0, float("inf")),
        runner_up=TrackletKey(CameraId("cam_0"), 1),
        margin=1.5,
        crops=(Crop(key=one, frame=3, time=1.0), Crop(key=other, frame=9, time=2.0)),
    )


@settings(max_examples=40)
@given(per_camera=st.lists(st.integers(0, 6), min_size=1, max_size=3), seed=st.integers(0, 99))
def test_identities_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, per_camera: list[int], seed: int
) -> None:
    path = tmp_path_factory.mktemp("i") / "identities.json"
    sightings = some_sightings(per_camera, seed)
    identities = identities_of(sightings, seed)
    write_identities(path, sightings, identities, ["no layout: any camera can follow any"])
    back = read_identities(path)
    assert back.identities.cameras == identities.cameras
    for name in ("camera", "tracklet_id", "identity"):
        np.testing.assert_array_equal(
            getattr(back.identities, name), getattr(identities, name), err_msg=name
        )
    assert back.identities.links == identities.links
    for name in ("begin", "end", "frames", "class_id"):
        np.testing.assert_array_equal(getattr(back, name), getattr(sightings, name))
    assert back.notes == ("no layout: any camera can follow any",)
    assert back.class_names == sightings.class_names


def test_the_file_is_json_with_one_identity_a_line(tmp_path: Path) -> None:
    path = tmp_path / "identities.json"
    sightings = some_sightings([3, 2], seed=1)
    identities = replace(identities_of(sightings), identity=np.array([1, 2, UNLINKED, 1, 1]))
    link = some_link(TrackletKey(CameraId("cam_0"), 1), TrackletKey(CameraId("cam_1"), 1))
    write_identities(path, sightings, replace(identities, links=(link,)))
    text = path.read_text()
    told = json.loads(text, parse_constant=pytest.fail)
    assert told["schema"] == "camweave.identities/1"
    first = told["identities"][0]
    assert first["global_id"] == 1
    assert {(m["camera"], m["tracklet_id"]) for m in first["members"]} == {
        ("cam_0", 1),
        ("cam_1", 1),
        ("cam_1", 4),
    }
    assert first["begin"] == min(m["begin"] for m in first["members"])
    assert first["links"][0]["one"] == ["cam_0", 1]
    assert first["links"][0]["evidence"] == 3.25
    assert first["class"] in {"person", "car", None}
    assert [m["tracklet_id"] for m in told["unlinked"]] == [7]
    lines = [line for line in text.splitlines() if line.startswith('{"global_id"')]
    assert [json.loads(line.rstrip(","))["global_id"] for line in lines] == [1, 2]


def test_the_same_identities_are_the_same_bytes(tmp_path: Path) -> None:
    sightings = some_sightings([4, 4])
    identities = identities_of(sightings)
    for name in ("a.json", "b.json"):
        write_identities(tmp_path / name, sightings, identities)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_rows_of_others_are_refused(tmp_path: Path) -> None:
    identities = identities_of(some_sightings([2, 2]))
    with pytest.raises(ShapeError, match="expected the same rows as the sightings"):
        write_identities(tmp_path / "i.json", some_sightings([2, 3]), identities)


def test_twenty_thousand_tracklets_are_written_and_read_in_seconds(tmp_path: Path) -> None:
    path = tmp_path / "identities.json"
    sightings = some_sightings([1000] * 20, dimension=2)
    keys = [TrackletKey(sightings.cameras[i // 1000], 3 * (i % 1000) + 1) for i in range(20_000)]
    identity = np.arange(20_000) // 4 + 1
    links = tuple(some_link(keys[i - 1], keys[i]) for i in range(1, 20_000) if i % 4)
    identities = Identities(
        sightings.cameras, sightings.camera, sightings.tracklet_id, identity, links
    )
    began = time.process_time()
    write_identities(path, sightings, identities)
    back = read_identities(path)
    assert time.process_time() - began < 10
    assert len(back.identities.links) == 15_000


GOOD: dict[str, Any] = {
    "schema": "camweave.identities/1",
    "cameras": ["a"],
    "class_names": ["car"],
    "notes": [],
    "identities": [],
    "unlinked": [],
}
MEMBER = {"camera": "a", "tracklet_id": 1, "class": "car", "begin": 0, "end": 1, "frames": 2}
ENTRY: dict[str, Any] = {"global_id": 1, "members": [MEMBER], "links": []}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "camweave.identities/2"}, "was written by a newer camweave"),
        ({"schema": None}, "expected schema camweave.identities/1, found 'None'"),
        ({"cameras": ["a", "a"]}, "cameras: a name is there twice"),
        ({"cameras": ["a/b"]}, "cameras: camera name 'a/b'"),
        ({"class_names": [1]}, "class_names: expected text"),
        ({"identities": None}, "identities: expected a list, found None"),
        ({"identities": [3]}, r"identities\[0\]: expected an object, found 3"),
        ({"identities": [ENTRY | {"global_id": 0}]}, r"identities\[0\]: global_id: expected a"),
        ({"identities": [ENTRY, ENTRY | {"members": []}]}, "identity 1 is there twice"),
        ({"identities": [ENTRY], "unlinked": [MEMBER]}, r"unlinked\[0\]: a/1 is there twice"),
        ({"unlinked": [7]}, r"unlinked\[0\]: expected an object, found 7"),
        ({"unlinked": [MEMBER | {"begin": None}]}, r"unlinked\[0\]: expected a finite number"),
        ({"unlinked": [MEMBER | {"camera": "b"}]}, "camera 'b' is not in cameras"),
        ({"unlinked": [MEMBER | {"class": "cat"}]}, "class: expected one of class_names"),
        ({"unlinked": [MEMBER | {"class": 0}]}, "class: expected one of class_names"),
        ({"identities": [ENTRY | {"links": [{}]}]}, r"identities\[0\]: links\[0\]: expected all"),
        (
            {
                "identities": [
                    ENTRY
                    | {
                        "links": [
                            {"one": ["a", 1], "other": ["a", 2], "how": "looks", "evidence": 1}
                        ]
                    }
                ]
            },
            "a link names a/2, which is absent",
        ),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    path = tmp_path / "identities.json"
    path.write_text(json.dumps(GOOD | change))
    with pytest.raises(FileFormatError, match=says) as told:
        read_identities(path)
    assert str(told.value).startswith(str(path))


def test_a_file_that_is_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "identities.json"
    path.write_text(json.dumps(GOOD)[:-5])
    with pytest.raises(FileFormatError, match="damaged: "):
        read_identities(path)
