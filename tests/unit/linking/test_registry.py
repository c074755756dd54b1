import json
from dataclasses import replace
from random import Random
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_up import made_up
from tests.unit.linking.registry_world import because, key, kinds, minted, seen, who

from camweave.core.errors import InputError
from camweave.core.events import Confirmed, Created, Merged, Split
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.tracks import UNLINKED
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry


def two_confirmed() -> Registry:
    """1 is a1 (0 to 5 s), 2 is b1 (8 to 20 s)."""
    registry = Registry()
    registry.confirm(minted(registry.mint([seen("a1", 0, 5)], 5)), 5)
    registry.confirm(minted(registry.mint([seen("b1", 8, 20)], 20)), 20)
    return registry


def test_ids_are_given_out_from_1_on_and_tentative() -> None:
    registry = Registry()
    events = registry.mint([seen("a1", 0, 5), seen("b1", 3, 9)], 9)
    assert kinds(events) == ["created", "linked", "linked"]
    assert [event.seq for event in events] == [1, 2, 3]
    assert minted(events) == 1
    assert registry.status(1) == "tentative"
    assert minted(registry.mint([seen("a2", 0, 5)], 9)) == 2
    assert who(registry, "a1", "b1", "a2", "a3") == [1, 1, 2, UNLINKED]


def test_confirming_twice_says_nothing_new() -> None:
    registry = Registry()
    registry.mint([seen("a1", 0, 5)], 5)
    assert kinds(registry.confirm(1, 6)) == ["confirmed"]
    assert registry.confirm(1, 7) == ()
    assert registry.status(1) == "confirmed"


def test_a_tracklet_is_linked_with_its_evidence() -> None:
    registry = two_confirmed()
    registry.link(1, seen("c1", 30, 40), 40, because("a1", "c1", 4.5))
    assert [link.evidence for link in registry.links(1)] == [4.5]
    assert registry.members(1) == (seen("a1", 0, 5), seen("c1", 30, 40))
    registry.link(1, seen("c1", 30, 41), 41, because("a1", "c1", 5.5))
    assert [link.evidence for link in registry.links(1)] == [5.5]
    assert registry.members(1)[1].end == 41


def test_the_oldest_confirmed_stays_and_the_other_is_its_alias_for_ever() -> None:
    registry = two_confirmed()
    (event,) = registry.merge(2, 1, 21, link=because("a1", "b1"), reason="same car")
    assert isinstance(event, Merged)
    assert (event.identity, event.alias, event.tracklets) == (1, 2, (key("b1"),))
    assert registry.resolve(2) == 1
    assert registry.aliases(1) == (2,)
    assert registry.merge(2, 1, 22) == ()
    assert registry.links(2) == (because("a1", "b1"),)


def test_a_confirmed_id_outlives_an_older_tentative_one() -> None:
    registry = Registry()
    registry.mint([seen("a1", 0, 5)], 5)
    registry.mint([seen("b1", 8, 20)], 20)
    registry.confirm(2, 20)
    registry.merge(1, 2, 21)
    assert registry.resolve(1) == 2
    assert registry.status(1) == "confirmed"


def test_two_seen_at_once_by_one_camera_are_never_one() -> None:
    registry = two_confirmed()
    registry.mint([seen("a2", 4, 9)], 9)
    with pytest.raises(InputError, match="merge: a/1 and a/2 were seen by a at the same time"):
        registry.merge(1, 3, 21)
    with pytest.raises(InputError, match="link: a/1 and a/3 were seen by a at the same time"):
        registry.link(1, seen("a3", 1, 2), 21)
    with pytest.raises(InputError, match="mint: these cannot be one identity: c/1, c/2"):
        registry.mint([seen("c1", 0, 5), seen("c2", 2, 3)], 21)
    assert registry.why_not_merge(1, 2) is None
    assert registry.why_not_merge(1, 3) is not None
    registry.link(1, seen("a4", 4.8, 9), 21)  # 0.2 s are the tracker's own slip


