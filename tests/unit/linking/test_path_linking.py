"""Identities over all cameras, by paths."""

from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.unit.linking.road_world import Road, road, without_looks

from camweave.core.arrays import I64
from camweave.core.corrections import CannotLink, MustLink
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition
from camweave.core.tracks import UNLINKED
from camweave.linking.link import Linked, link, numbered
from camweave.linking.params import LinkParams


def rows(sightings: Sightings, keep: I64) -> Sightings:
    """Some of the tracklets."""
    crops, counts = sightings.crops, np.diff(sightings.crops.offsets)
    owner = np.repeat(np.arange(len(counts)), counts)
    mine = np.isin(owner, keep)
    offsets = np.concatenate([[0], np.cumsum(counts[keep])])
    columns = {f.name: getattr(sightings, f.name) for f in fields(sightings)}
    per_row: dict[str, Any] = {
        name: column[keep]
        for name, column in columns.items()
        if isinstance(column, np.ndarray) and name != "size"
    }
    return replace(
        sightings,
        **per_row,
        crops=replace(
            crops,
            offsets=offsets,
            **{n: getattr(crops, n)[mine] for n in ("time", "frame", "embedding", "quality")},
        ),
        paths=replace(sightings.paths, offsets=np.zeros(len(keep) + 1, np.int64)),
    )


def right(made: Linked, who: I64) -> float:
    """Share of the pairs of tracklets of one identity that are one object, times that found."""
    identity = made.identities.identity
    together = identity[:, None] == identity
    same = who[:, None] == who
    both = float((together & same).sum())
    return both / float(together.sum()) * both / float(same.sum())


def drawn(world: Road, *, strict: bool = False) -> Topology:
    names = world.sightings.cameras
    ways = [Transition(source=a, target=b, least=8.0, most=50.0) for a, b in pairwise(names)]
    return Topology(cameras=names, transitions=tuple(ways), strict=strict)


def key(sightings: Sightings, row: int) -> TrackletKey:
    return TrackletKey(sightings.cameras[sightings.camera[row]], int(sightings.tracklet_id[row]))


@pytest.mark.parametrize("broken", [0.0, 0.4])
def test_who_passes_along_a_road_is_found_in_every_camera_without_a_layout(broken: float) -> None:
    world = road(broken=broken)
    made = link(world.sightings)
    assert right(made, world.who) > 0.95


def test_the_ways_are_learned_and_none_that_is_not_there() -> None:
    world = road(objects=100)
    made = link(world.sightings)
    names = world.sightings.cameras
    ways = {(t.source, t.target) for t in made.topology.transitions}
    assert ways == set(pairwise(names))
    assert all(t.origin == "learned" and t.samples > 50 for t in made.topology.transitions)
    assert any("no topology" in note for note in made.notes)


def test_a_drawn_layout_comes_through_with_its_passages_counted() -> None:
    world = road()
    made = link(world.sightings, drawn(world))
    assert [t.origin for t in made.topology.transitions] == ["drawn"] * 3
    assert all(t.least == 8.0 and t.samples > 30 for t in made.topology.transitions)
    assert right(made, world.who) > 0.95


def test_a_strict_window_is_a_wall() -> None:
    world = road()
    too_soon = replace(drawn(world, strict=True).transitions[0], least=0.5, most=1.0)
    topology = Topology(cameras=world.sightings.cameras, transitions=(too_soon,), strict=True)
    made = link(world.sightings, topology)
    across = [each for each in made.identities.links if each.one.camera != each.other.camera]
    assert all(0.5 <= each.gap <= 1.0 for each in across)
    assert {(e.one.camera, e.other.camera) for e in across} <= {("cam_0", "cam_1")}


