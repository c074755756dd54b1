"""How well a recorded world's embeddings tell one from another, in the measures of ReID."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from camweave.core.arrays import F32, F64, I64
from camweave.core.tracks import Tracklets

MOST: int = 3000  # tracklets held against each other


class Telling(NamedTuple):
    """ReID measures over mean embeddings of tracklets; each of them against all other cameras'."""

    rank1: float  # share whose nearest is the same object
    mean_precision: float  # mAP
    across: float  # AUC of the cosine of pairs from two cameras, same object or not
    within: float  # AUC of pairs from one camera
    tracklets: int


def telling(site: Sequence[Tracklets], objects: I64, *, debiased: bool = False) -> Telling:
    """What a cosine says; with `debiased`, after each camera's mean embedding is taken off."""
    look, camera = [], []
    for number, one in enumerate(site):
        mean = means(one)
        look.append(mean - mean.mean(axis=0) if debiased and len(mean) else mean)
        camera.append(np.full(len(one), number))
    every, where = np.concatenate(look), np.concatenate(camera)
    some = np.random.default_rng(1).permutation(len(every))[:MOST]
    vectors, where, who = unit(every[some]), where[some], objects[some]
    cosine = vectors @ vectors.T
    same, across = who[:, None] == who, where[:, None] != where
    other = ~np.eye(len(who), dtype=np.bool_)
    rank1, precision = _ranked(cosine, same, across)
    return Telling(
        rank1=rank1,
        mean_precision=precision,
        across=area_under(cosine[across & same], cosine[across & ~same]),
        within=area_under(cosine[~across & same & other], cosine[~across & ~same]),
        tracklets=len(who),
    )


def means(tracklets: Tracklets) -> F32:
    """(M, D) unit length: the mean embedding of each tracklet."""
    look = tracklets.appearance
    assert look is not None
    total = np.zeros((len(tracklets), look.embedding.shape[1]), np.float32)
    np.add.at(total, np.repeat(np.arange(len(tracklets)), np.diff(look.offsets)), look.embedding)
    return unit(total)


def unit(rows: F32) -> F32:
    """Rows of unit length."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    made: F32 = (rows / np.maximum(length, 1e-9)).astype(np.float32)
    return made


def _ranked(cosine: F32, same: np.ndarray, across: np.ndarray) -> tuple[float, float]:
    first, precision = [], []
    for row in range(len(cosine)):
        rows = np.flatnonzero(across[row])
        hit = same[row, rows]
        if not hit.any():
            continue
        hit = hit[np.argsort(-cosine[row, rows], kind="stable")]
        first.append(hit[0])
        place = np.flatnonzero(hit)
        precision.append(np.mean(np.arange(1, len(place) + 1) / (place + 1)))
    return (float(np.mean(first)), float(np.mean(precision))) if first else (0.0, 0.0)


def area_under(high: F32, low: F32) -> float:
    """The chance that one of `high` is above one of `low`."""
    if not len(high) or not len(low):
        return 0.5
    order: F64 = np.sort(low)
    return float(np.mean(np.searchsorted(order, high) / len(order)))
