"""What a likeness says here, learned without a label.

Pairs that were in view at the same time are two objects: how alike those are is counted, tail and
all, for look-alikes make it heavy. Pairs that time allows are a mixture of such and of one object's
pairs, whose mean and spread expectation maximisation finds, the other part held fast. Where looks
show less than good ones would have, what speaks for one object counts less.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, Bool
from camweave.linking.appearance import MOST, Curve
from camweave.linking.paths.pairs import LIKENESSES

COSINE: Final = np.linspace(-1, 1, LIKENESSES)
WIDTH: Final = float(COSINE[1] - COSINE[0])
OTHER: Final = (0.0, 0.12)  # mean and standard deviation of the likeness of two objects
DIMENSION: Final = 128  # of looks of which nothing is known
APART: Final = 3.0  # standard deviations by which one object's pairs are expected to be more alike
PRIOR: Final = 30.0  # pairs that what is expected is worth
PRIOR_SAME: Final = 10.0
UNSURE: Final = 0.25  # standard deviation, between sites, of where likenesses lie
FIRST: Final = 4.0  # pairs that halve the variance of that, for two objects
LEAST_APART: Final = 1.5  # standard deviations of the others
LEAST_SPREAD: Final = 0.03
BLUR: Final = 0.02  # of the counted likenesses
ROUNDS: Final = 60
STRAY: Final = 0.05  # share of one object's pairs that look like nobody's: switched ids, bad crops
STRAY_SPREAD: Final = 0.15
STARTS: Final = ((0.2, 0.15), (0.35, 0.1), (0.5, 0.2))  # mean above the others', and spread
FAIR: Final = 50  # pairs from which on a fairer sample is used
LEAST_FAIR: Final = 0.02  # of them are one object, at least
FAIRLY: Final = 0.2  # of them would be, were it looks as good as expected
FREE: Final = 1.5  # nats a mixture gains by accident, by the logarithm of pairs (Schwarz 1978)
LEAST_SHARE: Final = 0.1  # of the nodes have a successor among the candidates
FOUND: Final = 0.5  # of them have one, where looks are as good as expected
MANY: Final = 3.0  # candidates that are one object, by the nodes there are
BENT: Final = 1.25  # spreads by which a share of such pairs moves the middle of all
QUANTILES: Final = (0.16, 0.5)  # of likenesses: one spread below the middle, and the middle
NARROWER: Final = -0.3  # power of the number of pairs averaged by which their spread falls
SIZES: Final = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 40.0])  # pairs averaged
BETWEEN: Final = np.log(SIZES[1:] * SIZES[:-1]) / 2  # on the scale of their logarithm
TINY: Final = 1e-9

Normal = tuple[float, float]  # mean, standard deviation


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """What was learned of the likeness of single tracklets."""

    curve: Curve
    same: Normal
    other: Normal
    share: float  # of the candidates that are one object
    false: float  # probability that it gives to two objects' pairs, on average
    density: F64  # (401,) of two objects' pairs, by cosine
    shown: bool = True  # whether candidates are explained better than by strangers alone
    trust: float = 1.0  # 0 to 1: what counts of what speaks for one object

    def chance(self, nats: F64) -> F64:
        """(Q,) probability that a candidate is one object, by appearance alone."""
        return np.asarray(1 / (1 + np.exp(-(nats + np.log(self.share / (1 - self.share))))))


@dataclass(frozen=True, slots=True, eq=False)
class Looking:
    """What a likeness says between two cameras, and within one, whose pictures differ less."""

    across: Likeness
    again: Likeness

    def nats(self, similarity: F64, again: Bool) -> F64:
        """(Q,) evidence of a likeness of two tracklets, of one camera where `again`."""
        return np.where(
            again, self.again.curve.nats(similarity), self.across.curve.nats(similarity)
        )

    def chance(self, nats: F64, again: Bool) -> F64:
        """(Q,) probability that a candidate is one object, by appearance alone."""
        return np.where(again, self.again.chance(nats), self.across.chance(nats))

    @property
    def blind(self) -> bool:
        """Whether strangers alone explain all likenesses."""
        return not (self.across.shown or self.again.shown)


def counts(similarity: F64, weight: F64 | None = None) -> F64:
    """(401,) how many pairs are how alike."""
    place = np.clip((similarity - COSINE[0]) / WIDTH + 0.5, 0, LIKENESSES - 1)
    return np.bincount(place.astype(np.int64), weight, LIKENESSES).astype(np.float64)


def learn_likeness(
    others: F64,
    candidates: F64,
    nodes: int,
    *,
    dimension: int = DIMENSION,
    usual: Normal | None = None,
) -> Likeness:
    """Fit both densities to counts (401,) of two objects' pairs, and of candidates.

    Where pairs are few, where two objects' likenesses lie is in doubt, and a likeness says less.

    Args:
        others: counts of pairs known to be two objects.
        candidates: counts of pairs that may be one.
        nodes: how many there are, each with a successor or none.
        dimension: of the looks; in few of them, two objects' looks are alike by accident.
        usual: how alike one object's are elsewhere; held for true where nothing is shown here.
    """
    total = float(candidates.sum())
    others = placed(others, candidates, nodes)
    expected = (OTHER[0], max(OTHER[1], 1 / np.sqrt(max(dimension, 1))))
    other = _moments(others, _usual(candidates, expected))
    wide = in_doubt(other, total + others.sum(), FIRST)
    density = smooth_density(others, gauss(wide[0], wide[1] * 1.15))
    least = _share(LEAST_SHARE * nodes, total)
    same, share, likely = _best_mixture(candidates, density, other, least=least, usual=usual)
    told = likely - float(candidates @ np.log(density + TINY))
    shown = told > FREE * float(np.log1p(total))
    if usual is not None and not shown:
        same = usual
    trust = (
        None if usual else _trust(told, total, density, other, share=_share(FOUND * nodes, total))
    )
    known = in_doubt(same, share * total, PRIOR_SAME)
    return likeness_of(
        density, known, wide, share=share, shown=shown, trust=1.0 if trust is None else trust
    )


def _share(pairs: float, of: float) -> float:
    """What share of pairs that many are expected to be."""
    return min(pairs / of, 0.3) if of else 0.3


def _trust(told: float, total: float, density: F64, other: Normal, *, share: float) -> float | None:
    """How far looks are to be believed that explain so many pairs better by `told` nats.

    None where even looks as good as expected, with such a share one object, would not show.
    """
    good = share * gauss(other[0] + APART * other[1], other[1]) + (1 - share) * density
    power = total * WIDTH * float(good @ np.log((good + TINY) / (density + TINY)))
    free = FREE * float(np.log1p(total))
    return min((told / 2 + free) / power, 1.0) if power > free else None


def likeness_of(
    density: F64,
    same: Normal,
    other: Normal,
    *,
    share: float,
    shown: bool = True,
    trust: float = 1.0,
) -> Likeness:
    """The likeness with these densities, of pairs of which a `share` is one object."""
    value = believed(ratio(density, same, other[0]), trust)
    chance = 1 / (1 + np.exp(-(value + np.log(share / (1 - share)))))
    false = float((density * chance).sum() * WIDTH)
    curve = Curve(COSINE, value[None], np.ones(1), learned=True)
    return Likeness(curve, same, other, share, false, density, shown, trust)


def relearned(known: Likeness, candidates: F64, sure: F64) -> Likeness:
    """The same with one object's density from a fairer sample, and from pairs that are sure.

    Args:
        known: what was learned before; of two objects all of it holds.
        candidates: counts (401,) of pairs that time speaks for: many are one object.
        sure: counts (401,) of pairs that are one object, whatever they look like.
    """
    if candidates.sum() + sure.sum() < FAIR:
        return known
    density, other = known.density, known.other
    same, _, likely = _best_mixture(candidates, density, other, least=LEAST_FAIR, sure=sure)
    told = likely - float(candidates @ np.log(density + TINY))
    trust = _trust(told, float(candidates.sum()), density, other, share=FAIRLY) or 0.0
    return likeness_of(
        density,
        same,
        other,
        share=known.share,
        shown=known.shown,
        trust=max(known.trust, trust),
    )


def path_curve(similarity: F64, size: F64, likeness: Likeness) -> Curve:
    """The curve of mean likenesses, by the logarithm of how many pairs each is the mean of.

    Args:
        similarity: (Q,) mean likenesses of pairs of paths that are two objects.
        size: (Q,) number of pairs that each is the mean of.
        likeness: that of single tracklets.
    """
    level = np.searchsorted(BETWEEN, np.log(size))
    mean, spread = likeness.same
    density = gauss(likeness.other[0], likeness.other[1] * 1.15)
    values = []
    for k, pairs in enumerate(SIZES):
        density = smooth_density(counts(similarity[level == k]), density)
        narrow = max(spread * pairs**NARROWER, LEAST_SPREAD)
        value = ratio(density, (mean, narrow), likeness.other[0])
        values.append(believed(value, likeness.trust))
    return Curve(COSINE, np.array(values), np.log(SIZES), learned=True)


def smooth_density(seen: F64, expected: F64) -> F64:
    """(401,) density by cosine of counts (401,), leaning on what is expected."""
    far = int(np.ceil(4 * BLUR / WIDTH))
    kernel = np.exp(-np.square(np.arange(-far, far + 1) * WIDTH / BLUR) / 2)
    blurred = np.convolve(seen, kernel / kernel.sum(), mode="same") / WIDTH
    density: F64 = (blurred + PRIOR * expected) / (seen.sum() + PRIOR)
    return density


def gauss(mean: float, spread: float) -> F64:
    """(401,) the normal density by cosine."""
    bell: F64 = np.exp(-np.square((COSINE - mean) / spread) / 2) / (spread * np.sqrt(2 * np.pi))
    return bell


def ratio(other: F64, same: Normal, middle: float) -> F64:
    """(401,) nats for one object by cosine, never falling; below `middle` nothing more is said."""
    mean, spread = same
    bell = gauss(mean, spread)
    bell[np.searchsorted(COSINE, mean, side="right") :] = bell.max()
    one = (1 - STRAY) * bell + STRAY * gauss((middle + mean) / 2, STRAY_SPREAD)
    value = np.log(one + TINY) - np.log(other + TINY)
    low = int(np.searchsorted(COSINE, middle))
    value[:low] = value[low]
    return np.asarray(np.clip(np.maximum.accumulate(value), -MOST, MOST))


def believed(nats: F64, trust: float) -> F64:
    """The same, of what speaks for one object only as much as is trusted."""
    return np.where(nats > 0, trust * nats, nats)


def placed(others: F64, candidates: F64, nodes: int) -> F64:
    """Counts (401,) of two objects, moved and widened to where most candidates lie.

    Few pairs are sure to be two objects, and where they lie is known only so well: of many
    candidates, that error alone looks like a share that is one object. Most candidates are two
    objects, and those that are not move their middle by so much only.
    """
    total, known = float(candidates.sum()), float(others.sum())
    if not total or known < FIRST:
        return others
    worth = min((BENT * min(MANY * nodes / total, 0.5)) ** -2, total) if nodes else 0.0
    low, middle = np.interp(QUANTILES, (np.cumsum(candidates) - candidates / 2) / total, COSINE)
    mean = float(others @ COSINE) / known
    spread = max(float(np.sqrt(others @ np.square(COSINE - mean) / known)), LEAST_SPREAD)
    place = (known * mean + worth * middle) / (known + worth)
    wide = (known * spread + worth / 2 * (middle - low)) / (known + worth / 2)
    moved = np.interp(mean + (COSINE - place) * spread / wide, COSINE, others, left=0.0, right=0.0)
    return np.asarray(moved * known / max(float(moved.sum()), TINY))


def _best_mixture(
    seen: F64,
    density: F64,
    other: Normal,
    *,
    least: float,
    sure: F64 | float = 0.0,
    usual: Normal | None = None,
) -> tuple[Normal, float, float]:
    """The likeliest of the mixtures that are found from several starts."""
    fits = [
        _mixture(seen, density, other, least=least, start=start, sure=sure, usual=usual)
        for start in STARTS
    ]
    return max(fits, key=lambda fit: fit[2])


def _mixture(
    seen: F64,
    density: F64,
    other: Normal,
    *,
    least: float,
    start: Normal,
    sure: F64 | float = 0.0,
    usual: Normal | None = None,
) -> tuple[Normal, float, float]:
    """Mean and spread of one object's likenesses, their share, and how likely all that is."""
    floor, expected = (other[0] + apart * other[1] for apart in (LEAST_APART, APART))
    wide = other[1]
    if usual is not None:
        expected, wide = usual
    mean, spread, share = other[0] + start[0], start[1], max(least, 0.01)
    likely = -np.inf
    for _ in range(ROUNDS):
        bell = share * gauss(mean, spread)
        both = bell + (1 - share) * density + TINY
        likely = float(seen @ np.log(both))
        weight = seen * bell / both
        share = float(np.clip(weight.sum() / max(float(seen.sum()), 1.0), least, 0.5))
        weight = weight + sure
        total = float(weight.sum())
        mean = max((float(weight @ COSINE) + PRIOR_SAME * expected) / (total + PRIOR_SAME), floor)
        square = float(weight @ np.square(COSINE - mean)) + PRIOR_SAME * wide**2
        spread = max(float(np.sqrt(square / (total + PRIOR_SAME))), LEAST_SPREAD)
    return (mean, spread), share, likely


def _usual(candidates: F64, expected: Normal) -> Normal:
    """Mean and spread to be expected of two objects' likenesses: most candidates are such pairs.

    An embedder for which all are alike, or one of few numbers, has them elsewhere, or wide.
    """
    total = float(candidates.sum())
    known = min(total, PRIOR)
    if not total:
        return expected
    low, middle = COSINE[np.searchsorted(np.cumsum(candidates) / total, [0.16, 0.5])]
    mean = (known * middle + FIRST * expected[0]) / (known + FIRST)
    spread = (known * (middle - low) + PRIOR_SAME * expected[1]) / (known + PRIOR_SAME)
    return float(mean), float(spread)


def in_doubt(found: Normal, pairs: float, half: float) -> Normal:
    """As broad as it must be held for, as long as few pairs have told where it lies."""
    return found[0], float(np.hypot(found[1], UNSURE * np.sqrt(half / (half + pairs))))


def _moments(seen: F64, expected: Normal) -> Normal:
    total = float(seen.sum()) + PRIOR
    mean = (float(seen @ COSINE) + PRIOR * expected[0]) / total
    square = float(seen @ np.square(COSINE - mean)) + PRIOR * expected[1] ** 2
    return mean, float(np.sqrt(square / total))
