"""Walkers seen by three views of one square, with looks that tell them apart only just."""

from functools import cache

import numpy as np

from camweave.core.arrays import F32, F64, I64
from camweave.core.frame import CameraId
from camweave.core.sightings import Paths
from camweave.core.tracks import Appearance, Tracklets
from camweave.linking.ground import paths_of
from camweave.ops.ground import to_image

HERE = np.array([[0.02, 0.001, -6.0], [0.0, -0.05, 30.0], [0.0, 0.004, -0.4]])
RATE = 5.0  # frames/s
STEPS = 60
WALKERS = 60
CROPS = 4


def turned(angle: float) -> F64:
    """The same camera, walked around the middle of the square by so many radians."""
    c, s = np.cos(angle), np.sin(angle)
    return np.asarray(np.array([[c, -s, 18 * s], [s, c, 18 - 18 * c], [0, 0, 1.0]]) @ HERE)


MAPS = {CameraId("a"): HERE, CameraId("b"): turned(0.35), CameraId("c"): turned(-0.35)}


@cache
def walks(seed: int) -> tuple[F64, F64]:
    """(W, STEPS, 2) m, and when each begins (W,) s: some eight are there at a time."""
    rng = np.random.default_rng(seed)
    start, end = rng.uniform((-2, 12), (2, 20), (2, WALKERS, 2))
    bend = rng.normal(0, 0.8, (WALKERS, 1, 2))
    along = np.linspace(0, 1, STEPS)[None, :, None]
    path: F64 = start[:, None] + (end - start)[:, None] * along + bend * np.sin(np.pi * along)
    return path, np.arange(WALKERS, dtype=np.float64) * 1.5


def square(seed: int, noise: float, late: float = 0.0) -> tuple[list[Tracklets], I64]:
    """The tracklets of three cameras, the last one's clock `late` s behind, and who each is."""
    path, begin = walks(seed)
    rng = np.random.default_rng([seed, 1])
    body = _unit(rng.normal(size=(WALKERS, 32)))
    site = []
    for at, name in enumerate(MAPS):
        look = _unit(np.repeat(body, CROPS, axis=0) + rng.normal(0, noise, (WALKERS * CROPS, 32)))
        site.append(_camera(name, path, begin - late * (at == len(MAPS) - 1), look))
    return site, np.tile(np.arange(WALKERS), len(MAPS))


def on_ground(site: list[Tracklets], *, wrong: str = "", by: float = 9.0) -> dict[CameraId, Paths]:
    """Where all stood; the camera `wrong` is off by so many metres."""
    shift = np.array([[1, 0, by], [0, 1, 0], [0, 0, 1.0]])
    return {
        t.camera: paths_of(t, shift @ MAPS[t.camera] if t.camera == wrong else MAPS[t.camera])
        for t in site
    }


def _camera(name: CameraId, path: F64, begin: F64, look: F32) -> Tracklets:
    feet = to_image(MAPS[name], path.reshape(-1, 2))
    rows = len(feet)
    return Tracklets(
        camera=name,
        fps=RATE,
        width=0,
        height=0,
        tracklet_id=np.arange(1, WALKERS + 1),
        class_id=np.zeros(WALKERS, np.int32),
        offsets=np.arange(WALKERS + 1) * STEPS,
        frame=np.arange(rows),
        time=(begin[:, None] + np.arange(STEPS) / RATE).ravel(),
        xyxy=np.hstack([feet - np.array([12, 60]), feet + np.array([12, 0])]).astype(np.float32),
        score=np.ones(rows, np.float32),
        detection=np.arange(rows),
        appearance=Appearance(
            offsets=np.arange(WALKERS + 1) * CROPS,
            row=(np.arange(WALKERS)[:, None] * STEPS + np.arange(CROPS) * 10).ravel(),
            embedding=look,
            quality=np.ones(len(look), np.float32),
        ),
    )


def _unit(rows: F64) -> F32:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
