"""The benchmarks' shortcuts hold: scores without boxes, and the origin's loop over arrays."""

import numpy as np
import pytest
from benchmarks.linking_speed import CAMERAS, journeys
from benchmarks.origin_loop import origin_loop
from benchmarks.recorded_worlds import World, labelled, make_world, truth_of
from benchmarks.yardsticks import Tracks, origin_merges, specification, strengthened

from camweave.core.sightings import Sightings
from camweave.evaluation.cameras import join_cameras
from camweave.evaluation.evaluate import evaluate


@pytest.fixture(scope="module")
def world() -> World:
    return make_world("street", seconds=12, seed=7, kind="plain")


def test_a_labelling_scores_as_its_boxes_do(world: World) -> None:
    rng = np.random.default_rng(3)
    truth = world.site.objects
    for labels in (truth, np.arange(len(truth)), np.where(rng.random(len(truth)) < 0.2, -1, truth)):
        joined = join_cameras(truth_of(world.site), labelled(world.site, labels))
        assert world.scores(labels) == evaluate(*joined, rules="forgiving").identity


def tracks_of(sightings: Sightings) -> Tracks:
    look = sightings.crops.embedding.astype(np.float64)
    return Tracks(sightings.camera, sightings.begin, sightings.end, look)


@pytest.mark.parametrize("seed", range(4))
def test_the_origins_loop_over_arrays_is_the_origins_loop(seed: int) -> None:
    sightings, layout = journeys(100, seed)
    rng = np.random.default_rng(seed)
    tracks = tracks_of(sightings)
    noisy = tracks.look + rng.normal(0, 0.06, tracks.look.shape)
    mixed = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
    begin = tracks.begin / 4  # crowded, so that many clusters compete
    tracks = Tracks(tracks.camera, begin, begin + 10, mixed)
    expected = {frozenset(c) for c in origin_loop(tracks, layout, sightings.cameras, 0.1)}
    labels = np.arange(len(sightings))
    for one, other, _ in origin_merges(tracks, layout, sightings.cameras, 0.1):
        labels[labels == labels[other]] = labels[one]
    assert {frozenset(np.flatnonzero(labels == k).tolist()) for k in set(labels)} == expected
    assert len(expected) < len(sightings)
    assert len(sightings.cameras) == CAMERAS


def test_a_tuned_yardstick_is_no_worse_than_linking_nobody(world: World) -> None:
    alone = world.idf1(np.arange(len(world.sightings)))
    as_it_is = world.idf1(specification(world.sightings, world.layout, world.idf1))
    stronger = world.idf1(strengthened(world.sightings, world.layout, world.idf1))
    assert alone <= as_it_is
    assert alone < stronger <= world.idf1(world.site.objects) + 0.05