def test_who_still_grows_meets_all_that_come_later_in_its_camera() -> None:
    registry = Registry()
    registry.mint([seen("a1", 0, 5, growing=True)], 5)
    late = seen("a2", 60, 70)
    assert registry.why_not_link(late, 1) == "a/1 and a/2 were seen by a at the same time"
    registry.seen([seen("a1", 0, 50)], 71)
    assert registry.why_not_link(late, 1) is None


def test_a_lost_one_that_comes_back_ends_what_was_joined_to_it() -> None:
    registry = Registry()
    registry.mint([seen("a1", 0, 50)], 50)
    registry.link(1, seen("a2", 52, 60), 60, because("a1", "a2"))
    registry.link(1, seen("b1", 61, 65), 65, because("a2", "b1"))
    events = registry.seen([seen("a1", 0, 66, growing=True)], 66)
    assert kinds(events) == ["seen", "split"]
    assert who(registry, "a1", "a2", "b1") == [1, 2, 2]


def test_who_is_locked_to_one_that_is_split_off_goes_along() -> None:
    registry = Registry()
    registry.mint([seen("a1", 0, 50), seen("a2", 52, 60)], 60)
    registry.mint([seen("b1", 61, 65)], 65)
    registry.lock(key("a2"), key("b1"), 66, together=True)
    registry.seen([seen("a1", 0, 66)], 66)
    assert who(registry, "a1", "a2", "b1") == [1, 2, 2]


def test_who_was_seen_longer_keeps_the_id_when_an_identity_is_split() -> None:
    registry = Registry()
    registry.mint([seen("a1", 0, 5), seen("b1", 8, 20)], 20)
    registry.confirm(1, 20)
    (event,) = registry.split(1, [key("b1")], 21)
    assert isinstance(event, Split)
    assert (event.identity, event.into, event.fresh) == (1, 2, True)
    assert event.tracklets == (key("a1"),)
    assert who(registry, "a1", "b1") == [2, 1]
    assert registry.status(2) == "confirmed"


def test_of_equals_the_one_seen_first_keeps_the_id() -> None:
    registry = Registry()
    registry.mint([seen("a1", 0, 5), seen("b1", 8, 13)], 20)
    registry.split(1, [key("a1")], 21)
    assert who(registry, "a1", "b1") == [1, 2]


def test_a_part_gets_back_the_id_it_had_before_it_was_merged() -> None:
    registry = Registry()
    registry.mint([seen("a1", 0, 50)], 50)
    registry.mint([seen("b1", 60, 70)], 70)
    registry.mint([seen("c1", 80, 82)], 82)
    registry.merge(2, 3, 83)
    registry.merge(1, 2, 84)
    registry.link(1, seen("d1", 90, 91), 91)
    events = registry.split(1, [key("b1"), key("c1"), key("d1")], 92)
    assert [(e.into, e.fresh) for e in events if isinstance(e, Split)] == [(2, False)]
    assert [registry.resolve(i) for i in (1, 2, 3)] == [1, 2, 2]
    assert registry.next_id == 4


def test_other_aliases_go_where_their_tracklets_go() -> None:
    registry = Registry()
    for name, begin in (("a1", 0), ("b1", 100), ("c1", 200)):
        registry.mint([seen(name, begin, begin + 60 - begin / 10)], 300)
    registry.merge(1, 2, 301)
    registry.merge(1, 3, 302)
    registry.link(1, seen("d1", 400, 500), 500)
    registry.split(1, [key("b1"), key("c1")], 501)
    assert [registry.resolve(i) for i in (1, 2, 3)] == [1, 2, 2]


def test_a_split_needs_two_sides() -> None:
    registry = two_confirmed()
    with pytest.raises(InputError, match="split: name some of its tracklets, and not all"):
        registry.split(1, [key("a1")], 21)
    with pytest.raises(InputError, match="split: name some"):
        registry.split(1, [], 21)
    with pytest.raises(InputError, match="split: b/1 is not of this identity"):
        registry.split(1, [key("b1")], 21)


