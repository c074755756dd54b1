"""Faults put into finished tracklets on purpose: breaks where most is hidden, exchanged ids."""

from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64

SHORTEST: Final = 5  # rows on either side of a fault
GAPS: Final = (0.4, 2.0)  # s that a break takes, least and most
CLEAR: Final = 0.9  # visibility from which on nothing hides: such tracklets break anywhere
CROWD: Final = 40  # neighbours in a frame that are looked at


def break_up(
    label: I64, time: F64, visibility: F64, *, share: float, rng: np.random.Generator
) -> I64:
    """Labels (R,) with this share of the tracklets broken in two; -1 is a row that is lost.

    A tracklet breaks where most of its object is hidden, or anywhere if nothing ever hides it.
    """
    if not share or not len(label):
        return label
    count = int(label.max()) + 1
    order = np.lexsort((time, label))
    offsets = np.searchsorted(label[order], np.arange(count + 1))
    # Order within a tracklet: from how much is hidden, or at random where that is little.
    inner = np.arange(len(order)) - offsets[label[order]]
    after = offsets[label[order] + 1] - offsets[label[order]] - inner
    able = (inner >= SHORTEST) & (after > SHORTEST)
    worth = np.where(visibility[order] < CLEAR, visibility[order], 1 + rng.random(len(order)))
    worth = np.where(able, worth, np.inf)
    best = np.lexsort((worth, label[order]))
    middle = order[best[np.minimum(offsets[:-1], len(order) - 1)]]
    can = np.isfinite(worth[best[np.minimum(offsets[:-1], len(order) - 1)]])
    chosen = can & (label[middle] == np.arange(count)) & (rng.random(count) < share)
    half = rng.uniform(*GAPS, count) / 2
    away = time - time[middle][label]
    broken = chosen[label]
    lost = broken & (np.abs(away) < half[label])
    return np.where(lost, -1, np.where(broken & (away > 0), label + count, label))


def exchange(label: I64, frame: I64, xyxy: F32, kind: I64, *, share: float) -> I64:
    """Labels (R,) where this share of the tracklets go on as another, from where the two pass.

    The closest ones come first, each tracklet once, and only while both go on for a while.
    """
    if not share or not len(label):
        return label
    one, other, apart = _meetings(label, frame, xyxy, kind)
    count = int(label.max()) + 1
    first, last = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
    np.minimum.at(first, label, frame)
    np.maximum.at(last, label, frame)
    begin = np.maximum(first[label[one]], first[label[other]]) + SHORTEST
    end = np.minimum(last[label[one]], last[label[other]]) - SHORTEST
    able = (frame[one] >= begin) & (frame[one] <= end)
    one, other, apart = one[able], other[able], apart[able]
    taken: set[int] = set()
    out = label.copy()
    wanted = round(share * count)
    for pair in np.argsort(apart, kind="stable").tolist():
        if len(taken) + 1 > wanted:
            break
        a, b = int(label[one[pair]]), int(label[other[pair]])
        if a in taken or b in taken:
            continue
        taken |= {a, b}
        later = frame >= frame[one[pair]]
        out[later & (label == a)] = b
        out[later & (label == b)] = a
    return out


def _meetings(label: I64, frame: I64, xyxy: F32, kind: I64) -> tuple[I64, I64, F64]:
    """Rows of two of a kind in one frame, and how far apart: 1 is half their sizes together."""
    order = np.lexsort((label, frame))
    center = (xyxy[:, :2] + xyxy[:, 2:])[order] / 2
    size = (xyxy[:, 2:] - xyxy[:, :2])[order].mean(axis=1)
    ones, others, distances = [], [], []
    for step in range(1, min(CROWD, len(order))):
        a, b = order[:-step], order[step:]
        apart = np.hypot(*(center[step:] - center[:-step]).T) / (size[step:] + size[:-step])
        meets = (frame[a] == frame[b]) & (kind[a] == kind[b]) & (apart < 1.0)
        ones.append(a[meets])
        others.append(b[meets])
        distances.append(apart[meets].astype(np.float64))
    if not ones:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    return np.concatenate(ones), np.concatenate(others), np.concatenate(distances)
