"""A site learned from its own linked tracklets."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.made_up import made_up
from tests.unit.linking.test_views import ONE, OTHER, seen, walkers

from camweave.core.arrays import F64, I64
from camweave.core.frame import CameraId
from camweave.core.identities import Identities, Link, TrackletKey
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition, Zone
from camweave.formats.learned import format_learned, parse_learned
from camweave.linking.learned import LearnParams, learn_site, learn_topology
from camweave.linking.learned_windows import (
    Passages,
    WindowParams,
    learn_windows,
    passages_of,
)
from camweave.linking.sightings import sightings_of
from camweave.ops.ground import to_ground, to_image

A, B, C = (CameraId(name) for name in "abc")
LEFT, RIGHT = (20.0, 300.0), (620.0, 300.0)  # px: where they enter and leave


def site(
    gaps: F64, *, cameras: tuple[int, int] = (0, 1), seed: int = 0, doors: bool = True
) -> tuple[Sightings, Identities]:
    """One after the other is in one camera for 10 s, and after a gap for 10 s in the other."""
    n = len(gaps)
    rng = np.random.default_rng(seed)
    begin = np.arange(n) * 200.0
    times = np.concatenate([begin, begin + 10 + gaps])
    spread = 8.0 if doors else 250.0
    feet = [np.array(at) + rng.normal(0, spread, (2 * n, 2)) for at in (LEFT, RIGHT)]
    low, high = np.array([10, 60]), np.array([10, 0])
    boxes = [np.hstack([at - low, at + high]).astype(np.float32) for at in feet]
    camera = np.repeat(np.array(cameras, np.int64), n)
    sightings = made_up(
        camera,
        times,
        times + 10,
        cameras=(A, B, C),
        tracklet_id=np.tile(np.arange(n), 2),
        frames=100,
        entry=boxes[0],
        leave=boxes[1],
    )
    return sightings, identities(sightings, np.tile(np.arange(1, n + 1), 2))


def identities(sightings: Sightings, who: I64, links: tuple[Link, ...] = ()) -> Identities:
    return Identities(
        cameras=sightings.cameras,
        camera=sightings.camera,
        tracklet_id=sightings.tracklet_id,
        identity=who,
        links=links,
    )


def windows(topology: Topology) -> dict[tuple[str, str, bool], Transition]:
    return {(t.source, t.target, t.exit_zone is not None): t for t in topology.transitions}


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(5, 80), fast=st.floats(1, 40))
def test_a_window_holds_nearly_all_who_come_later(seed: int, count: int, fast: float) -> None:
    rng = np.random.default_rng(seed)
    learned, _ = learn_topology(*site(fast * rng.lognormal(0, 0.25, count)))
    window = windows(learned)["a", "b", False]
    assert window.origin == "learned"
    assert count - 2 - count // 20 <= window.samples <= count
    later = fast * rng.lognormal(0, 0.25, 2000)
    held = np.mean((later >= window.least) & (later <= window.most))
    assert held > 1 - 5 / count - 0.05


def test_fewer_passages_make_a_wider_margin() -> None:
    spread = [
        windows(learn_topology(*site(np.linspace(10, 20, count)))[0])["a", "b", False]
        for count in (5, 20, 100)
    ]
    lengths = [each.most - each.least for each in spread]
    assert lengths[0] > lengths[1] > lengths[2] > 10


def test_a_false_link_does_not_stretch_a_window() -> None:
    gaps = np.append(np.linspace(10, 14, 40), [160.0])
    window = windows(learn_topology(*site(gaps))[0])["a", "b", False]
    assert window.most < 20
    assert window.samples == 40


def test_links_that_are_not_sure_tell_nothing() -> None:
    known, who = site(np.linspace(10, 14, 10))
    links = tuple(
        Link(one=TrackletKey(A, n), other=TrackletKey(B, n), how="follows", evidence=nats)
        for n, nats in enumerate([5.0] * 2 + [0.5] * 8)
    )
    doubtful = identities(known, who.identity, links)
    assert len(passages_of(known, doubtful).one) == 2
    learned, notes = learn_topology(known, doubtful)
    assert not learned.transitions
    assert notes == ("windows: too little is known of a -> b (2 of 3 passages)",)


def test_what_was_drawn_or_locked_comes_back_as_it_was() -> None:
    drawn = Topology(
        cameras=(A, B, C),
        transitions=(
            Transition(source=A, target=B, least=1, most=13),
            Transition(source=B, target=C, least=3, most=4, origin="learned", samples=7),
            Transition(
                source=C, target=A, least=5, most=6, origin="learned", samples=9, locked=True
            ),
        ),
    )
    learned, _ = learn_topology(*site(np.linspace(10, 14, 41)), drawn)
    first, second, third = learned.transitions
    assert (first.least, first.most, first.origin, first.samples) == (1, 13, "drawn", 31)
    assert second == drawn.transitions[1]  # nobody went by, so it is what is known
    assert third == drawn.transitions[2]
    locked = Topology(
        cameras=(A, B, C),
        transitions=(Transition(source=A, target=B, least=2, most=3, samples=4, locked=True),),
    )
    again, _ = learn_topology(*site(np.linspace(10, 14, 41)), locked)
    assert again.transitions == locked.transitions


def test_what_was_learned_before_is_learned_anew() -> None:
    before = Transition(source=A, target=B, least=50, most=60, origin="learned", samples=7)
    topology = Topology(cameras=(A, B, C), transitions=(before,))
    learned, _ = learn_topology(*site(np.linspace(10, 14, 41)), topology)
    window = windows(learned)["a", "b", False]
    assert 8 < window.least < 10
    assert 14 < window.most < 16
    assert window.samples == 41


def test_nothing_is_added_to_a_strict_topology() -> None:
    walls = Topology(
        cameras=(A, B, C),
        transitions=(Transition(source=B, target=C, least=1, most=2),),
        strict=True,
    )
    learned, _ = learn_topology(*site(np.linspace(10, 14, 41)), walls)
    assert [(each.source, each.target) for each in learned.transitions] == [(B, C)]


def test_exit_and_entry_get_a_window_of_their_own_where_enough_went_by() -> None:
    many, _ = learn_topology(*site(np.linspace(10, 14, 60)))
    by_zone = windows(many)["a", "b", True]
    names = {(zone.camera, zone.name) for zone in many.zones}
    assert (A, by_zone.exit_zone) in names
    assert (B, by_zone.entry_zone) in names
    assert by_zone.samples > 40
    few, _ = learn_topology(*site(np.linspace(10, 14, 9)))
    assert set(windows(few)) == {("a", "b", False)}
    anywhere, _ = learn_topology(*site(np.linspace(10, 14, 60), doors=False))
    assert set(windows(anywhere)) == {("a", "b", False)}


def test_a_camera_with_zones_keeps_them() -> None:
    door = Zone(camera=A, name="door", outline=((560, 240), (680, 240), (680, 360), (560, 360)))
    learned, _ = learn_topology(
        *site(np.linspace(10, 14, 60)), Topology(cameras=(A, B, C), zones=(door,))
    )
    assert [zone for zone in learned.zones if zone.camera == A] == [door]
    assert windows(learned)["a", "b", True].exit_zone == "door"


def test_views_that_overlap_get_windows_below_zero() -> None:
    learned, _ = learn_topology(*site(np.linspace(-6, -2, 30)))
    window = windows(learned)["a", "b", False]
    assert -8 < window.least < -6
    assert window.most < 0


def test_a_way_that_few_of_many_took_is_none() -> None:
    known, who = site(np.linspace(10, 14, 400))
    identity = who.identity.copy()
    camera = known.camera.copy()
    camera[-6:] = 2
    other = type(known)(
        **{name: getattr(known, name) for name in known.__slots__ if name != "camera"},
        camera=camera,
    )
    learned, _ = learn_topology(other, identities(other, identity))
    assert ("a", "c", False) in windows(learned)  # all who came into c came this way
    rare = LearnParams(windows=WindowParams(enough=7))
    learned, notes = learn_topology(other, identities(other, identity), params=rare)
    assert ("a", "c", False) not in windows(learned)
    assert "a -> c (6 of 7 passages)" in notes[0]


def test_views_of_the_same_ground_are_laid_over_each_other() -> None:
    walks, starts = walkers(16)
    one, other = (
        seen(name, view, walks, starts, late=late)
        for name, view, late in (("a", ONE, 0.0), ("b", OTHER, 0.3))
    )
    sightings = sightings_of([one, other])
    who = identities(sightings, np.tile(np.arange(1, 17), 2))
    learned = learn_site(sightings, who, tracklets=[one, other])
    (view,) = learned.views
    assert (view.one, view.other) == (A, B)
    assert view.samples >= 10
    assert view.offset == pytest.approx(0.3, abs=0.1)
    assert view.error < 0.1
    told = to_ground(view.homography, to_image(ONE, walks[0]))
    assert np.abs(told - to_image(OTHER, walks[0])).max() < 12
    strangers = identities(sightings, np.arange(1, 33))
    assert learn_site(sightings, strangers, tracklets=[one, other]).views == ()
    assert learn_site(sightings, who).views == ()  # without boxes there is nothing to lay


@pytest.mark.parametrize(("spread", "is_a_way"), [(250.0, False), (1.0, True)])
def test_a_few_links_make_a_way_only_if_they_took_as_long(spread: float, is_a_way: bool) -> None:
    first, _ = site(np.linspace(20, 30, 40))  # a -> b
    second, _ = site(np.linspace(20, 30, 40), cameras=(1, 2))  # b -> c
    past, _ = site(np.linspace(4, 4 + spread, 4), cameras=(0, 2))  # a -> c, seldom
    parts = (first, second, past)
    late = [0.0, 1e5, 2e5]
    whole: dict[str, Any] = {
        name: np.concatenate([getattr(each, name) for each in parts])
        for name in ("camera", "class_id", "frames", "entry", "exit")
    }
    for name in ("begin", "end"):
        columns = [getattr(each, name) + at for each, at in zip(parts, late, strict=True)]
        whole[name] = np.concatenate(columns)
    who = [np.tile(np.arange(len(each) // 2), 2) + 1000 * k for k, each in enumerate(parts, 1)]
    order = np.argsort(whole["camera"], kind="stable")
    n = len(order)
    none, still = np.zeros(n + 1, np.int64), np.zeros((n, 2), np.float32)
    seen_by_all = replace(
        first,
        **{name: column[order] for name, column in whole.items()},
        tracklet_id=np.arange(n),
        entry_motion=still,
        exit_motion=still,
        crops=replace(first.crops, offsets=none),
        paths=replace(first.paths, offsets=none),
    )
    learned, _ = learn_topology(seen_by_all, identities(seen_by_all, np.concatenate(who)[order]))
    ways = {key[:2] for key in windows(learned)}
    assert {("a", "b"), ("b", "c")} <= ways
    assert (("a", "c") in ways) == is_a_way


def test_nothing_seen_is_nothing_learned() -> None:
    known, who = site(np.empty(0))
    learned = learn_site(known, who)
    assert learned.topology.transitions == ()
    assert learned.views == ()
    assert any("nobody was surely seen by two cameras" in note for note in learned.notes)
    assert any(note.startswith("clocks: too little is known of a, b, c") for note in learned.notes)


def test_inputs_are_left_as_they_are() -> None:
    known, who = site(np.linspace(10, 14, 30))
    before = known.begin.tobytes() + known.exit.tobytes() + who.identity.tobytes()
    learn_site(known, who)
    assert known.begin.tobytes() + known.exit.tobytes() + who.identity.tobytes() == before


def test_what_was_learned_can_be_written_and_read() -> None:
    learned = learn_site(*site(np.linspace(10, 14, 30))).learned
    text = format_learned(learned)
    again = parse_learned(text, "learned.json")
    assert again.clocks == learned.clocks
    assert again.notes == learned.notes
    assert format_learned(again) == text


@pytest.mark.parametrize("knob", [{"enough": 0}, {"outermost": 0.5}])
def test_a_wrong_knob_is_named(knob: dict[str, float]) -> None:
    with pytest.raises(Exception, match="learning: "):
        WindowParams(**knob)  # type: ignore[arg-type]  # that is the test


def test_what_looks_alone_put_together_is_no_passage() -> None:
    known, who = site(np.linspace(10, 14, 10))
    seen = [(TrackletKey(A, n), TrackletKey(B, n)) for n in range(10)]
    links = [Link(one=a, other=b, how="follows", evidence=9.0) for a, b in seen[:6]]
    links += [Link(one=a, other=b, how="looks", evidence=9.0) for a, b in seen[6:]]
    assert len(passages_of(known, identities(known, who.identity, tuple(links))).one) == 6
    looks = tuple(Link(one=a, other=b, how="looks", evidence=9.0) for a, b in seen)
    assert len(passages_of(known, identities(known, who.identity, looks)).one) == 10


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), links=st.integers(10, 60))
def test_links_at_random_make_no_way(seed: int, links: int) -> None:
    rng = np.random.default_rng(seed)
    c, n = 6, links
    source = rng.integers(0, c, n)
    target = (source + rng.integers(1, c, n)) % c
    none = np.arange(n)
    passages = Passages(
        tuple(CameraId(f"cam_{k}") for k in range(c)), none, none, source, target,
        rng.uniform(0, 300, n),
    )  # fmt: skip
    seen, _ = site(np.linspace(10, 14, n))
    assert learn_windows(seen, passages, Topology(cameras=passages.cameras)) == ()