def test_no_identity_holds_two_tracklets_that_one_camera_saw_at_once() -> None:
    world = road(every=0.7, noise=2.5, broken=0.3, seed=3)
    made, seen = link(world.sightings), world.sightings
    one, other = np.triu_indices(len(seen), 1)
    identity = made.identities.identity
    same = (identity[one] == identity[other]) & (identity[one] != UNLINKED)
    same &= seen.camera[one] == seen.camera[other]
    shared = np.minimum(seen.end[one], seen.end[other]) - np.maximum(
        seen.begin[one], seen.begin[other]
    )
    assert same.sum() > 5
    assert not np.any(shared[same] > LinkParams().most_overlap)


def test_names_of_cameras_do_not_matter() -> None:
    world = road(objects=40)
    seen = world.sightings
    backwards = np.argsort(-seen.camera, kind="stable")
    turned = rows(seen, np.arange(len(seen)))
    flipped = replace(
        rows_in_order(turned, backwards), cameras=tuple(CameraId(f"x{c}") for c in range(4))
    )
    plain, renamed = link(seen).identities.identity, link(flipped).identities.identity
    np.testing.assert_array_equal(plain[backwards], renamed)


def rows_in_order(sightings: Sightings, order: I64) -> Sightings:
    """The tracklets in another order, the last camera becoming the first."""
    counts = np.diff(sightings.crops.offsets)
    crop = np.concatenate([np.arange(*sightings.crops.offsets[[r, r + 1]]) for r in order])
    columns: dict[str, Any] = {
        f.name: getattr(sightings, f.name)[order]
        for f in fields(sightings)
        if isinstance(getattr(sightings, f.name), np.ndarray) and f.name != "size"
    }
    columns["camera"] = columns["camera"].max() - columns["camera"]
    crops = replace(
        sightings.crops,
        offsets=np.concatenate([[0], np.cumsum(counts[order])]),
        **{n: getattr(sightings.crops, n)[crop] for n in ("time", "frame", "embedding", "quality")},
    )
    return replace(sightings, **columns, crops=crops)


def test_inputs_stay_as_they_are() -> None:
    world = road(objects=20)
    before = {
        f.name: np.copy(getattr(world.sightings, f.name))
        for f in fields(world.sightings)
        if isinstance(getattr(world.sightings, f.name), np.ndarray)
    }
    link(world.sightings, drawn(world))
    for name, column in before.items():
        np.testing.assert_array_equal(column, getattr(world.sightings, name))


def test_links_connect_every_identity_and_say_why() -> None:
    world = road(broken=0.3)
    made = link(world.sightings)
    identity = made.identities.identity
    assert len(made.identities.links) == len(identity) - len(np.unique(identity))
    row = {key(world.sightings, r): r for r in range(len(identity))}
    assert {each.how for each in made.identities.links} >= {"follows", "fragment"}
    for each in made.identities.links:
        assert identity[row[each.one]] == identity[row[each.other]]
        assert each.crops is not None
        assert each.crops[0].key == each.one
        assert each.crops[1].key == each.other
    passage = next(each for each in made.identities.links if each.how == "follows")
    assert passage.window is not None
    assert passage.edge == f"{passage.one.camera} -> {passage.other.camera}"
    assert passage.appearance is not None
    assert passage.similarity is not None


def test_hands_hold_together_and_apart() -> None:
    world = road(objects=30)
    seen, plain = world.sightings, link(world.sightings).identities.identity
    mine = np.flatnonzero(plain == plain[0])
    stranger = int(np.flatnonzero((seen.camera == 3) & (plain != plain[0]))[-1])
    apart = CannotLink(key(seen, int(mine[0])), key(seen, int(mine[1])))
    held = MustLink(key(seen, int(mine[0])), key(seen, stranger))
    made = link(seen, corrections=(apart, held))
    identity = made.identities.identity
    assert identity[mine[0]] != identity[mine[1]]
    assert identity[mine[0]] == identity[stranger]
    assert any(each.how == "hand" for each in made.identities.links)


