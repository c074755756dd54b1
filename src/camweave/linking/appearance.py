"""What tracklets look like, freed of what each camera makes of it, and what a likeness says."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.linalg.lapack import dtrtri

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.sightings import Crops, Sightings
from camweave.ops.rows import products, sums

OWN: Final = 5.0  # tracklets at which half of a camera's mean is its own, half the site's
ALIKE: Final = 8.0  # tracklets that head one way at which most of their mean is believed
HEADINGS: Final = 4
STILL: Final = 0.3  # sizes of its box that who moves comes along
TINY: Final = 1e-12
MOST_CROPS: Final = 50_000  # more tell nothing new of how crops differ
FAINT: Final = 0.05  # least weight of a crop, however poor
ROUNDS: Final = 2  # of finding the crops that agree
AWAY: Final = 0.5  # share of the usual agreement below which a crop may be of somebody else
LEAST_SCATTER: Final = 0.02  # of the mean variance, in every direction
MOST: Final = 9.0  # nats: no likeness says more


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """The appearance of N tracklets, one vector each."""

    vector: F32  # (N, D) unit length; zeros where none is known
    trust: F64  # (N,) 0 to 1: how much of a likeness is left, given how few and poor its crops are

    @property
    def known(self) -> Bool:
        """(N,) who has been embedded at all."""
        return embedded(self.vector)

    def __len__(self) -> int:
        return len(self.vector)


@dataclass(frozen=True, slots=True, eq=False)
class CameraMeans:
    """What each of C cameras makes of the average object, as running sums; one vote a tracklet."""

    total: F64  # (C, D)
    count: F64  # (C,) tracklets

    @classmethod
    def none(cls, cameras: int, dimension: int) -> "CameraMeans":
        """Before anything was seen."""
        return cls(np.zeros((cameras, dimension)), np.zeros(cameras))

    def added(self, vector: F32, camera: I64) -> "CameraMeans":
        """With the vectors (Q, D) of `camera` (Q,) counted; zero vectors do not count."""
        seen = np.flatnonzero(vector.any(axis=1)) if vector.shape[1] else camera[:0]
        count = self.count + np.bincount(camera[seen], minlength=len(self.count))
        total = self.total.copy()
        for c in np.unique(camera[seen]):
            total[c] += vector[seen[camera[seen] == c]].sum(axis=0, dtype=np.float64)
        return CameraMeans(total, count)

    @property
    def bias(self) -> F64:
        """(C, D) what to take off: a camera's mean, leaning on the site's where it saw little.

        The site's mean leans on zero in its turn. (Luo et al., AI City 2021, take off the plain
        mean of a camera.)
        """
        n = self.count.sum()
        site = self.total.sum(axis=0) / (n + OWN)
        mean: F64 = (self.total + OWN * site) / (self.count + OWN)[:, None]
        return mean


def debiased(
    vector: F32, camera: I64, means: CameraMeans | None = None, *, unit: bool = True
) -> F32:
    """(N, D) unit vectors less what their camera (N,) makes of everybody; zeros stay zeros.

    Args:
        vector: (N, D) unit length, or zeros.
        camera: (N,) index of the camera.
        means: of the site so far; None: of these vectors themselves.
        unit: whether the result is made of unit length again; not if it goes through a `Lens`.
    """
    if not vector.shape[1]:
        return vector
    if means is None:
        count = int(camera.max(initial=-1)) + 1
        means = CameraMeans.none(count, vector.shape[1]).added(vector, camera)
    moved = vector - means.bias.astype(np.float32)[camera]
    moved[~vector.any(axis=1)] = 0
    return _unit(moved) if unit else moved


def freed(sightings: Sightings, vector: F32) -> F32:
    """(N, D) vectors less what camera, class and heading make of everybody; not of unit length.

    Who comes shows the front, who goes the rear: in each camera those who head the same way have
    in common what is no part of who they are. Each mean leans on the one before it.
    """
    left = debiased(vector, sightings.camera, unit=False)
    kinds = 2 + int(sightings.class_id.max(initial=-1))  # -1 is one, too
    kind = sightings.camera * kinds + sightings.class_id + 1
    for key in (kind, kind * (HEADINGS + 1) + headings(sightings)):
        left = _less_mean(left, key)
    return left


def steadiness(sightings: Sightings) -> float:
    """Mean cosine of two crops of one tracklet, less their camera's mean; 0: looks are noise.

    1 where no tracklet has two, or nobody is embedded.
    """
    crops = sightings.crops
    full, length, row = _several(crops)
    owner = np.repeat(np.arange(len(full)), length)
    each = debiased(crops.embedding[row], sightings.camera[full][owner])
    seen = embedded(each)
    many = np.bincount(owner[seen], minlength=len(full))
    pairs = float((many * (many - 1)).sum())
    alike = float(np.square(sums(each, owner, len(full))).sum()) - float(seen.sum())
    return alike / pairs if pairs else 1.0


def headings(sightings: Sightings) -> I64:
    """(N,) which way each tracklet heads in its image, 0 to 3; HEADINGS: it hardly moves."""
    way = _middle(sightings.exit) - _middle(sightings.entry)
    size = np.sqrt(np.maximum(_area(sightings.entry), 1.0))
    turn = np.round(np.arctan2(way[:, 1], way[:, 0]) / (2 * np.pi / HEADINGS)).astype(np.int64)
    moves = np.linalg.norm(way, axis=1) > STILL * size
    return np.where(moves, turn % HEADINGS, HEADINGS)


def _less_mean(vector: F32, key: I64) -> F32:
    """The vectors less their group's mean, leaning on nothing; who has none counts for none."""
    group = np.unique(key, return_inverse=True)[1]
    known = embedded(vector)
    count = np.bincount(group[known], minlength=int(group.max(initial=-1)) + 1)
    total = sums(vector, group, len(count))  # rows of zeros add nothing
    mean = (total / (count + ALIKE)[:, None]).astype(np.float32)
    return np.where(known[:, None], vector - mean[group], vector)


