"""How reliable early evidence of a tracklet is by its age: learned from outcomes.

A first look rests on few crops, and what a way says and what looks say is not independent. Later
it is known who each newcomer was; what the cues were worth is fitted to that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, NamedTuple

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.identities import TrackletKey
from camweave.linking.live.evidence import Pairs
from camweave.linking.live.gallery import Gallery

REMEMBERED: Final = 800  # first looks, the latest
RIVALS: Final = 8  # of each
PRIOR: Final = 8.0  # newcomers that "as it was told" is worth, for every weight
LEAST: Final = 0.2  # so far each cue is believed at least
ROUNDS: Final = 12  # of Newton's method
MOST: Final = 30.0  # nats


class FirstLook(NamedTuple):
    """The candidates of a new tracklet when it was first judged."""

    tails: tuple[TrackletKey, ...]  # (R,) whom it would follow
    told: F64  # (R, 2) nats by looks, and by all else


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of cues at a first judgement."""

    appearance: float = 1.0
    other: float = 1.0
    bias: float = 0.0  # nats for somebody's coming back at all

    def weigh(self, pairs: Pairs) -> Pairs:
        """The same pairs with weighted evidence."""
        rest = (each * self.other for each in (pairs.transition, pairs.ground, pairs.attributes))
        transition, ground, attributes = rest
        return replace(
            pairs,
            appearance=self.appearance * pairs.appearance,
            transition=transition + self.bias,
            ground=ground,
            attributes=attributes,
        )


AS_TOLD: Final = Weights()


class Weighing:
    """Remembers first looks until it is known who they were of; gives the weights that fit."""

    def __init__(self) -> None:
        self.weights = AS_TOLD
        self._looks: dict[TrackletKey, FirstLook] = {}

    def note(self, gallery: Gallery, pairs: Pairs, tracklets: I64) -> None:
        """Remember what spoke for those of `tracklets` (P,) that are first looked at now."""
        for slot in tracklets.tolist():
            key = gallery.key(slot)
            if key in self._looks or not gallery.tracklets["trust"][slot]:
                continue
            own = np.flatnonzero(pairs.tracklet == slot)
            own = own[pairs.total[own] > -MOST]  # who cannot be it tells nothing
            own = own[np.argsort(-pairs.total[own], kind="stable")[:RIVALS]]
            told = np.column_stack([pairs.appearance[own], (pairs.total - pairs.appearance)[own]])
            tails = tuple(gallery.key(tail) for tail in pairs.tail[own].tolist())
            self._looks[key] = FirstLook(tails, told)
        over = len(self._looks) - REMEMBERED
        for key in list(islice(self._looks, max(over, 0))):
            del self._looks[key]

    def learn(self, who: Mapping[TrackletKey, int]) -> None:
        """Fit the weights to what came out: `who` tells which object each tracklet was of."""
        looks = [(who[key], look) for key, look in self._looks.items() if key in who]
        looks = [(own, look) for own, look in looks if look.tails]
        told = np.zeros((len(looks), RIVALS, 3))
        open_, right = (np.zeros(told.shape[:2], np.bool_) for _ in range(2))
        for row, (own, look) in enumerate(looks):
            for k, tail in enumerate(look.tails):
                if tail in who:
                    told[row, k] = (*look.told[k], 1.0)
                    open_[row, k], right[row, k] = True, who[tail] == own
        self.weights = _fitted(told, open_, right)


def _fitted(told: F64, open_: Bool, right: Bool) -> Weights:
    """Conditional logit (McFadden 1974) of whom each newcomer was, or nobody, by Newton's method.

    Args:
        told: (N, R, 3) nats by looks, nats by all else, and 1.
        open_: (N, R) whom each could have been.
        right: (N, R) whom it was.
    """
    usual = np.array([1.0, 1.0, 0.0])
    weight = usual.copy()
    for _ in range(ROUNDS):
        nats = np.where(open_, np.clip(told @ weight, -MOST, MOST), -np.inf)
        share = np.exp(nats)
        chance = share / (share.sum(axis=1, keepdims=True) + 1)
        own = np.where(right, share, 0.0)
        all_ = own.sum(axis=1, keepdims=True)
        own = np.divide(own, all_, out=np.zeros_like(own), where=all_ > 0)
        slope = np.einsum("nk,nkf->f", own - chance, told) - PRIOR * (weight - usual)
        mean = np.einsum("nk,nkf->nf", chance, told)
        bend = np.einsum("nk,nkf,nkg->fg", chance, told, told) - mean.T @ mean
        weight += np.linalg.solve(bend + PRIOR * np.eye(3), slope)
        weight[:2] = np.maximum(weight[:2], LEAST)
    return Weights(*weight.tolist())