def test_hands_cannot_make_one_of_two_that_a_camera_saw_at_once() -> None:
    world = road(every=0.5)
    seen = world.sightings
    first = np.flatnonzero(seen.camera == 0)
    with pytest.raises(InputError, match="both seen"):
        link(seen, corrections=(MustLink(key(seen, int(first[0])), key(seen, int(first[1]))),))


@pytest.mark.parametrize("linkage", ["average", "single", "complete", "mean"])
def test_the_specifications_clustering_obeys_hands_too(linkage: str) -> None:
    seen = road(objects=10).sightings
    params = LinkParams(linkage=linkage, min_similarity=0.3)  # type: ignore[arg-type]  # one of them
    plain = link(seen, params=params).identities.identity
    mine = np.flatnonzero(plain == plain[0])
    assert len(mine) > 1
    apart = CannotLink(key(seen, int(mine[0])), key(seen, int(mine[1])))
    identity = link(seen, params=params, corrections=(apart,)).identities.identity
    assert identity[mine[0]] != identity[mine[1]]


def test_of_nothing_comes_nothing_and_it_is_said() -> None:
    seen = rows(road(objects=3).sightings, np.empty(0, np.int64))
    made = link(seen)
    assert len(made.identities) == 0
    assert made.notes == ("no tracklets: no identities",)


def test_one_camera_is_no_trouble() -> None:
    world = road(objects=20, cameras=1, broken=0.5)
    made = link(world.sightings)
    assert right(made, world.who) > 0.9
    assert any("one camera" in note for note in made.notes)


def test_without_embeddings_little_is_linked_and_it_is_said() -> None:
    world = road(every=1.0)
    made = link(without_looks(world.sightings))
    assert any("no embeddings" in note for note in made.notes)
    identity, who = made.identities.identity, world.who
    wrong = (identity[:, None] == identity) & (who[:, None] != who)
    assert wrong.sum() < 0.2 * len(who)


def test_identical_vectors_are_no_reason_to_link() -> None:
    seen = road(objects=150, every=1.0).sightings
    same = np.tile(np.eye(1, 64, dtype=np.float32), (len(seen.crops.time), 1))
    made = link(replace(seen, crops=replace(seen.crops, embedding=same)))
    assert len(np.unique(made.identities.identity)) > 0.5 * len(seen)


def test_clocks_days_apart_link_nobody_by_time() -> None:
    seen = road(objects=15).sightings
    far = seen.camera * 86_400.0 * 3
    made = link(replace(seen, begin=seen.begin + far, end=seen.end + far))
    assert not any(each.how == "follows" for each in made.identities.links)


def test_a_tracklet_that_spans_everything_is_one_of_many() -> None:
    world = road(objects=30)
    seen = world.sightings
    begin, end = seen.begin.copy(), seen.end.copy()
    begin[0], end[0] = seen.begin.min() - 1, seen.end.max() + 1
    made = link(replace(seen, begin=begin, end=end))
    rest = np.arange(len(seen)) > 0
    rest &= world.who != world.who[0]
    again = link(rows(seen, np.flatnonzero(rest)))
    assert right(again, world.who[rest]) > 0.9
    assert len(made.identities) == len(seen)


def test_a_camera_missing_from_the_layout_is_named() -> None:
    world = road(objects=5)
    topology = drawn(world)
    short = Topology(cameras=topology.cameras[:-1], transitions=topology.transitions[:-1])
    with pytest.raises(InputError, match="cam_3"):
        link(world.sightings, short)


def test_ids_count_from_one_by_first_sight_and_too_short_ones_get_none() -> None:
    seen = road(objects=3, cameras=2).sightings
    order = np.argsort(seen.begin)
    label = np.arange(len(seen))
    identity = numbered(seen, label, 1)
    np.testing.assert_array_equal(identity[order], np.arange(1, len(seen) + 1))
    short = replace(seen, frames=np.where(label == order[0], 1, seen.frames))
    assert numbered(short, label, 5)[order[0]] == UNLINKED
