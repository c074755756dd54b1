"""What cues are worth at a first look is learned from whom newcomers turn out to be."""

import numpy as np
import pytest

from camweave.core.arrays import F64
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.linking.live.evidence import Pairs
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.weighing import AS_TOLD, FirstLook, Weighing, Weights

A, B = CameraId("a"), CameraId("b")


def outcomes(count: int, true: F64, seed: int) -> tuple[Weighing, dict[TrackletKey, int]]:
    """Newcomers, each of whom may be two others, or nobody, with odds by the `true` weights."""
    rng, weighing = np.random.default_rng(seed), Weighing()
    who: dict[TrackletKey, int] = {}
    for n in range(count):
        told = rng.normal(0, 3, (2, 2))
        share = np.exp(np.append(told @ true[:2] + true[2], 0.0))
        choice = int(rng.choice(3, p=share / share.sum()))
        tails = tuple(TrackletKey(A, 2 * n + k) for k in range(2))
        for k, tail in enumerate(tails):
            who[tail] = 3 * n + k
        who[TrackletKey(B, n)] = 3 * n + choice
        weighing._looks[TrackletKey(B, n)] = FirstLook(tails, told)
    return weighing, who


@pytest.mark.parametrize(
    "true", [(1.0, 1.0, 0.0), (0.6, 0.4, 1.5), (1.4, 0.5, -1.0), (0.3, 1.2, 0.0)]
)
def test_cues_are_believed_as_far_as_outcomes_bear_them_out(
    true: tuple[float, float, float],
) -> None:
    weighing, who = outcomes(800, np.array(true), seed=4)
    weighing.learn(who)
    found = weighing.weights
    assert (found.appearance, found.other) == pytest.approx(true[:2], abs=0.25)
    assert found.bias == pytest.approx(true[2], abs=0.5)


def test_a_few_outcomes_hardly_move_what_was_told() -> None:
    weighing, who = outcomes(3, np.array([0.2, 0.2, 3.0]), seed=1)
    weighing.learn(who)
    found = weighing.weights
    assert (found.appearance, found.other, found.bias) == pytest.approx((1, 1, 0), abs=0.5)


def test_before_any_outcome_cues_are_believed_as_told() -> None:
    weighing, _ = outcomes(5, np.array([0.2, 0.2, 3.0]), seed=1)
    assert weighing.weights == AS_TOLD == Weights(1.0, 1.0, 0.0)
    weighing.learn({})
    assert weighing.weights == AS_TOLD


def test_who_cannot_be_it_teaches_nothing() -> None:
    """One rival stands elsewhere on the ground, so that nothing finite speaks against it."""
    gallery = Gallery((A, B))
    rivals = [gallery.tracklet(TrackletKey(A, n)) for n in (1, 2)]
    comer = gallery.tracklet(TrackletKey(B, 1))
    gallery.tracklets["trust"][comer] = 1.0
    none = np.zeros(2)
    pairs = Pairs(
        tracklet=np.array([comer, comer]),
        identity=np.array([0, 1]),
        tail=np.array(rivals),
        similarity=none,
        gap=none,
        appearance=np.array([2.0, 3.0]),
        transition=none,
        ground=np.array([1.0, -np.inf]),
        attributes=none,
    )
    weighing = Weighing()
    weighing.note(gallery, pairs, np.array([comer]))
    with np.errstate(all="raise"):
        weighing.learn({TrackletKey(A, 1): 1, TrackletKey(A, 2): 2, TrackletKey(B, 1): 1})
    assert weighing.weights.appearance > 1
    assert np.isfinite([weighing.weights.other, weighing.weights.bias]).all()
