from collections.abc import Callable, Sequence
from dataclasses import fields
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.errors import InputError, ShapeError
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.core.tracks import UNLINKED
from camweave.linking.cluster import Clustered, cluster
from camweave.linking.cluster_kernels import compile_kernels, kernels_are_cached
from camweave.linking.params import LinkParams
from camweave.linking.possible import possible

Make = Callable[[Sequence[Any]], Sightings]
Lay = Callable[..., Topology]
LINKAGES = ("single", "complete", "average", "mean")
RED, ORANGE, BLUE = (1.0, 0.0, 0.0), (0.9, 0.3, 0.0), (0.0, 0.0, 1.0)


def found(sightings: Sightings, topology: Topology | None = None, **knobs: Any) -> Clustered:
    return cluster(sightings, topology, LinkParams(**{"linkage": "average", **knobs}))


def labels(sightings: Sightings, topology: Topology | None = None, **knobs: Any) -> list[int]:
    numbers: list[int] = found(sightings, topology, **knobs).labels.tolist()
    return numbers


@pytest.mark.parametrize("linkage", LINKAGES)
def test_who_leaves_a_and_comes_to_b_in_the_window_is_one(
    make: Make, seen: Any, laid: Lay, linkage: str
) -> None:
    window = laid(("a", "b", 8, 12))
    assert labels(make([seen("a", 0, 10), seen("b", 20, 30)]), window, linkage=linkage) == [0, 0]
    late = make([seen("a", 0, 10), seen("b", 23, 30)])
    assert labels(late, window, linkage=linkage) == [0, 1]


def test_frame_rates_do_not_matter_but_seconds_do(make: Make, seen: Any, laid: Lay) -> None:
    slow = make([seen("a", 0, 10, frames=80), seen("b", 20, 30, frames=300)])
    assert labels(slow, laid(("a", "b", 8, 12))) == [0, 0]


@pytest.mark.parametrize("linkage", LINKAGES)
def test_what_is_impossible_is_never_joined_by_way_of_a_third(
    make: Make, seen: Any, laid: Lay, linkage: str
) -> None:
    both_ways = laid(("a", "b", 0, 20), ("b", "a", 0, 20), ("b", "c", 0, 20), ("c", "b", 0, 20))
    three = make([seen("a", 0, 10), seen("b", 15, 20), seen("c", 5, 9)])
    one = found(three, both_ways, linkage=linkage, margin=0.0).labels
    assert one[0] != one[2]
    assert len(set(one.tolist())) == 2


@pytest.mark.parametrize("linkage", LINKAGES)
def test_two_at_once_in_one_camera_are_two_whoever_else_they_are_like(
    make: Make, seen: Any, linkage: str
) -> None:
    rows = [seen("a", 0, 10), seen("a", 5, 15), seen("b", 20, 30)]
    one = found(make(rows), linkage=linkage, margin=0.0).labels
    assert one[0] != one[1]


def test_who_comes_back_to_a_camera_is_the_same(make: Make, seen: Any) -> None:
    again = make([seen("a", 0, 10), seen("a", 100, 110), seen("b", 50, 60)])
    assert labels(again) == [0, 0, 0]


def test_a_chain_of_cameras_is_one_path(make: Make, seen: Any, laid: Lay) -> None:
    chain = laid(("a", "b", 8, 12), ("b", "c", 8, 12))
    walked = make([seen("a", 0, 10), seen("b", 20, 30), seen("c", 40, 50)])
    assert labels(walked, chain) == [0, 0, 0]
    b_missed = make([seen("a", 0, 10), seen("c", 40, 50), seen("b", 900, 910)])
    assert labels(b_missed, chain) == [0, 2, 1]  # nobody saw it in between: no link


def test_the_better_of_two_that_exclude_each_other_must_be_ahead(make: Make, seen: Any) -> None:
    rows = [seen("a", 0, 10, RED), seen("b", 20, 30, RED), seen("b", 21, 31, ORANGE)]
    assert labels(make(rows), margin=0.04) == [0, 0, 1]
    assert labels(make(rows), margin=0.06) == [0, 1, 2]


def test_of_two_that_can_be_one_neither_is_a_rival(make: Make, seen: Any) -> None:
    rows = [seen("a", 0, 10, RED), seen("b", 20, 30, RED), seen("b", 41, 51, ORANGE)]
    assert labels(make(rows), margin=0.5) == [0, 0, 0]


