"""How one pass tells the next whom to ask about."""

import numpy as np
import pytest

from camweave.core.arrays import F64
from camweave.core.frame import CameraId
from camweave.core.topology import Topology, Transition
from camweave.linking.appearance import Curve
from camweave.linking.paths.curves import COSINE, gauss, likeness_of
from camweave.linking.paths.layout import layout_of
from camweave.linking.paths.learning import Ends, find_ways, make_transits, passages_by_gap
from camweave.linking.paths.pairs import Pairs
from camweave.linking.paths.sifting import Hints
from camweave.linking.paths.telling import hints_of
from camweave.linking.transit import CLIP, Transits, marks

A, B, C = (CameraId(name) for name in "abc")
N = 40


def transits() -> Transits:
    """One way is drawn, from a to b, and forty took it."""
    drawn = Transition(source=A, target=B, least=15.0, most=25.0)
    layout = layout_of((A, B, C), Topology(cameras=(A, B, C), transitions=(drawn,)), strict=False)
    camera, nowhere = np.repeat([0, 1], N), np.full(2 * N, -1)
    ends = Ends((A, B, C), camera, camera, nowhere, nowhere, 1, 1000.0, 300.0)
    pairs = Pairs(np.arange(N), np.arange(N) + N, np.zeros(N), np.linspace(16, 24, N))
    seen = passages_by_gap(ends, pairs, np.ones(N))
    ways = find_ways(seen, np.zeros_like(seen), ends, layout)
    return make_transits(ways, ends, layout, pairs, np.ones(N))


def hints(curve: Curve | None = None) -> Hints:
    other = 0.0, 0.12
    known = curve or likeness_of(gauss(*other), (0.36, 0.12), other, share=0.3).curve
    return hints_of(transits(), known, known)


def test_a_hint_on_times_is_what_the_ways_say_of_who_comes_and_goes_anywhere() -> None:
    gaps = np.array([1.0, 20.0, 60.0])
    for a, b in ((0, 1), (1, 0), (0, 2)):
        told = transits().nats(np.full(3, a), np.full(3, b), gaps)
        assert hints().times[a, b, marks(gaps)] == pytest.approx(told, abs=0.2)


def test_no_hint_outweighs_all_others() -> None:
    assert np.abs(hints().times).max() <= CLIP


@pytest.mark.parametrize("says", [0.0, 3.0])
def test_of_two_likenesses_that_say_as_much_the_greater_is_asked_first(says: float) -> None:
    level = Curve(COSINE, np.full((1, len(COSINE)), says), np.ones(1))
    alike: F64 = hints(level).across
    assert np.all(np.diff(alike) > 0)
    assert alike == pytest.approx(np.full(len(COSINE), says), abs=0.11)
