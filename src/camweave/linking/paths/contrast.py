"""What a mean likeness of two whole paths says, by how many tracklets each is the mean of.

Two paths that met are two objects: how alike those are is counted, with the heavy tail that
look-alikes make. One tracklet against the rest of its own path tells how alike one object is. What
share of all pairs is one object follows from both by expectation maximisation, as record linkage
does it (I. Fellegi and A. Sunter, "A theory for record linkage", JASA 1969).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import nnls

from camweave.core.arrays import F64, I64
from camweave.linking.paths.curves import FIRST, Likeness, believed, in_doubt

LEAST: Final = 50  # pairs known to be two objects, and tracklets of one, to learn from
TAIL: Final = 0.03  # share of two objects' pairs that make the tail
BELL: Final = 1.88  # spreads from which on a bell has that share, and how fast it falls there
LEVELS: Final = np.array([3.5, 15.5])  # pairs averaged, from which on the tail is another
ENOUGH: Final = 100  # pairs of a level that tell its tail
LEAST_VARIANCE: Final = 1e-6
ROUNDS: Final = 40
RAREST: Final = 1e-9  # least share of one object's pairs
GRID: Final = np.linspace(-60.0, 60.0, 481)  # nats, of counted pairs
MARK: Final = 0.1
MARKS: Final = np.arange(-4.0, 16.0, MARK)  # (Z,) spreads above the usual cosine of two objects
BUMPS: Final = 1.5  # spreads, from which on what was counted is believed where it is more
BLUR: Final = 0.4  # spreads
HALF_LOG: Final = 0.5 * float(np.log(2 * np.pi))


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """The likeness of two objects, and of one, for means over `a` times `b` pairs."""

    other: float  # usual cosine of two objects
    other_spread: F64  # (3,) variance: of objects; by 1 / (a b); by 1 / a + 1 / b
    tail: F64  # (3,) spreads above the usual from which on the tail begins, by level
    fall: F64  # (3,) 1/spread: how fast it falls
    crowd: F64  # (3, Z) density by spreads above the usual (`MARKS`), as counted, by level
    same: float  # usual cosine of one object
    same_spread: F64  # (2,) variance: of objects; by 1 / a
    trust: float = 1.0  # 0 to 1: what counts of what speaks for one object

    def nats(self, cosine: F64, a: F64, b: F64) -> F64:
        """(Q,) evidence of a mean `cosine` (Q,) of paths of `a` (Q,) and `b` (Q,) tracklets."""
        apart = np.maximum(_variance(self.other_spread, a, b), LEAST_VARIANCE)
        most, least = np.maximum(a, b), np.minimum(a, b)
        within = np.maximum(self.same_spread[0] + self.same_spread[1] / most, LEAST_VARIANCE)
        within = np.maximum(within / np.sqrt(least), apart / 2)
        like = np.minimum(cosine, self.same + np.sqrt(within))  # more than usual says no more
        below = np.minimum(like - self.same, 0.0)
        one = -HALF_LOG - np.log(within) / 2 - np.square(below) / within / 2
        return believed(one - self._two(like, a * b, apart), self.trust)

    def _two(self, like: F64, pairs: F64, apart: F64) -> F64:
        """(Q,) log density of two objects."""
        z = (like - self.other) / np.sqrt(apart)
        level = np.digitize(pairs, LEVELS)
        begin, fall = self.tail[level], self.fall[level]
        bell = -HALF_LOG - np.square(np.maximum(z, 0.0)) / 2
        tail = np.log(TAIL) + np.log(fall) - fall * (z - begin)
        smooth = np.where(z > begin, np.maximum(tail, bell), bell)
        mark = np.clip((z - MARKS[0]) / MARK + 0.5, 0, len(MARKS) - 1).astype(np.int64)
        counted = np.log(self.crowd[level, mark] + RAREST)
        bump = np.where(z > BUMPS, np.maximum(smooth, counted), smooth)
        return np.asarray(bump - np.log(apart) / 2)


def learn_contrast(strangers: tuple[F64, F64, F64], own: tuple[F64, F64]) -> Contrast | None:
    """From what is known of two objects, and of one; None where that is too little.

    Args:
        strangers: mean cosine (Q,) of paths that met, and how many tracklets (Q,), (Q,) they have.
        own: mean cosine (R,) of a tracklet with the rest of its path, and how many (R,) those are.
    """
    cosine, a, b = strangers
    mean, rest = own
    if min(len(cosine), len(mean)) < LEAST:
        return None
    usual = float(np.median(cosine))
    spread = _fit(np.square(cosine - usual), 1 / (a * b), 1 / a + 1 / b)
    z = (cosine - usual) / np.sqrt(np.maximum(_variance(spread, a, b), LEAST_VARIANCE))
    level = np.digitize(a * b, LEVELS)
    tail, fall = _tails(z, level)
    same = float(mean.mean())
    within = _fit(np.square(mean - same), 1 / rest)
    return Contrast(usual, spread, tail, fall, _crowd(z, level), same, within)


def expected_contrast(likeness: Likeness, met: int) -> Contrast:
    """What single tracklets say, for a site with too few paths to learn from.

    That whole paths tell more than tracklets is not counted on. Where two objects' likenesses lie
    is known as well as `met` pairs of paths that are two objects can tell.
    """
    (other, apart), (same, within) = in_doubt(likeness.other, met, FIRST), likeness.same
    tail = np.full(len(LEVELS) + 1, BELL)
    return Contrast(
        other=other,
        other_spread=np.array([apart**2, 0.0, 0.0]),
        tail=tail,
        fall=tail,
        crowd=np.zeros((len(tail), len(MARKS))),
        same=same,
        same_spread=np.array([within**2, 0.0]),
    )


def share_of_one(counts: F64) -> float:
    """What share of pairs is one object, from how many (481,) pairs have how many nats (`GRID`)."""
    share, total = 1e-3, max(float(counts.sum()), 1.0)
    for _ in range(ROUNDS):
        posterior = 1 / (1 + np.exp(-np.clip(GRID + np.log(share / (1 - share)), -50, 50)))
        share = float(np.clip(counts @ posterior / total, RAREST, 0.5))
    return share


def _variance(spread: F64, a: F64, b: F64) -> F64:
    return np.asarray(spread[0] + spread[1] / (a * b) + spread[2] * (1 / a + 1 / b))


def _fit(square: F64, *terms: F64) -> F64:
    """Variance of the objects themselves, and by each term; none below 0."""
    found: F64 = nnls(np.column_stack([np.ones(len(square)), *terms]), square)[0]
    return found


def _tails(z: F64, level: I64) -> tuple[F64, F64]:
    """Where the tail of each level begins, and how fast it falls; few pairs tell less than many."""
    begin = np.full(len(LEVELS) + 1, np.quantile(z, 1 - TAIL))
    fall = np.full(len(begin), _fall(z, begin[0]))
    for k in range(len(begin)):
        mine = z[level == k]
        if len(mine) >= ENOUGH:
            begin[k] = np.quantile(mine, 1 - TAIL)
            fall[k] = _fall(mine, begin[k])
        elif k:
            begin[k], fall[k] = max(begin[k], begin[k - 1]), min(fall[k], fall[k - 1])
    return begin, fall


def _crowd(z: F64, level: I64) -> F64:
    """(3, Z) density of what was counted: families of look-alikes make a bump far out."""
    far = int(4 * BLUR / MARK)
    kernel = np.exp(-np.square(np.arange(-far, far + 1) * MARK / BLUR) / 2)
    rows: list[F64] = []
    for k in range(len(LEVELS) + 1):
        mine = z[level == k]
        place = np.clip((mine - MARKS[0]) / MARK + 0.5, 0, len(MARKS) - 1).astype(np.int64)
        count = np.bincount(place, minlength=len(MARKS)) / max(len(mine), 1)
        seen = np.convolve(count, kernel / kernel.sum(), mode="same") / MARK
        rows.append(seen if len(mine) >= ENOUGH or not rows else rows[-1])
    return np.array(rows)


def _fall(z: F64, begin: float) -> float:
    return float(1 / max((z[z > begin] - begin).mean() if np.any(z > begin) else 0.0, 1e-3))