def test_a_rival_that_finds_its_own_no_longer_stands_in_the_way(make: Make, seen: Any) -> None:
    a, b = (1.0, 0.0, 0.0), (0.96, 0.28, 0.0)
    two_pairs = [seen("a", 0, 10, a), seen("a", 1, 11, b), seen("b", 20, 30, a)]
    assert labels(make(two_pairs), margin=0.05) == [0, 1, 2]
    two_pairs.append(seen("b", 21, 31, (0.8, 0.6, 0.0)))  # nearer to the second than to the first
    assert labels(make(two_pairs), margin=0.03) == [0, 1, 0, 1]


def test_evidence_tells_the_runner_up_and_by_how_much(make: Make, seen: Any, laid: Lay) -> None:
    rows = [seen("a", 0, 10, RED), seen("b", 20, 30, RED), seen("b", 21, 31, ORANGE)]
    (link,) = found(make(rows), laid(("a", "b", 8, 12)), margin=0.01).links
    assert (link.one, link.other, link.how) == (("a", 1), ("b", 1), "looks")
    assert (link.edge, link.window, link.gap) == ("a -> b", (8.0, 12.0), 10.0)
    assert link.runner_up == ("b", 2)
    assert link.margin == pytest.approx(1 - 0.9 / np.hypot(0.9, 0.3), abs=1e-6)
    assert link.similarity == pytest.approx(1.0)
    assert link.crops is not None
    assert [(c.key, c.frame, c.time) for c in link.crops] == [
        (("a", 1), 0, 0.0),
        (("b", 1), 200, 20.0),
    ]


def test_within_a_camera_it_is_a_fragment_and_nobody_ran_up(make: Make, seen: Any) -> None:
    (link,) = found(make([seen("a", 0, 10), seen("a", 11, 20)])).links
    assert (link.how, link.edge, link.runner_up, link.margin) == ("fragment", None, None, None)


def test_links_connect_every_identity_and_no_two(make: Make, seen: Any) -> None:
    rng = np.random.default_rng(5)
    rows = [
        seen(
            str(rng.choice(["a", "b", "c"])), t, t + 3, tuple(np.eye(4)[k] + rng.normal(0, 0.2, 4))
        )
        for t, k in zip(rng.uniform(0, 200, 40), rng.integers(0, 4, 40), strict=True)
    ]
    sightings = make(rows)
    done = found(sightings, margin=0.0)
    group = np.arange(len(sightings))
    for one, other in zip(done.merges.one, done.merges.other, strict=True):
        group[group == group[other]] = group[one]
    same = group[:, None] == group
    np.testing.assert_array_equal(same, done.labels[:, None] == done.labels)
    assert [link.gap > 0 or link.how == "looks" for link in done.links] == [True] * len(done.links)


def test_who_was_seen_too_briefly_is_not_linked(make: Make, seen: Any) -> None:
    rows = [seen("a", 0, 10), seen("b", 20, 30, frames=4), seen("c", 40, 50)]
    assert labels(make(rows), min_frames=5) == [0, UNLINKED, 0]


def test_who_has_no_crops_stays_alone(make: Make, seen: Any) -> None:
    assert labels(make([seen("a", 0, 10, None), seen("b", 20, 30, None)])) == [0, 1]
    nothing = make([seen("a", 0, 10, (0.0, 0.0)), seen("b", 20, 30, (0.0, 0.0))])
    assert labels(nothing, min_similarity=-1.0) == [0, 1]
    nowhere = make([seen("a", 0, 10, (np.nan, 1.0)), seen("b", 20, 30, (0.0, 1.0))])
    assert labels(nowhere, min_similarity=-1.0) == [0, 1]


