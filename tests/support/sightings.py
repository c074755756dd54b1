"""Tracklets of some cameras made up from a seed, and whether two are equal."""

import numpy as np

from camweave.core.frame import CameraId
from camweave.core.sightings import Crops, Paths, Sightings

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
