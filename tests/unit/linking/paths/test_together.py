"""Whose views overlap, told by who meets whom."""

import numpy as np
import pytest
from tests.made_up import made_up, one_crop_each

from camweave.core.arrays import F32
from camweave.core.sightings import Sightings
from camweave.linking.appearance import freed
from camweave.linking.paths.curves import Likeness, counts, learn_likeness
from camweave.linking.paths.meetings import Meetings, meetings_of
from camweave.linking.paths.together import overlapping

CAMERAS, EACH, DIMENSION = 50, 10, 500


def unit(rows: F32) -> F32:
    made: F32 = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return made


def site(who: F32, seed: int) -> tuple[Sightings, Meetings, Likeness]:
    """Ten tracklets of each camera, all in view at about the same time, and what met says."""
    rng, camera = np.random.default_rng(seed), np.repeat(np.arange(CAMERAS), EACH)
    look = unit(who)
    begin = np.sort(rng.uniform(0, 20, (CAMERAS, EACH)), axis=1).ravel()
    seen = made_up(
        camera,
        begin,
        begin + 15,
        cameras=[f"c{c:02}" for c in range(CAMERAS)],
        crops=one_crop_each(look, begin + 5),
    )
    met = meetings_of(seen, unit(freed(seen, look)))
    own = seen.camera[met.one] == seen.camera[met.other]
    likeness = learn_likeness(
        counts(met.fair[own]), counts(met.fair[~own]), len(seen), dimension=DIMENSION
    )
    return seen, met, likeness


@pytest.mark.parametrize("seed", range(3))
def test_many_cameras_of_few_strangers_do_not_overlap(seed: int) -> None:
    """Two strangers of one camera are made unlike by its mean; two of different cameras are not."""
    looks = np.linalg.qr(np.random.default_rng(seed).normal(size=(DIMENSION, DIMENSION)))[0]
    assert not overlapping(*site(looks[: CAMERAS * EACH].astype(np.float32), seed)).any()


def test_two_cameras_among_them_that_see_the_same_do() -> None:
    rng = np.random.default_rng(7)
    looks = rng.normal(size=(CAMERAS * EACH, DIMENSION))
    looks[EACH : 2 * EACH] = looks[:EACH] + 0.5 * rng.normal(size=(EACH, DIMENSION))
    found = overlapping(*site(looks.astype(np.float32), 7))
    assert np.argwhere(found).tolist() == [[0, 1], [1, 0]]