def embedded(vector: F32) -> Bool:
    """(N,) which rows of `vector` (N, D) are not all zeros."""
    return np.asarray(vector.any(axis=1) if vector.shape[1] else np.zeros(len(vector), np.bool_))


def _middle(box: F32) -> F64:
    return (box[:, :2].astype(np.float64) + box[:, 2:]) / 2


def _area(box: F32) -> F64:
    return np.asarray(np.prod(box[:, 2:].astype(np.float64) - box[:, :2], axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Lens:
    """What to look through, so that what changes from sight to sight of one object counts less.

    Within-class covariance normalisation (Hatch et al., Interspeech 2006).
    """

    matrix: F32  # (D, D)

    def through(self, vector: F32) -> F32:
        """(N, D) debiased vectors as seen through it, of unit length; zeros stay zeros."""
        if not vector.shape[1]:
            return vector
        return _unit(vector @ self.matrix.T)


@dataclass(frozen=True, slots=True, eq=False)
class Scatter:
    """How the crops of one tracklet differ: that is not who it is."""

    covariance: F64  # (D, D) about their tracklet's mean
    freedom: int  # of it: crops less tracklets


def learn_lens(crops: Crops | Scatter, *apart: F32) -> Lens:
    """The lens for a site.

    Args:
        crops: of its tracklets, or their scatter, which is the dear part of it.
        apart: (L, D) each, differences of debiased vectors of tracklets held to be one object.
    """
    own = crops if isinstance(crops, Scatter) else scatter_of(crops)
    size = len(own.covariance)
    total = _shrunk(own.covariance, own.freedom)
    for differences in apart:
        wide = differences.astype(np.float64)
        part = wide.T @ wide / max(len(wide), 1) / 2
        total += _shrunk(part, len(wide)) * len(wide) / (len(wide) + size)
    if not size:
        return Lens(total.astype(np.float32))
    root = np.linalg.cholesky(total + LEAST_SCATTER * np.eye(size))
    inverse = dtrtri(root, lower=1)[0]  # of a triangle: a sixth of the work of any other's
    return Lens(inverse.astype(np.float32))


def scatter_of(crops: Crops) -> Scatter:
    """The scatter of these crops; of every so many tracklets, where there are very many."""
    size = crops.embedding.shape[1]
    full, length, row = _several(crops)
    if not len(full) or not size:
        return Scatter(np.zeros((size, size)), 0)
    embedding = crops.embedding[row]
    owner = np.repeat(np.arange(len(full)), length)
    mean = sums(embedding, owner, len(full)) / length[:, None]
    spread = embedding - mean.astype(np.float32)[owner]
    freedom = int(len(embedding) - len(full))
    return Scatter((spread.T @ spread).astype(np.float64) / freedom, freedom)


def _several(crops: Crops) -> tuple[I64, I64, I64]:
    """Tracklets (T,) of several crops, how many (T,), and which (K,); a share of very many."""
    counts = np.diff(crops.offsets)
    full = np.flatnonzero(counts > 1)
    full = full[:: 1 + int(counts[full].sum()) // MOST_CROPS]
    length = counts[full]
    starts = np.cumsum(length) - length
    row = np.repeat(crops.offsets[full] - starts, length) + np.arange(int(length.sum()))
    return full, length, row


def _shrunk(scatter: F64, freedom: int) -> F64:
    """The scatter with a mean variance of 1, leaning on "all directions alike"."""
    size = len(scatter)
    mean = float(np.trace(scatter)) / max(size, 1)
    if mean <= TINY:
        return np.eye(size) if not freedom else np.zeros((size, size))
    share = freedom / (freedom + size)
    shrunk: F64 = share * scatter / mean + (1 - share) * np.eye(size)
    return shrunk


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What a likeness says: nats for "one object" by cosine, learned from a site and frozen.

    One row for each level of trust: pairs of poor tracklets have a curve of their own.
    """

    cosine: F64  # (G,) rising evenly from -1 to 1
    value: F64  # (B, G) nats; never falling
    levels: F64  # (B,) rising: the trust of the pairs that a row was learned from
    learned: bool = False  # from this site; else the prior

    def nats(self, similarity: F64, trust: F64 | None = None) -> F64:
        """(Q,) evidence of `similarity` (Q,), the cosine of two debiased vectors.

        Args:
            similarity: (Q,) -1 to 1.
            trust: (Q,) product of the two tracklets' `Looks.trust`; None: as usual here.
        """
        step = self.cosine[1] - self.cosine[0]
        place = np.clip((np.asarray(similarity) - self.cosine[0]) / step, 0, len(self.cosine) - 1)
        left = np.minimum(place.astype(np.int64), len(self.cosine) - 2)
        share = place - left
        low, high, upper = self._rows(place, trust)
        one = (1 - share) * self.value[low, left] + share * self.value[low, left + 1]
        two = (1 - share) * self.value[high, left] + share * self.value[high, left + 1]
        evidence: F64 = (1 - upper) * one + upper * two
        return evidence

    def _rows(self, like: F64, trust: F64 | None) -> tuple[I64, I64, F64]:
        """The rows below and above the trust of each pair, and how far it is up between them."""
        last = len(self.levels) - 1
        if trust is None or not last:
            row = np.full(like.shape, last // 2 if trust is None else 0)
            return row, row, np.zeros(like.shape)
        at = np.interp(trust, self.levels, np.arange(last + 1.0))
        low = np.minimum(at.astype(np.int64), last - 1)
        return low, low + 1, at - low


def looks_of(crops: Crops) -> Looks:
    """One vector per tracklet: the mean of the crops that agree, each counting by its quality.

    A crop unlike the others of its tracklet counts little: it may show somebody else.
    """
    n = len(crops.offsets) - 1
    owner = np.repeat(np.arange(n), np.diff(crops.offsets))
    if not len(owner) or not crops.embedding.shape[1]:
        return Looks(np.zeros((n, crops.embedding.shape[1]), np.float32), np.ones(n))
    weight = np.maximum(crops.quality.astype(np.float64), FAINT)
    weight[~crops.embedding.any(axis=1)] = 0
    agreeing = weight
    total = _sums(crops, agreeing)
    for _ in range(ROUNDS):
        mean = _unit(total)
        alike = products(crops.embedding, mean, np.arange(len(owner)), owner)
        usual = float(np.median(alike))
        agreeing = weight * np.clip(
            (alike - AWAY * usual) / max((1 - AWAY) * usual, TINY), FAINT, 1
        )
        total = _sums(crops, agreeing)
    return Looks(_unit(total), _trust(crops, total, agreeing, owner))


def _sums(crops: Crops, weight: F64) -> F32:
    """(N, D) weighted sum of each tracklet's crops."""
    owner = np.repeat(np.arange(len(crops.offsets) - 1), np.diff(crops.offsets))
    return sums(crops.embedding, owner, len(crops.offsets) - 1, weight).astype(np.float32)


def _trust(crops: Crops, total: F32, weight: F64, owner: I64) -> F64:
    """(N,) how much of a tracklet's own look its mean holds: less where crops are few and poor."""
    n = len(crops.offsets) - 1
    mass = np.bincount(owner, weight, n)
    square = np.bincount(owner, weight * weight, n)
    spare = np.square(mass) - square  # weight of the pairs of two different crops
    pairs = np.square(np.linalg.norm(total, axis=1).astype(np.float64)) - square
    if not np.any(spare > TINY):
        return np.ones(n)
    common = float(np.clip(pairs.sum() / spare.sum(), FAINT, 1.0))
    effective = np.square(mass) / np.maximum(square, TINY)
    usual = np.median(weight[weight > 0])
    effective = np.maximum(
        effective
        * np.divide(mass, np.bincount(owner, minlength=n) * usual, out=np.ones(n), where=mass > 0),
        FAINT,
    )
    return np.asarray(np.sqrt(common / (common + (1 - common) / effective)))


def _unit(total: F32) -> F32:
    size = np.linalg.norm(total, axis=1, keepdims=True)
    unit: F32 = np.divide(total, size, out=np.zeros_like(total), where=size > TINY)
    return unit
