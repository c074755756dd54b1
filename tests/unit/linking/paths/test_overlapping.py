"""Which views overlap, told from how alike those are who met."""

import numpy as np
from tests.made_up import made_up

from camweave.core.arrays import Bool
from camweave.linking.paths.curves import gauss, likeness_of
from camweave.linking.paths.meetings import Meetings
from camweave.linking.paths.together import overlapping

EACH = 200  # tracklets of a camera
ONE, TWO = (0.5, 0.1), (0.0, 0.12)  # likeness of one object, and of two
KNOWN = likeness_of(gauss(*TWO), ONE, TWO, share=0.1)


def told(strangers: int, shared: int, *, seed: int = 0, life: float = 0.9) -> Bool:
    """Of cameras 0 and 1, of whose meetings `shared` are of one object, and of 1 and 2."""
    rng = np.random.default_rng(seed)
    camera = np.repeat(np.arange(3), EACH)
    seen = made_up(camera, np.zeros(3 * EACH), np.ones(3 * EACH), cameras=list("abc"))
    likeness = np.concatenate([rng.normal(*TWO, 2 * strangers), rng.normal(*ONE, shared)])
    one = np.concatenate([rng.integers(0, EACH, strangers), np.full(strangers, EACH)])
    other = np.concatenate([np.full(strangers, EACH), rng.integers(2 * EACH, 3 * EACH, strangers)])
    met = Meetings(
        one=np.append(one, np.arange(shared)),
        other=np.append(other, EACH + np.arange(shared)),
        similarity=likeness,
        fair=likeness,
        shared=np.full(len(likeness), life),
        distance=np.full(len(likeness), np.nan),
    )
    return overlapping(seen, met, KNOWN)


def test_thirty_who_are_one_object_are_seen_among_thousands_who_are_not() -> None:
    assert np.argwhere(told(4000, 30)).tolist() == [[0, 1], [1, 0]]


def test_strangers_alone_never_make_views_overlap() -> None:
    assert not any(told(4000, 0, seed=seed).any() for seed in range(20))


def test_who_meets_only_for_a_moment_shows_clocks_that_differ_and_no_overlap() -> None:
    assert not told(400, 30, life=0.1).any()
