"""How two overlapping views lie to each other, found from who walks through both."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.tracks import Tracklets
from camweave.ops.ground import feet_of, to_ground

INSTANTS: Final = 8  # at which a pair of tracklets is compared
TRIPLE: Final = 3  # pairs of tracklets that a guess rests on: one straight path tells no plane
ROUNDS: Final = 3  # of fitting a guess again to all who agree with it
SEED: Final = 4
BORDER: Final = 2.0  # px: a box that comes so near to the image's edge is cut
USUAL: Final = 0.5  # of `near`: how far off a pair that agrees usually is
TINY: Final = 1e-12

Guess: TypeAlias = tuple[float, float, F64 | None]  # score, offset and homography


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewParams:
    """What it takes to believe in a homography between two views."""

    least_pairs: int = 10  # tracklets that agree
    most_error: float = 0.15  # of the box's height, on pairs that had no say in the fit
    together: float = 1.5  # s that two tracklets must share
    near: float = 0.25  # of the box's height: a pair agrees from here on
    spread: float = 0.05  # of the image's area that the agreeing feet must span
    skew: float = 4.0  # s that the clocks may differ
    step: float = 0.5  # s between the offsets tried first
    guesses: int = 1500  # at each offset
    alike: int = 2  # most alike tracklets that are tried with each, where all are embedded


@dataclass(frozen=True, slots=True, eq=False)
class ViewPair:
    """Two views of the same ground."""

    homography: F64  # (3, 3) ideal px of one view to px of the other
    offset: float  # s to add to the times of the other to have those of the one
    error: float  # of the box's height: median on pairs left out of the fit
    pairs: I64  # (Q, 2) tracklets of one and of the other that agree


@dataclass(frozen=True, slots=True, eq=False)
class FeetPairs:
    """Feet of Q pairs of tracklets at the same INSTANTS."""

    who: I64  # (Q, 2)
    one: F64  # (Q, INSTANTS, 2) px
    other: F64  # (Q, INSTANTS, 2) px
    tall: F64  # (Q,) px, of the one's box
    height: F64  # (Q,) px, of the other's box

    @property
    def turned(self) -> "FeetPairs":
        """The same, the other first."""
        return FeetPairs(self.who[:, ::-1], self.other, self.one, self.height, self.tall)

    def error(self, homography: F64) -> F64:
        """(Q,) median miss in heights of the box."""
        there = to_ground(homography, self.one.reshape(-1, 2)).reshape(self.other.shape)
        miss = np.linalg.norm(there - self.other, axis=2)
        middle = np.median(np.nan_to_num(miss, nan=np.inf), axis=1)
        return np.asarray(middle / self.height)


class _View:
    """M tracklets of one view: where they stood, cut feet left out, and what they look like."""

    def __init__(self, tracklets: Tracklets) -> None:
        size = tracklets.width, tracklets.height
        whole = np.flatnonzero(~cut_off(tracklets.xyxy, size))
        box = tracklets.xyxy[whole]
        self._offsets = np.searchsorted(whole, tracklets.offsets)
        self._time, self._feet = tracklets.time[whole], feet_of(box)
        self._height = box[:, 3] - box[:, 1]
        self.look = _looks(tracklets)

    @property
    def spans(self) -> F64:
        """(M, 2) s: first and last foot; of who has none, inf and -inf."""
        first, stop = self._offsets[:-1], self._offsets[1:]
        time = np.append(self._time, 0.0)
        some = stop > first
        ends = np.where(some, time[first], np.inf), np.where(some, time[stop - 1], -np.inf)
        return np.stack(ends, axis=1)

    def at(self, m: int, moments: F64) -> tuple[F64, float]:
        """(K, 2) px: feet of tracklet m at `moments` (K,) within its span, and its usual height."""
        rows = slice(int(self._offsets[m]), int(self._offsets[m + 1]))
        time, feet, height = self._time[rows], self._feet[rows], np.median(self._height[rows])
        at = np.stack([np.interp(moments, time, feet[:, d]) for d in (0, 1)], axis=1)
        return at, max(float(height), 1.0)


_Views: TypeAlias = tuple[_View, _View]


def fit_view_pair(
    one: Tracklets, other: Tracklets, params: ViewParams | None = None
) -> ViewPair | None:
    """The homography and clock offset between two views, from simultaneous tracklets alone.

    RANSAC over triples of tracklet pairs at each offset of a grid, then a finer grid around the
    best. None where too few agree, they lie in one corner, or pairs left out of a fit disagree.
    Feet that the image's edge cuts off do not count.
    """
    p = params or ViewParams()
    if min(len(one), len(other)) < p.least_pairs:
        return None
    views = _View(one), _View(other)
    coarse = np.arange(-p.skew, p.skew + p.step / 2, p.step)
    best = max((_try(views, float(at), p) for at in coarse), key=lambda found: found[0])
    for width in (p.step / 5, p.step / 20):
        around = best[1] + width * np.arange(-3, 4)
        tries = [_try(views, float(at), p, known=best[2]) for at in around]
        best = max([best, *tries], key=lambda found: found[0])
    _, offset, homography = best
    area = float(one.width * one.height)
    return None if homography is None else _believed(_pairs(views, offset, p), best, area, p)


def fit_known_pairs(
    pairs_at: Callable[[float], FeetPairs], area: float, params: ViewParams | None = None
) -> ViewPair | None:
    """The same from pairs most of which are known to be one object, much faster.

    Args:
        pairs_at: their feet, if the other view's times were later by so many s.
        area: px² of the one view's image; 0 while unknown.
        params: knobs. Other offsets than 0 are tried where half of the pairs disagree at that.
    """
    p = params or ViewParams()
    best = _robust(pairs_at(0.0), 0.0, p)
    if best[0] < len(pairs_at(0.0).who) / 2 * (1 - USUAL):
        coarse = np.arange(-p.skew, p.skew + p.step / 2, p.step).tolist()
        best = max([best, *(_robust(pairs_at(at), at, p) for at in coarse)], key=lambda f: f[0])
    for width in (p.step / 5, p.step / 20):
        best = _climbed(pairs_at, best, width, p)
    return None if best[2] is None else _believed(pairs_at(best[1]), best, area, p)


def _climbed(
    pairs_at: Callable[[float], FeetPairs], best: Guess, width: float, p: ViewParams
) -> Guess:
    """The best guess by steps of `width` s, for as long as they lead further."""
    while abs(best[1]) <= p.skew:
        around = (best[1] + width * np.arange(-3, 4)).tolist()
        found = max([best, *(_robust(pairs_at(at), at, p) for at in around)], key=lambda f: f[0])
        if found[1] == best[1]:
            break
        best = found
    return best


def _robust(pairs: FeetPairs, offset: float, p: ViewParams) -> Guess:
    """The fit that most feet agree with, by RANSAC over single feet, at one offset."""
    if len(pairs.who) < p.least_pairs:
        return 0.0, offset, None
    one, other = pairs.one.reshape(-1, 2), pairs.other.reshape(-1, 2)
    reach = p.near / 2 * float(np.median(pairs.height))
    guess, _ = cv2.findHomography(one, other, cv2.RANSAC, reach, maxIters=200)
    best, homography = 0.0, None
    for _ in range(ROUNDS):
        if guess is None or not np.isfinite(guess).all():
            break
        good = np.flatnonzero((error := pairs.error(np.asarray(guess, np.float64))) < p.near)
        score = float((1 - error[good] / p.near).sum())
        if score <= best:
            break
        best, homography = score, np.asarray(guess, np.float64)
        guess = _fit(pairs, good) if len(good) >= TRIPLE else None
    return best, offset, homography


def _believed(pairs: FeetPairs, found: Guess, area: float, p: ViewParams) -> ViewPair | None:
    """Fitted again to all that agree; None where that is too little to believe in."""
    _, offset, homography = found
    if homography is None:
        return None
    good = _one_to_one(pairs, pairs.error(homography), p.near)
    if len(good) < p.least_pairs or _share(area, pairs, good) < p.spread:
        return None
    error = _left_out(pairs, good)
    fitted = _fit(pairs, good)
    if fitted is None or error > p.most_error:
        return None
    return ViewPair(fitted, offset, error, pairs.who[good])


def _try(views: _Views, offset: float, p: ViewParams, *, known: F64 | None = None) -> Guess:
    """Score, offset and homography of the best guess at one offset."""
    pairs = _pairs(views, offset, p)
    if len(pairs.who) < TRIPLE:
        return 0.0, offset, None
    rng = np.random.default_rng([SEED, len(pairs.who)])
    guesses = p.guesses if known is None else p.guesses // 10
    best, homography = 0.0, None
    for turn in range(guesses):
        chosen = rng.integers(0, len(pairs.who), TRIPLE)
        first = known is not None and turn == 0
        if not first and not _distinct(pairs.who[chosen]):
            continue
        guess = known if first else _fit(pairs, chosen)
        for _ in range(ROUNDS):
            if guess is None:
                break
            good = _one_to_one(pairs, error := pairs.error(guess), p.near)
            score = float((1 - error[good] / p.near).sum())
            if score <= best:
                break
            best, homography = score, guess
            guess = _fit(pairs, good) if len(good) >= TRIPLE else None
    return best, offset, homography


def _pairs(views: _Views, offset: float, p: ViewParams) -> FeetPairs:
    """All pairs of tracklets that share enough time at this offset."""
    one, other = views
    spans = one.spans, other.spans
    late = np.maximum(spans[0][:, None, 0], spans[1][None, :, 0] + offset)
    early = np.minimum(spans[0][:, None, 1], spans[1][None, :, 1] + offset)
    who = np.argwhere((early - late >= p.together) & _alike(one.look, other.look, p.alike)).astype(
        np.int64
    )
    feet = [np.empty((len(who), INSTANTS, 2)) for _ in range(2)]
    tall, height = np.ones(len(who)), np.ones(len(who))
    for q, (i, j) in enumerate(who.tolist()):
        moments = np.linspace(late[i, j], early[i, j], INSTANTS)
        feet[0][q], tall[q] = one.at(i, moments)
        feet[1][q], height[q] = other.at(j, moments - offset)
    return FeetPairs(who, feet[0], feet[1], tall, height)


def _distinct(who: I64) -> bool:
    """Whether pairs (TRIPLE, 2) share no tracklet."""
    return len(set(who[:, 0].tolist())) == len(set(who[:, 1].tolist())) == TRIPLE


def _alike(one: F64, other: F64, most: int) -> Bool:
    """(M, M') which pairs may be tried: by appearance, where both are embedded, else all."""
    if not one.shape[1] or not other.shape[1]:
        return np.ones((len(one), len(other)), np.bool_)
    likeness = one @ other.T
    rank = [np.argsort(np.argsort(-likeness, axis=axis), axis=axis) for axis in (0, 1)]
    return np.asarray((rank[0] < most) | (rank[1] < most))


def _looks(tracklets: Tracklets) -> F64:
    """(M, D) mean appearance less the camera's, of unit length; (M, 0): not all are embedded."""
    look = tracklets.appearance
    if look is None or not len(tracklets) or (np.diff(look.offsets) == 0).any():
        return np.empty((len(tracklets), 0))
    mean = np.add.reduceat(look.embedding.astype(np.float64), look.offsets[:-1], axis=0)
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    mean -= mean.mean(axis=0)
    return np.asarray(mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), TINY))


