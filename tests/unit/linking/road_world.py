"""Objects that pass the cameras of a road, one after the other, as tracklets with looks."""

from dataclasses import dataclass, replace

import numpy as np
from tests.made_up import made_up, no_crops

from camweave.core.arrays import F32, F64, I64
from camweave.core.sightings import Crops, Sightings

DIMENSION = 64
WIDTH, HEIGHT = 640, 360
TRAVEL = 20.0  # s between two cameras


@dataclass(frozen=True, eq=False)
class Road:
    """A road's tracklets, and whose they are."""

    sightings: Sightings
    who: I64  # (N,)


def road(
    objects: int = 60,
    cameras: int = 4,
    *,
    seed: int = 0,
    noise: float = 0.8,
    bias: float = 0.5,
    every: float = 4.0,
    broken: float = 0.0,
) -> Road:
    """Objects enter by the first camera, one `every` few s, and leave by the last one.

    `noise` and `bias` are lengths of vectors; one's own is 1. A share of the visits is `broken`.
    """
    rng = np.random.default_rng(seed)
    own, tint = _unit(rng.normal(size=(objects, DIMENSION))), rng.normal(size=(cameras, DIMENSION))
    enters, rows = np.cumsum(rng.exponential(every, objects)), []
    for number, time in enumerate(enters.tolist()):
        comes = time
        for place in range(cameras):
            stay = rng.uniform(4, 8)
            for begin, end in _pieces(comes, comes + stay, rng, broken):
                rows.append((place, begin, end, number, comes, comes + stay))
            comes += stay + TRAVEL * np.exp(rng.normal(0, 0.15))
    table = np.array(rows)
    table = table[np.lexsort([table[:, 1], table[:, 0]])]
    camera, who = table[:, 0].astype(np.int64), table[:, 3].astype(np.int64)
    look = own[who, None] + noise / 8 * rng.normal(size=(len(table), 1, DIMENSION))
    look = look + bias * _unit(tint)[camera, None]
    look = look + noise / 8 * rng.normal(size=(len(table), 3, DIMENSION))
    return Road(_sightings(table, camera, _unit(look.reshape(-1, DIMENSION)), cameras), who)


def without_looks(sightings: Sightings) -> Sightings:
    """The same, not embedded."""
    return replace(sightings, crops=no_crops(len(sightings)))


def _pieces(
    begin: float, end: float, rng: np.random.Generator, broken: float
) -> list[tuple[float, float]]:
    if rng.random() >= broken:
        return [(begin, end)]
    middle = rng.uniform(begin + 1.5, end - 1.5)
    return [(begin, middle - 0.4), (middle + 0.4, end)]


def _sightings(table: F64, camera: I64, crops: F32, cameras: int) -> Sightings:
    begin, end, comes, goes = table[:, 1], table[:, 2], table[:, 4], table[:, 5]
    n, pace = len(table), WIDTH / (goes - comes)
    first, last = _box((begin - comes) * pace), _box((end - comes) * pace)
    motion = np.column_stack([pace, np.zeros(n)]).astype(np.float32)
    times = begin[:, None] + (end - begin)[:, None] * np.array([0.25, 0.5, 0.75])
    order = np.concatenate([np.arange(np.sum(camera == c)) for c in range(cameras)])
    return made_up(
        camera,
        begin.copy(),
        end.copy(),
        cameras=[f"cam_{c}" for c in range(cameras)],
        tracklet_id=order + 1,
        frames=((end - begin) * 10).astype(np.int64) + 1,
        entry=first,
        leave=last,
        motion=motion,
        size=(WIDTH, HEIGHT),
        crops=Crops(
            offsets=np.arange(n + 1) * 3,
            time=times.ravel(),
            frame=(times.ravel() * 10).astype(np.int64),
            embedding=crops,
            quality=np.full(3 * n, 0.8, np.float32),
        ),
    )


def _box(x: F64) -> F32:
    top = np.full(len(x), 150.0)
    return np.column_stack([x - 20, top, x + 20, top + 60]).astype(np.float32)


def _unit(rows: F64) -> F32:
    unit: F32 = (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)
    return unit
