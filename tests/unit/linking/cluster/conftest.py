"""Tracklets made of a few numbers: where, from when to when, and what they look like."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pytest
from tests.made_up import made_up

from camweave.core.frame import CameraId
from camweave.core.sightings import Crops, Sightings
from camweave.core.topology import Topology, Transition


class Seen(NamedTuple):
    """One tracklet."""

    camera: str
    begin: float  # s
    end: float  # s
    look: tuple[float, ...] | None = (1.0, 0.0)  # None: no crop of it
    frames: int = 20
    entry: tuple[float, float] = (0.0, 0.0)  # px, its first foot point
    exit: tuple[float, float] = (0.0, 0.0)
    quality: float = 1.0


Make = Callable[[Sequence[Seen]], Sightings]


def make_sightings(seen: Sequence[Seen]) -> Sightings:
    """One row per tracklet, in order of camera; ids count from 1 in each camera, as listed."""
    cameras = tuple(sorted({CameraId(s.camera) for s in seen}))
    rows = sorted(seen, key=lambda s: s.camera)
    number = [1 + sum(r.camera == s.camera for r in rows[:k]) for k, s in enumerate(rows)]
    dimension = max((len(s.look) for s in rows if s.look), default=2)
    embedded = [s for s in rows if s.look is not None]
    look = np.array([s.look for s in embedded], np.float32).reshape(-1, dimension)
    look /= np.maximum(np.linalg.norm(look, axis=1, keepdims=True), 1e-12)
    return made_up(
        [cameras.index(CameraId(s.camera)) for s in rows],
        [s.begin for s in rows],
        [s.end for s in rows],
        cameras=cameras,
        tracklet_id=number,
        frames=[s.frames for s in rows],
        entry=_boxes([s.entry for s in rows]),
        leave=_boxes([s.exit for s in rows]),
        size=(100, 100),
        crops=Crops(
            np.concatenate([[0], np.cumsum([s.look is not None for s in rows])]).astype(np.int64),
            np.array([s.begin for s in embedded], np.float64),
            np.array([round(s.begin * 10) for s in embedded], np.int64),
            look,
            np.array([s.quality for s in embedded], np.float32),
        ),
    )


def _boxes(feet: Sequence[tuple[float, float]]) -> np.ndarray:
    boxes = [(x - 5, y - 20, x + 5, y) for x, y in feet]
    return np.array(boxes, np.float32).reshape(-1, 4)


@pytest.fixture(scope="session")
def make() -> Make:
    """Sightings of a few tracklets."""
    return make_sightings


@pytest.fixture(scope="session")
def seen() -> type[Seen]:
    """One tracklet."""
    return Seen


Lay = Callable[..., Topology]


def lay(*windows: tuple[str, str, float, float], strict: bool = True) -> Topology:
    """A topology of these windows: source, target, least and most s."""
    cameras = sorted({name for window in windows for name in window[:2]})
    return Topology(
        cameras=tuple(map(CameraId, cameras)),
        transitions=tuple(
            Transition(source=CameraId(s), target=CameraId(t), least=least, most=most)
            for s, t, least, most in windows
        ),
        strict=strict,
    )


@pytest.fixture(scope="session")
def laid() -> Lay:
    """A topology of a few windows."""
    return lay
