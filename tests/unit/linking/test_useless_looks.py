"""Looks that tell nobody from anybody are no worse than none."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.linking.road_world import road, without_looks

from camweave.core.arrays import F64, I64
from camweave.core.sightings import Sightings
from camweave.linking.appearance import steadiness
from camweave.linking.link import link
from camweave.linking.params import LinkParams
from camweave.linking.paths.linker import find_paths

WORLD = road(120, 4, every=6.0)


def looking_like_noise(sightings: Sightings, seed: int = 0) -> Sightings:
    crops = sightings.crops
    noise: F64 = np.random.default_rng(seed).normal(size=crops.embedding.shape)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    return replace(sightings, crops=replace(crops, embedding=noise.astype(np.float32)))


def identities(sightings: Sightings) -> I64:
    return link(sightings).identities.identity


def test_an_embedder_of_pure_noise_links_as_none_would() -> None:
    noise, none = looking_like_noise(WORLD.sightings), without_looks(WORLD.sightings)
    assert np.array_equal(identities(noise), identities(none))


def test_looks_are_steady_where_crops_of_one_tracklet_agree() -> None:
    assert steadiness(WORLD.sightings) > 0.5
    assert abs(steadiness(looking_like_noise(WORLD.sightings))) < 0.02
    assert steadiness(without_looks(WORLD.sightings)) == 1.0


def test_where_nobody_comes_back_looks_still_keep_strangers_apart() -> None:
    """Strangers alone explain such a site too, but not because its looks are noise."""
    seen, crops = WORLD.sightings, WORLD.sightings.crops
    own = looking_like_noise(seen).crops.embedding[::3].repeat(3, axis=0)  # one look a tracklet
    alone = replace(seen, crops=replace(crops, embedding=own))
    told = [
        find_paths(each, None, LinkParams(), ()).woven.cues.appearance
        for each in (alone, looking_like_noise(seen))
    ]
    assert [bool(each.any()) for each in told] == [True, False]


def across(noise: float, every: float, seed: int) -> tuple[int, int]:
    """How many pairs of one identity are of two cameras, and how many of those are one object."""
    world = road(every=every, noise=noise, broken=0.3, seed=seed)
    made, camera = identities(world.sightings), world.sightings.camera
    one, other = np.triu_indices(len(made), 1)
    joined = (made[one] == made[other]) & (camera[one] != camera[other])
    return int(joined.sum()), int((joined & (world.who[one] == world.who[other])).sum())


@pytest.mark.parametrize("every", [0.5, 0.7, 2.0, 5.0])
@pytest.mark.parametrize("noise", [2.5, 4.0])
def test_looks_that_tell_hardly_anything_make_no_link_between_cameras(
    noise: float, every: float
) -> None:
    assert across(noise, every, seed=3) == (0, 0)


@pytest.mark.parametrize("seed", [1, 3])
def test_what_poor_looks_do_link_is_right(seed: int) -> None:
    """In dense traffic it is little, in sparse traffic most of what there is."""
    dense, sparse = across(1.5, 0.7, seed), across(1.5, 5.0, seed)
    assert dense[1] >= 0.9 * dense[0]
    assert sparse[1] >= 0.95 * sparse[0] > 50


def test_looks_that_tell_well_link_all_in_any_traffic() -> None:
    joined, right = across(1.0, 0.7, seed=3)
    assert joined == right > 500