def test_what_was_forgotten_is_never_met_again_and_its_id_never_given_again() -> None:
    registry = Registry(RegistryParams(memory=100.0))
    registry.mint([seen("a1", 0, 5)], 5)
    registry.mint([seen("b1", 0, 50)], 50)
    registry.merge(1, 2, 51)
    registry.mint([seen("c1", 0, 60)], 60)
    assert kinds(registry.forget(106)) == ["forgotten"]
    assert registry.members(1) == (seen("b1", 0, 50),)
    assert kinds(registry.forget(151)) == ["closed"]
    assert registry.status(1) == registry.status(2) == "closed"
    assert registry.resolve(2) == 1
    assert who(registry, "a1", "b1", "c1") == [UNLINKED, UNLINKED, 3]
    with pytest.raises(InputError, match=r"identity 2 \(now 1\) is closed: its memory is over"):
        registry.link(2, seen("a2", 160, 170), 170)
    assert minted(registry.mint([seen("a2", 160, 170)], 170)) == 4


def test_who_is_still_there_is_not_forgotten() -> None:
    registry = Registry(RegistryParams(memory=100.0))
    registry.mint([seen("a1", 0, 5, growing=True)], 5)
    assert registry.forget(10_000) == ()
    registry.seen([seen("a1", 0, 10_000)], 10_000)
    assert registry.forget(10_050) == ()
    assert kinds(registry.forget(10_101)) == ["closed"]


def test_after_a_restart_nothing_grows_any_more() -> None:
    registry = Registry(RegistryParams(memory=100.0))
    registry.mint([seen("a1", 0, 5, growing=True)], 5)
    registry.mint([seen("b1", 0, 6, growing=True)], 6)
    assert kinds(registry.end_growing(7, CameraId("a"))) == ["seen"]
    assert registry.members(1) == (seen("a1", 0, 5),)
    assert registry.members(2) == (seen("b1", 0, 6, growing=True),)
    registry.end_growing(8)
    assert registry.end_growing(9) == ()
    assert kinds(registry.forget(200)) == ["closed", "closed"]


def test_evidence_that_is_not_a_number_is_refused() -> None:
    registry = two_confirmed()
    before = registry.snapshot()
    nan = float("nan")
    with pytest.raises(InputError, match="link of a/1 and b/1: its evidence is not a number"):
        registry.merge(1, 2, 21, link=because("a1", "b1", nan))
    with pytest.raises(InputError, match="link of a/1 and c/1: its evidence is not a number"):
        registry.link(1, seen("c1", 30, 31), 31, replace(because("a1", "c1"), window=(0, nan)))
    assert registry.snapshot() == before


def test_an_identity_can_be_forgotten_at_once() -> None:
    registry = two_confirmed()
    assert kinds(registry.close(2, 21)) == ["closed"]
    assert registry.living == (1,)
    assert registry.identity_of(key("b1")) == UNLINKED


def test_a_tracker_is_told_where_to_go_on_after_a_restart() -> None:
    registry = Registry(RegistryParams(memory=10.0))
    registry.mint([seen("a7", 0, 5), seen("b3", 0, 5)], 5)
    registry.mint([seen("a5", 6, 7)], 7)
    registry.forget(100)
    again = Registry.restore(registry.snapshot())
    assert [again.last_tracklet_id(CameraId(name)) for name in "abc"] == [7, 3, 0]


def test_a_tracklet_has_one_identity() -> None:
    registry = two_confirmed()
    with pytest.raises(InputError, match="link: b/1 is of identity 2; merge or split instead"):
        registry.link(1, seen("b1", 8, 20), 21)
    with pytest.raises(InputError, match="mint: b/1 is of identity 2"):
        registry.mint([seen("b1", 8, 20)], 21)


@pytest.mark.parametrize("identity", [0, -1, 3])
def test_ids_that_were_never_given_out_are_refused(identity: int) -> None:
    registry = two_confirmed()
    with pytest.raises(InputError, match=f"identity {identity} was never given out"):
        registry.resolve(identity)
    with pytest.raises(InputError, match="was never given out; the last one is 2"):
        registry.confirm(identity, 3)


