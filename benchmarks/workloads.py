"""Made-up detections to time trackers with: seeded, so that every tracker gets the same ones."""

from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId

WIDTH, HEIGHT, FPS = 1920, 1080, 25.0
CLASSES: Final = ("person", "car")

LIFE: Final = 120.0  # frames that an object stays, on average
MISSED: Final = 0.03  # shares of the rows that are no object but a false alarm,
FAINT: Final = 0.06  # and that are an object with a low score
NOBODY: Final = -1  # whom a false alarm shows
LIKENESS: Final = 0.7  # share of an object's own look in an embedding of it; the rest is noise


def document_4(seed: int = 4, *, vectors: int = 0) -> DetectionLog:
    """The size that the specification's document 4 reports: 2025 frames, 8832 boxes, 4 to 15 each.

    Four places are always taken, by one object after the other; now and then a group passes.
    With `vectors`, every box has an embedding of that many numbers.
    """
    frames, boxes, least, most = 2025, 8832, 4, 15
    rng = np.random.default_rng(seed)
    counts = np.full(frames, least)
    while counts.sum() < boxes:
        first, more = rng.integers(frames), rng.integers(1, most - least + 1)
        passing = counts[first : first + rng.integers(15, 60)]
        np.minimum(np.maximum(passing, least + more), most, out=passing)
    while counts.sum() > boxes:
        counts[rng.choice(np.flatnonzero(counts > least))] -= 1
    return scene(counts, seed, vectors)


def crowd(
    frames: int = 300, objects: int = 200, seed: int = 200, *, vectors: int = 0
) -> DetectionLog:
    """So many objects in every frame, in each other's way."""
    return scene(np.full(frames, objects), seed, vectors)


def scene(counts: I64, seed: int, vectors: int) -> DetectionLog:
    """Objects that come, move smoothly and go: `counts[f]` boxes in frame f.

    Place k is taken in the frames that have more than k boxes. Who takes it is missed at times,
    and a false alarm stands in; or has a low score, as in an occlusion.
    """
    rng = np.random.default_rng(seed)
    frames = len(counts)
    rows: list[tuple[I64, F32, F32, I64, I64]] = []
    for place in range(int(counts.max(initial=0))):
        present = np.flatnonzero(counts > place)
        boxes, kind, who = _one_after_the_other(frames, rng)
        score = rng.beta(14, 2.5, len(present))
        fate = rng.random(len(present))
        faint, missed = fate < FAINT + MISSED, fate < MISSED
        score[faint] = rng.uniform(0.1, 0.6, np.count_nonzero(faint))
        seen = boxes[present] + rng.normal(0, 1.5, (len(present), 4))
        seen[missed] = _anywhere(int(np.count_nonzero(missed)), rng)
        name = np.where(missed, NOBODY, place * frames + who[present])
        columns = present, seen.astype(np.float32), score.astype(np.float32), kind[present], name
        rows.append(columns)
    frame, xyxy, scores, kinds, names = (np.concatenate(c) for c in zip(*rows, strict=True))
    order = rng.permutation(len(frame))  # a detector's rows come in no order
    order = order[np.argsort(frame[order], kind="stable")]
    return DetectionLog(
        camera=CameraId("made-up"),
        fps=FPS,
        width=WIDTH,
        height=HEIGHT,
        frame_times=np.arange(frames) / FPS,
        frame=frame[order],
        xyxy=xyxy[order],
        score=scores[order],
        class_id=kinds[order].astype(np.int32),
        class_names=CLASSES,
        embedding=_looks(names[order], vectors, seed) if vectors else None,
    )


def _looks(names: I64, numbers: int, seed: int) -> F32:
    """Embeddings (N, numbers) of these objects: each near its own, those of nobody anywhere."""
    rng = np.random.default_rng([seed, numbers])
    _, who = np.unique(names, return_inverse=True)
    own = _unit(rng.normal(size=(int(who.max(initial=0)) + 1, numbers)))
    noise = _unit(rng.normal(size=(len(names), numbers)))
    share = np.where(names == NOBODY, 0, LIKENESS)[:, None]
    return _unit(share * own[who] + (1 - share) * noise).astype(np.float32)


def _unit(rows: F64) -> F64:
    length: F64 = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / length


def _one_after_the_other(frames: int, rng: np.random.Generator) -> tuple[F64, I64, I64]:
    """The box (frames, 4), class and number (frames,) of whoever has one place, frame by frame."""
    boxes, kind, who = np.empty((frames, 4)), np.empty(frames, np.int64), np.empty(frames, np.int64)
    first = 0
    while first < frames:
        last = min(frames, first + 10 + int(rng.exponential(LIFE)))
        time = np.arange(last - first)
        start, velocity = _anywhere(1, rng)[0], rng.normal(0, 3.0, 2)
        swing = rng.normal(0, 20.0, 2) * np.sin(time[:, None] / rng.uniform(8, 40, 2))
        growth = np.exp(rng.normal(0, 0.002) * time)[:, None]
        centre = (start[:2] + start[2:]) / 2 + velocity * time[:, None] + swing
        half = (start[2:] - start[:2]) / 2 * growth
        boxes[first:last] = np.hstack([centre - half, centre + half])
        kind[first:last] = rng.integers(len(CLASSES))
        who[first:last] = first
        first = last
    return boxes, kind, who


def _anywhere(count: int, rng: np.random.Generator) -> F64:
    """Boxes (count, 4) of a person's or a car's size."""
    height = rng.uniform(60, 260, count)
    width = height * rng.uniform(0.35, 0.6, count)
    x, y = rng.uniform(0, WIDTH, count), rng.uniform(HEIGHT / 3, HEIGHT, count)
    return np.stack([x - width / 2, y - height, x + width / 2, y], axis=1)
