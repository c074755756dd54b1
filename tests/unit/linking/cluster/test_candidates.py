from collections.abc import Callable

import numpy as np
import pytest
from tests.made_up import made_up, one_crop_each

from camweave.core.arrays import F32
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.linking.candidates import MOST, candidates
from camweave.linking.cluster import cluster, in_order
from camweave.linking.params import LinkParams
from camweave.linking.possible import Reach, reach_of

Lay = Callable[..., Topology]
CAMERAS = tuple(CameraId(name) for name in "abcde")


def crowd(n: int, seed: int, look: F32 | None = None, long: float = 0.0) -> Sightings:
    """Tracklets at random, in order of camera; a share of them stays for hours."""
    rng = np.random.default_rng(seed)
    camera = np.sort(rng.integers(0, len(CAMERAS), n))
    begin = rng.uniform(0, 2.0 * n, n)
    stays = np.where(rng.random(n) < long, 5000.0, 10.0)
    if look is None:
        look = rng.normal(size=(n, 8)).astype(np.float32)
        look /= np.linalg.norm(look, axis=1, keepdims=True)
    crops = one_crop_each(look, begin)
    return made_up(camera, begin, begin + stays, cameras=CAMERAS, crops=crops)


def in_time(sightings: Sightings, topology: Topology | None) -> tuple[Reach, F32]:
    """Both in order of begin, as `candidates` wants them."""
    reach = reach_of(sightings, topology, LinkParams(), walls=True)
    order = in_order(sightings)
    return reach.at(order), sightings.crops.embedding[order]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("bounded", [True, False])
def test_blocks_find_what_all_pairs_find(laid: Lay, seed: int, bounded: bool) -> None:
    windows = [("a", "b", 5, 60), ("b", "c", -3, 40), ("c", "a", 0, 90), ("d", "e", 10, 11)]
    sightings = crowd(1200, seed, long=0.02)
    reach, look = in_time(sightings, laid(*windows) if bounded else None)
    found = candidates(reach.rules, look, 0.8)
    one, other = np.triu_indices(len(look), 1)
    alike = np.einsum("qd,qd->q", look[one].astype(np.float64), look[other].astype(np.float64))
    keep = (alike >= 0.8) & reach.follows(one, other)
    assert np.bincount(one[keep]).max() < MOST
    np.testing.assert_array_equal(found.one, one[keep])
    np.testing.assert_array_equal(found.other, other[keep])
    np.testing.assert_allclose(found.similarity, alike[keep], atol=1e-12)
    assert len(found.one) > 300


def test_of_many_who_look_the_same_those_nearest_in_time_are_kept() -> None:
    same = np.tile(np.array([1, 0, 0, 0], np.float32), (2000, 1))
    reach, look = in_time(crowd(2000, 1, same), None)
    found = candidates(reach.rules, look, 0.5)
    assert len(found.one) <= 2000 * MOST
    assert (found.other - found.one).max() <= 2 * MOST
    partners = np.bincount(np.concatenate([found.one, found.other]), minlength=2000)
    assert partners.min() >= MOST


@pytest.mark.parametrize("margin", [0.0, 0.05])
def test_a_thousand_who_look_the_same_are_no_trouble(margin: float) -> None:
    same = np.tile(np.array([1, 0, 0, 0], np.float32), (1000, 1))
    sightings = crowd(1000, 2, same)
    done = cluster(sightings, None, LinkParams(linkage="average", margin=margin))
    for label in np.unique(done.labels):
        for camera in range(len(CAMERAS)):
            mine = np.flatnonzero((done.labels == label) & (sightings.camera == camera))
            mine = mine[np.argsort(sightings.begin[mine])]
            gap = sightings.begin[mine[1:]] - sightings.end[mine[:-1]]
            assert (gap >= -LinkParams().most_overlap - 1e-6).all()
    if margin == 0:  # as few as were ever seen at once in one camera, or hardly more
        assert done.labels.max() < 30


def test_no_pair_is_no_pair(laid: Lay) -> None:
    reach, look = in_time(
        crowd(50, 3), laid(("a", "b", 1e6, 2e6), ("c", "d", 1e6, 2e6), ("d", "e", 1e6, 2e6))
    )
    assert len(candidates(reach.rules, look, 1.0).one) == 0
    reach, look = in_time(crowd(0, 3), None)
    assert len(candidates(reach.rules, look, 0.0).one) == 0
