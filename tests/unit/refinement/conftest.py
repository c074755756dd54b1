"""Walkers made of numbers: who is where from when to when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from camweave.core.frame import CameraId
from camweave.core.tracks import Appearance, Tracklets

FPS = 10.0


@dataclass(frozen=True)
class Walk:
    """A box that goes straight, from one frame to another, both included."""

    first: int
    last: int
    x: float  # px, of the centre in frame 0
    y: float
    vx: float = 0.0  # px a frame
    vy: float = 0.0
    height: float = 100.0
    class_id: int = 0
    score: float = 0.9
    hidden: tuple[int, int] | None = None  # frames in which it is not seen, both included
    rough: float = 0.0  # px of noise
    embedding: tuple[tuple[int, tuple[float, ...]], ...] = ()  # frames and looks of its crops

    def frames(self) -> np.ndarray:
        """Those in which it is seen."""
        frames = np.arange(self.first, self.last + 1)
        if self.hidden is None:
            return frames
        return frames[(frames < self.hidden[0]) | (frames > self.hidden[1])]

    def boxes(self, frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """(T, 4)."""
        x, y = self.x + self.vx * frames, self.y + self.vy * frames
        half = np.array([0.2, 0.5]) * self.height
        boxes = np.stack([x - half[0], y - half[1], x + half[0], y + half[1]], axis=1)
        return boxes + rng.normal(0, self.rough, boxes.shape)


Make = Callable[..., Tracklets]


def make_tracklets(
    walks: Sequence[Walk | Sequence[Walk]],
    ids: Sequence[int] | None = None,
    *,
    width: int = 1000,
    height: int = 800,
    seed: int = 0,
) -> Tracklets:
    """One tracklet for each walk, or for each sequence of walks, which one tracker took as one."""
    rng = np.random.default_rng(seed)
    groups = [(w,) if isinstance(w, Walk) else tuple(w) for w in walks]
    frames = [np.concatenate([w.frames() for w in group]) for group in groups]
    boxes = [np.concatenate([w.boxes(w.frames(), rng) for w in group]) for group in groups]
    scores = [np.concatenate([np.full(len(w.frames()), w.score) for w in g]) for g in groups]
    names = np.arange(1, len(groups) + 1) if ids is None else np.asarray(ids, np.int64)
    order = np.argsort(names)
    frames, boxes, scores = ([part[m] for m in order] for part in (frames, boxes, scores))
    frame = np.concatenate([np.empty(0, np.int64), *frames])
    offsets = np.concatenate([[0], np.cumsum([len(f) for f in frames])]).astype(np.int64)
    return Tracklets(
        camera=CameraId("it"),
        fps=FPS,
        width=width,
        height=height,
        tracklet_id=names[order],
        class_id=np.array([groups[m][0].class_id for m in order], np.int32),
        offsets=offsets,
        frame=frame,
        time=frame / FPS,
        xyxy=np.concatenate([np.empty((0, 4)), *boxes]).astype(np.float32),
        score=np.concatenate([np.empty(0), *scores]).astype(np.float32),
        detection=np.arange(len(frame)),
        class_names=("person", "car"),
        appearance=_appearance([groups[m] for m in order], frame, offsets),
    )


def _appearance(
    groups: Sequence[Sequence[Walk]], frame: np.ndarray, offsets: np.ndarray
) -> Appearance | None:
    crops = [[crop for walk in group for crop in walk.embedding] for group in groups]
    if not any(crops):
        return None
    rows = [
        offsets[m] + np.flatnonzero(frame[offsets[m] : offsets[m + 1]] == at)[0]
        for m, each in enumerate(crops)
        for at, _ in each
    ]
    embedding = np.array([look for each in crops for _, look in each], np.float32)
    embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
    return Appearance(
        np.concatenate([[0], np.cumsum([len(each) for each in crops])]).astype(np.int64),
        np.array(rows, np.int64),
        embedding,
        np.ones(len(rows), np.float32),
    )


@pytest.fixture(scope="session")
def make() -> Make:
    """Tracklets of walks."""
    return make_tracklets


@pytest.fixture(scope="session")
def walk() -> type[Walk]:
    """A box that goes straight."""
    return Walk