def _fit(pairs: FeetPairs, rows: I64) -> F64 | None:
    """The homography through the feet of these pairs, by least squares; None: there is none."""
    one, other = pairs.one[rows].reshape(-1, 2), pairs.other[rows].reshape(-1, 2)
    found, _ = cv2.findHomography(one, other, 0)
    if found is None or not np.isfinite(found).all() or abs(np.linalg.det(found)) < TINY:
        return None
    homography: F64 = np.asarray(found, np.float64)
    third = one @ homography[2, :2] + homography[2, 2]
    return homography if _one_side(third) else None


def _one_side(third: F64) -> bool:
    """Whether all lie on one side of the horizon."""
    return bool((third > 0).all() or (third < 0).all())


def _one_to_one(pairs: FeetPairs, error: F64, near: float) -> I64:
    """The pairs that agree, best first taken, overlapping rivals of the same tracklet left out."""
    taken: tuple[set[int], set[int]] = (set(), set())
    good = []
    for q in np.argsort(error, kind="stable").tolist():
        i, j = pairs.who[q].tolist()
        if error[q] >= near:
            break
        if i not in taken[0] and j not in taken[1]:
            good.append(q)
            taken[0].add(i)
            taken[1].add(j)
    return np.array(good, np.int64)


def _left_out(pairs: FeetPairs, good: I64, folds: int = 5) -> float:
    """Median error of pairs on a fit that they had no say in."""
    errors = []
    for fold in range(folds):
        out: Bool = np.arange(len(good)) % folds == fold
        fitted = _fit(pairs, good[~out]) if (~out).sum() >= TRIPLE else None
        if fitted is not None:
            errors.append(pairs.error(fitted)[good[out]])
    return float(np.median(np.concatenate(errors))) if errors else np.inf


def _share(area: float, pairs: FeetPairs, good: I64) -> float:
    """Share of the image that agreeing feet span; of all feet's reach where its size is unknown."""
    hull = cv2.convexHull(pairs.one[good].reshape(-1, 2).astype(np.float32))
    whole = area or float(np.ptp(pairs.one.reshape(-1, 2), axis=0).prod())
    return float(cv2.contourArea(hull)) / max(whole, 1.0)


def cut_off(box: F32, size: tuple[int, int]) -> Bool:
    """(K,) boxes that the edge of an image of this size (width, height) cuts, where it is known."""
    if not size[0]:
        return np.zeros(len(box), np.bool_)
    right, low = size[0] - BORDER, size[1] - BORDER
    return np.asarray((box[:, 0] <= BORDER) | (box[:, 2] >= right) | (box[:, 3] >= low))
