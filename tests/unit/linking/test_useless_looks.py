"""Looks that tell nobody from anybody are no worse than none."""

from dataclasses import replace

import numpy as np
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
