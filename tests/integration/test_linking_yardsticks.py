"""The benchmarks' shortcuts hold: scores without boxes, and the origin's loop over arrays."""

import numpy as np
import pytest
from benchmarks.linking import at_once
from benchmarks.linking_speed import CAMERAS, journeys
from benchmarks.linking_targets import target
from benchmarks.named_worlds import CLEAR, NamedWorld, named_world
from benchmarks.origin_loop import origin_loop
from benchmarks.scoring import labelled, truth_of
from benchmarks.walking_worlds import KINDS, Kind, walking_world
from benchmarks.yardsticks import Tracks, origin_merges, specification, strengthened
from tests.made_up import made_up

from camweave.core.arrays import I64
from camweave.core.sightings import Sightings
from camweave.evaluation.cameras import join_cameras
from camweave.evaluation.evaluate import evaluate


@pytest.fixture(scope="module")
def world() -> NamedWorld:
    return named_world("street", 7, seconds=12)


def test_a_labelling_scores_as_its_boxes_do(world: NamedWorld) -> None:
    rng = np.random.default_rng(3)
    truth = world.site.objects
    for labels in (truth, np.arange(len(truth)), np.where(rng.random(len(truth)) < 0.2, -1, truth)):
        joined = join_cameras(truth_of(world.site), labelled(world.site, labels))
        assert world.official(labels) == evaluate(*joined, rules="forgiving").identity
        judged = evaluate(*joined, rules="forgiving", countable=CLEAR).identity
        assert world.clear(labels) == judged


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


def test_a_tuned_yardstick_is_no_worse_than_linking_nobody(world: NamedWorld) -> None:
    def score(labels: I64) -> float:
        return world.score(labels).idf1

    alone = score(np.arange(len(world.objects)))
    as_it_is = score(specification(world.sightings, world.topology, score))
    stronger = score(strengthened(world.sightings, world.topology, score))
    assert alone <= as_it_is
    assert alone < stronger <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_in_a_walking_world_nobody_is_in_two_places(kind: Kind) -> None:
    world = walking_world(kind, 3)
    seen, who = world.sightings, world.objects
    assert at_once(seen, who) == 0
    order = np.lexsort((seen.begin, who))
    same = np.diff(who[order]) == 0
    assert (seen.begin[order][1:] >= seen.end[order][:-1])[same].all()
    assert world.score(who).idf1 == 1
    pieces = len(who) - len(walking_world(kind, 3, broken=0.0).objects)
    assert 0.05 * len(who) < pieces < 0.25 * len(who)


@pytest.mark.parametrize("kind", KINDS)
def test_the_windows_of_a_walking_world_hold_its_passages(kind: Kind) -> None:
    world = walking_world(kind, 3, broken=0.0)
    seen, windows = world.sightings, {(t.source, t.target): t for t in world.topology.transitions}
    order = np.lexsort((seen.begin, world.objects))
    held = total = 0
    for one, other in zip(order[:-1].tolist(), order[1:].tolist(), strict=True):
        if world.objects[one] == world.objects[other] and seen.camera[one] != seen.camera[other]:
            way = (seen.cameras[seen.camera[one]], seen.cameras[seen.camera[other]])
            gap = seen.begin[other] - seen.end[one]
            total += 1
            held += way in windows and windows[way].least <= gap <= windows[way].most
    assert held > 0.85 * total  # the others passed a camera that missed them


def test_who_comes_to_a_camera_while_still_there_is_counted() -> None:
    seen = made_up([0, 0, 0, 1], [0, 5, 20, 5], [10, 8, 30, 9], cameras=("a", "b"))
    assert at_once(seen, np.array([1, 1, 1, 1])) == 1
    assert at_once(seen, np.array([1, 2, 1, 1])) == 0
    assert at_once(seen, np.array([-1, -1, -1, -1])) == 0


def test_a_target_is_the_highest_that_is_asked() -> None:
    means = {"specification": 0.6, "strengthened": 0.7, "layout": 0.95}
    assert target("street", "learned", means, asked=True) == (0.95 - 0.02, "layout - 2")
    assert target("street", "layout", means, asked=True) == (0.7 + 0.02, "strengthened + 2")
    low = means | {"layout": 0.8}
    assert target("street", "learned", low, asked=True) == (0.92, "asked")
    assert target("street", "learned", low, asked=False) == (0.8 - 0.02, "layout - 2")
    assert target("street", "strengthened", means, asked=True) is None