def test_crops_count_by_their_quality() -> None:
    crops = [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    from camweave.core.sightings import Crops
    from camweave.linking.cluster import looks_of

    look, has = looks_of(
        Crops(
            np.array([0, 2, 2, 3]),
            np.zeros(3),
            np.zeros(3, np.int64),
            np.array(crops, np.float32),
            np.array([0.9, 0.3, 0.0], np.float32),
        )
    )
    assert has.tolist() == [True, False, True]
    np.testing.assert_allclose(look[0], np.array([0.9, 0.3]) / np.hypot(0.9, 0.3), atol=1e-6)
    np.testing.assert_allclose(look[2], [0, 1])


def test_no_tracks_no_clusters(make: Make) -> None:
    assert labels(make([])) == []


def test_clocks_days_apart_link_nobody_over_a_window(make: Make, seen: Any, laid: Lay) -> None:
    days = make([seen("a", 0, 10), seen("b", 3e5, 3e5 + 10)])
    assert labels(days, laid(("a", "b", 8, 12))) == [0, 1]


def test_a_linkage_of_another_kind_is_refused(make: Make, seen: Any) -> None:
    with pytest.raises(InputError, match="linkage: expected single, complete, average, mean"):
        labels(make([seen("a", 0, 10)]), linkage="path")


def test_embeddings_of_different_length_never_get_here(make: Make, seen: Any) -> None:
    with pytest.raises((ShapeError, ValueError)):
        make([seen("a", 0, 10, (1.0, 0.0)), seen("b", 0, 10, (1.0, 0.0, 0.0))])


def crowd(make: Make, seen: Any, seed: int, names: str = "abcd") -> tuple[Sightings, list[Any]]:
    """Tracklets of six objects in four cameras at random times, twins among them."""
    rng = np.random.default_rng(seed)
    looks = rng.normal(size=(6, 6))
    rows = []
    for t, k, c in zip(
        rng.integers(0, 80, 30) / 2, rng.integers(0, 6, 30), rng.integers(0, 4, 30), strict=True
    ):
        wobble = rng.normal(0, 0.5, 6) * (rng.random() < 0.7)
        rows.append(
            seen(names[c], float(t), float(t + rng.integers(0, 9) / 2), tuple(looks[k] + wobble))
        )
    return make(rows), rows


@pytest.mark.parametrize("linkage", LINKAGES)
@settings(max_examples=30)
@given(seed=st.integers(0, 100_000), margin=st.sampled_from([0.0, 0.05]))
def test_every_pair_of_an_identity_is_possible_and_nothing_given_is_changed(  # noqa: PLR0917 - fixtures, and what is drawn
    make: Make, seen: Any, laid: Lay, linkage: str, seed: int, margin: float
) -> None:
    sightings, _ = crowd(make, seen, seed)
    before = [np.array(getattr(sightings.crops, f.name)) for f in fields(sightings.crops)]
    topology = laid(("a", "b", 1, 9), ("b", "a", 1, 9), ("b", "c", -2, 4), ("c", "d", 0, 9))
    params = LinkParams(linkage=linkage, margin=margin)  # type: ignore[arg-type]  # words
    one = cluster(sightings, topology, params).labels
    pairs = np.array([p for p in combinations(range(len(one)), 2) if one[p[0]] == one[p[1]]])
    walls = LinkParams(strict=True)
    pairs = pairs.reshape(-1, 2).astype(np.int64)
    assert possible(sightings, topology, pairs[:, 0], pairs[:, 1], walls).all()
    for old, f in zip(before, fields(sightings.crops), strict=True):
        np.testing.assert_array_equal(old, getattr(sightings.crops, f.name))


@settings(max_examples=30)
@given(seed=st.integers(0, 100_000), linkage=st.sampled_from(LINKAGES))
def test_the_names_of_cameras_decide_nothing(
    make: Make, seen: Any, seed: int, linkage: str
) -> None:
    sightings, rows = crowd(make, seen, seed)
    turned, other_rows = crowd(make, seen, seed, names="dbca")
    one, other = (found(s, linkage=linkage).labels for s in (sightings, turned))
    mine = sorted(range(30), key=lambda k: rows[k].camera)
    theirs = sorted(range(30), key=lambda k: other_rows[k].camera)
    by_row = np.empty(30, np.int64), np.empty(30, np.int64)
    by_row[0][mine], by_row[1][theirs] = one, other
    same = [numbers[:, None] == numbers for numbers in by_row]
    np.testing.assert_array_equal(*same)


def test_labels_count_in_order_of_first_sight(make: Make, seen: Any) -> None:
    rows = [seen("a", 50, 60, BLUE), seen("b", 0, 10, RED), seen("c", 20, 30, ORANGE)]
    assert labels(make(rows), min_similarity=0.9) == [1, 0, 0]


def test_once_compiled_the_kernels_are_there() -> None:
    compile_kernels()
    assert kernels_are_cached()