def test_times_that_are_none_are_refused_and_leave_no_trace() -> None:
    registry = two_confirmed()
    before = registry.snapshot()
    with pytest.raises(InputError, match="a/9: expected a begin and an end in s, got 5 to 4"):
        registry.mint([seen("a9", 5, 4)], 21)
    with pytest.raises(InputError, match="a/9: expected a begin and an end in s, got nan to 4"):
        registry.link(1, seen("a9", float("nan"), 4), 21)
    with pytest.raises(InputError, match="expected a time in s, got inf"):
        registry.merge(1, 2, float("inf"))
    with pytest.raises(InputError, match="mint: an identity has at least one tracklet"):
        registry.mint([], 21)
    assert registry.snapshot() == before


def test_numbers_of_numpy_become_plain_ones() -> None:
    registry = Registry()
    span = seen("a1", 0, 5)
    odd = span._replace(begin=np.float64(0), end=np.float64(5))
    odd = odd._replace(key=TrackletKey(CameraId("a"), cast("int", np.int64(1))))
    registry.mint([odd], np.float64(5))
    assert json.loads(json.dumps(registry.snapshot())) == registry.snapshot()


def test_an_event_that_does_not_follow_is_named() -> None:
    registry = two_confirmed()
    events = registry.merge(1, 2, 21)
    fresh = two_confirmed()
    with pytest.raises(InputError, match="event 9: expected event 7 here"):
        Registry.of([replace(events[0], seq=9)], snapshot=fresh.snapshot())
    with pytest.raises(InputError, match=r"event 7 \(confirmed\): nothing is known of 5"):
        Registry.of([Confirmed(seq=7, time=0, identity=5)], snapshot=fresh.snapshot())  # type: ignore[arg-type]  # a bare number
    with pytest.raises(InputError, match="event 7: id 2 was given out before"):
        Registry.of([Created(seq=7, time=0, identity=2)], snapshot=fresh.snapshot())  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "camweave.registry/9"}, "expected schema camweave.registry/1"),
        ({"next_id": None}, "snapshot: damaged"),
        ({"identities": [[1]]}, "snapshot: damaged"),
        ({"aliases": 3}, "snapshot: damaged"),
    ],
)
def test_a_damaged_snapshot_is_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        Registry.restore(two_confirmed().snapshot() | change)


def test_identities_are_told_for_the_rows_of_sightings() -> None:
    registry = two_confirmed()
    registry.merge(1, 2, 21, link=because("a1", "b1"))
    sightings = made_up([0, 0, 1], [0, 0, 0], [1, 1, 1], cameras=("a", "b"), tracklet_id=[1, 2, 1])
    found = registry.identities(sightings)
    assert found.identity.tolist() == [1, UNLINKED, 1]
    assert found.links == (because("a1", "b1"),)


@given(
    ends=st.lists(st.integers(0, 60), min_size=2, max_size=12),
    seed=st.integers(0, 10_000),
    memory=st.sampled_from([5.0, 1000.0]),
)
def test_ending_any_track_changes_no_other_objects_id(
    ends: list[int], seed: int, memory: float
) -> None:
    """Whatever the order in which tracks begin and end, and whenever they are forgotten."""
    registry, random = Registry(RegistryParams(memory=memory)), Random(seed)  # noqa: S311 - no secret
    begins = [random.randint(0, 30) for _ in ends]
    given_out: dict[int, int] = {}
    for now in range(100):
        for i, (begin, length) in enumerate(zip(begins, ends, strict=True)):
            if now == begin:
                span = seen(f"a{i}", begin, begin, growing=True)
                given_out[i] = minted(registry.mint([span], now))
            if now == begin + length + 1:
                registry.seen([seen(f"a{i}", begin, begin + length)], now)
        registry.forget(now)
        for i, identity in given_out.items():
            assert registry.identity_of(key(f"a{i}")) in {identity, UNLINKED}
            if now - begins[i] - ends[i] <= memory:
                assert registry.identity_of(key(f"a{i}")) == identity
