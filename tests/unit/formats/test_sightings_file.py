from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.core.sightings import Crops, Paths, Sightings
from camweave.formats.sightings import read_sightings, write_sightings

COLUMNS = ("size", "camera", "tracklet_id", "class_id", "begin", "end", "frames", "entry", "exit")
MOTIONS = ("entry_motion", "exit_motion")


def some_sightings(per_camera: list[int], seed: int = 0, dimension: int = 4) -> Sightings:
    rng = np.random.default_rng(seed)
    n = sum(per_camera)
    begin = rng.uniform(0, 100, n)
    corner = rng.uniform(0, 600, (2, n, 2))
    entry, leave = (np.hstack([each, each + 20]).astype(np.float32) for each in corner)
    return Sightings(
        cameras=tuple(CameraId(f"cam_{i}") for i in range(len(per_camera))),
        size=rng.integers(0, 2000, (len(per_camera), 2)),
        camera=np.repeat(np.arange(len(per_camera)), per_camera),
        tracklet_id=np.concatenate([np.empty(0, np.int64), *map(np.arange, per_camera)]) * 3 + 1,
        class_id=rng.integers(-1, 2, n).astype(np.int32),
        begin=begin,
        end=begin + rng.uniform(0, 9, n),
        frames=rng.integers(1, 90, n),
        entry=entry,
        exit=leave,
        entry_motion=rng.normal(size=(n, 2)).astype(np.float32),
        exit_motion=rng.normal(size=(n, 2)).astype(np.float32),
        crops=some_crops(rng, n, dimension),
        paths=some_paths(rng, n),
        class_names=("person", "car"),
    )


def some_crops(rng: np.random.Generator, n: int, dimension: int) -> Crops:
    offsets = np.cumsum([0, *rng.integers(0, 4, n)])
    e = int(offsets[-1])
    looks = rng.normal(size=(e, dimension))
    looks /= np.linalg.norm(looks, axis=1, keepdims=True)
    return Crops(
        offsets,
        np.sort(rng.uniform(0, 100, e)),
        np.arange(e),
        looks.astype(np.float32),
        rng.uniform(0, 1, e).astype(np.float32),
    )


def some_paths(rng: np.random.Generator, n: int) -> Paths:
    offsets = np.cumsum([0, *rng.integers(0, 4, n)])
    p = int(offsets[-1])
    return Paths(
        offsets, np.sort(rng.uniform(0, 100, p)), rng.normal(size=(p, 2)), rng.uniform(0, 1, p)
    )


def equal(one: Sightings, other: Sightings) -> bool:
    same = all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in COLUMNS + MOTIONS
    )
    for part, names in (
        ("crops", ("offsets", "time", "frame", "embedding", "quality")),
        ("paths", ("offsets", "time", "xy", "sigma")),
    ):
        ours, theirs = getattr(one, part), getattr(other, part)
        same &= all(np.array_equal(getattr(ours, n), getattr(theirs, n)) for n in names)
    return same and (one.cameras, one.class_names) == (other.cameras, other.class_names)


@settings(max_examples=40)
@given(per_camera=st.lists(st.integers(0, 4), max_size=4), seed=st.integers(0, 1000))
def test_sightings_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, per_camera: list[int], seed: int
) -> None:
    path = tmp_path_factory.mktemp("s") / "gallery.npz"
    sightings = some_sightings(per_camera, seed)
    write_sightings(path, sightings)
    assert equal(read_sightings(path), sightings)
    first = path.read_bytes()
    write_sightings(path, read_sightings(path))
    assert path.read_bytes() == first


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """3 tracklets: 1 and 4 of one camera, 1 of the other; 6 crops, 3 places."""
    path = tmp_path / "gallery.npz"
    write_sightings(path, some_sightings([2, 1], seed=3))
    return path


def changed(path: Path, changes: dict[str, Any]) -> Path:
    members: dict[str, Any] = dict(np.load(path)) | changes
    np.savez(path, **{name: value for name, value in members.items() if value is not None})
    return path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "camweave.sightings/2"}, "was written by a newer camweave"),
        ({"schema": "camweave.tracklets/1"}, "expected schema camweave.sightings/1"),
        ({"schema": None}, "no sightings in it"),
        ({"cameras": ["cam_1", "cam_0"]}, "cameras: expected names in order, each once"),
        ({"cameras": ["a/..", "cam_0"]}, "cameras: camera name 'a/..'"),
        ({"sizes": [[1, 2]]}, r"sizes: expected integers \(2, 2\)"),
        ({"sizes": [[1, 2], [3, -4]]}, "sizes: row 1 is .*expected 0 to"),
        ({"camera_indices": [0, 0, 2]}, "camera_indices: row 2 is 2: not one of 2"),
        ({"camera_indices": [1, 0, 1]}, "camera_indices: row 1 is 0: less than the one before"),
        ({"tracklet_ids": [4, 4, 1]}, "tracklet_ids: row 1 is 4: not rising within its camera"),
        ({"classes": [0, 2, 0]}, "classes: row 1 is 2: beyond 2 class_names"),
        ({"ends": [1e6, -5.0, 1e6]}, "ends: row 1 is -5.0: before its begin"),
        ({"begins": [0.0, np.nan, 0.0]}, "begins: row 1 is nan: not a finite number"),
        ({"frame_counts": [1, 1, -1]}, "frame_counts: row 2 is -1: negative"),
        ({"exit_motions": np.zeros((3, 3))}, r"exit_motions: expected floats \(3, 2\)"),
        ({"entries": np.zeros((2, 4))}, r"entries: expected floats \(3, 4\)"),
        ({"crop_offsets": [0, 1, 2, 9]}, "crop_offsets: expected to lead from 0 to"),
        ({"path_offsets": [0, 9, 0]}, r"path_offsets: expected integers \(4,\)"),
        ({"embeddings": None}, "embeddings is missing"),
    ],
)
def test_sightings_that_cannot_be_are_refused(
    stored: Path, change: dict[str, Any], says: str
) -> None:
    with pytest.raises(FileFormatError, match=says) as told:
        read_sightings(changed(stored, change))
    assert str(told.value).startswith(str(stored))


def test_crops_and_places_that_cannot_be_are_refused(stored: Path) -> None:
    for name, value, says in (
        ("embeddings", 0.3, "row 0 has length .*; expected unit length"),
        ("crop_qualities", 2.0, "row 0 is .*: not from 0 to 1"),
        ("crop_frames", -1, "row 0 is -1: negative"),
        ("path_sigmas", -1.0, "row 0 is -1.0: negative"),
        ("path_xy", np.inf, "row 0 is .*: not a finite number"),
    ):
        members = dict(np.load(stored))
        bad = stored.with_name(f"{name}.npz")
        np.savez(bad, **(members | {name: np.full_like(members[name], value)}))
        with pytest.raises(FileFormatError, match=f"{name}: {says}"):
            read_sightings(bad)


def test_times_that_fall_within_a_tracklet_are_refused(tmp_path: Path) -> None:
    stored = tmp_path / "gallery.npz"
    write_sightings(stored, some_sightings([9, 9]))
    members = dict(np.load(stored))
    longest = int(np.argmax(np.diff(members["crop_offsets"])))
    members["crop_times"][members["crop_offsets"][longest] + 1] = -1.0
    with pytest.raises(FileFormatError, match=r"crop_times: row .* before the one before it"):
        read_sightings(changed(stored, members))
