from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.linking.registry_world import because, is_lawful, key, kinds, seen, who

from camweave.core.errors import InputError
from camweave.core.events import Moved, Span
from camweave.core.tracks import UNLINKED
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry

A1, A2 = seen("a1", 0, 50), seen("a2", 60, 70)
B1, B2 = seen("b1", 0, 40), seen("b2", 60, 70)
C1 = seen("c1", 100, 130)


def two_paths() -> Registry:
    """1: a1 b2, 2: b1 a2."""
    registry = Registry()
    registry.mint([A1, B2], 70)
    registry.mint([B1, A2], 70)
    return registry


def test_the_same_parts_change_nothing() -> None:
    registry = two_paths()
    assert registry.carry_over([[B1, A2], [B2, A1]], 71) == ()


def test_exchanged_tails_move_and_no_id_is_minted() -> None:
    registry = two_paths()
    events = registry.carry_over([[A1, A2], [B1, B2]], 71, [because("a1", "a2")])
    assert kinds(events) == ["moved"]
    assert isinstance(events[0], Moved)
    assert {move.key: move.link for move in events[0].moves} == {
        key("a2"): because("a1", "a2"),
        key("b2"): None,
    }
    assert who(registry, "a1", "a2", "b1", "b2") == [1, 1, 2, 2]
    assert registry.links(1) == (because("a1", "a2"),)


def test_two_that_are_one_are_merged_and_the_older_stays() -> None:
    registry = two_paths()
    registry.mint([C1], 130)
    events = registry.carry_over([[B1, A2, C1]], 131, [because("a2", "c1")])
    assert kinds(events) == ["merged"]
    assert who(registry, "b1", "a2", "c1") == [2, 2, 2]
    assert registry.links(3) == (because("a2", "c1"),)


def test_a_part_that_leaves_gets_another_id_and_the_longer_part_keeps_its_own() -> None:
    registry = two_paths()
    events = registry.carry_over([[A2], [B1]], 71)
    assert kinds(events) == ["split"]
    assert who(registry, "a1", "b1", "a2", "b2") == [1, 2, 3, 1]


def test_who_is_new_is_linked_or_minted() -> None:
    registry = two_paths()
    events = registry.carry_over([[A1, C1], [seen("d1", 5, 6)]], 131, [because("b2", "c1")])
    assert kinds(events) == ["linked", "created", "linked"]
    assert who(registry, "c1", "d1", "b2") == [1, 3, 1]


def test_what_is_not_named_stays_with_most_of_its_identity() -> None:
    registry = Registry()
    registry.mint([A1, A2, C1], 130)
    registry.carry_over([[A2], [C1]], 131)
    assert who(registry, "a1", "a2", "c1") == [1, 2, 1]


def test_whole_seconds_are_carried_over_not_the_first_come() -> None:
    """The best matching for all gives 1 to the second part, though the first one has most of it."""
    registry = Registry()
    registry.mint([seen("a1", 0, 50), seen("a2", 60, 100)], 100)
    registry.mint([seen("b1", 0, 49)], 100)
    registry.carry_over([[seen("a1", 0, 50), seen("b1", 0, 49)], [seen("a2", 60, 100)]], 101)
    assert who(registry, "a1", "b1", "a2") == [2, 2, 1]


def test_of_equals_the_older_id_keeps_more() -> None:
    """15 s keep their id either way; 1 rather keeps 10 of them than 5."""
    registry = Registry()
    registry.mint([seen("a1", 0, 10), seen("a2", 20, 25)], 30)
    registry.mint([seen("b1", 0, 10), seen("b2", 20, 25)], 30)
    registry.carry_over(
        [[seen("a2", 20, 25), seen("b2", 20, 25)], [seen("a1", 0, 10), seen("b1", 0, 10)]], 31
    )
    assert who(registry, "a1", "b1", "a2", "b2") == [1, 1, 2, 2]


def test_a_tracklet_in_two_parts_is_refused() -> None:
    with pytest.raises(InputError, match="carry over: a/1 is in two parts, or twice in one"):
        two_paths().carry_over([[A1], [A1, C1]], 71)


def test_parts_that_cannot_be_are_mended() -> None:
    registry = two_paths()
    registry.lock(key("a1"), key("b2"), 71, together=True)
    registry.lock(key("b1"), key("a2"), 71, together=True)
    registry.lock(key("a1"), key("b1"), 72, together=False)
    assert registry.carry_over([[A1, A2], [B1, B2]], 73) == ()
    registry.carry_over([[A1, A2, B1, B2, C1, seen("c2", 90, 120)]], 131)
    assert is_lawful(registry)
    assert who(registry, "a1", "b2", "b1", "a2") == [1, 1, 2, 2]


@given(seed=st.integers(0, 1 << 30))
def test_ids_follow_the_seconds_whatever_the_parts(seed: int) -> None:
    """Parts become what was asked, again changes nothing, and most seconds keep their id."""
    random, registry = Random(seed), Registry()  # noqa: S311 - no secret
    spans = [seen(f"{'abcdefgh'[i]}{i}", 10 * i, 10 * i + random.randint(0, 9)) for i in range(8)]
    for part in _parted(random, spans[:6]):
        registry.mint(part, 100)
    before = {span.key: registry.identity_of(span.key) for span in spans}
    parts = _parted(random, spans)
    registry.carry_over(parts, 101)
    for part in parts:
        assert len({registry.identity_of(span.key) for span in part}) == 1
    assert len({registry.identity_of(part[0].key) for part in parts}) == len(parts)
    assert registry.carry_over(parts, 102) == ()
    for part in parts:
        ours = {span.key for span in part}
        olds = {home for home in (before[span.key] for span in part) if home != UNLINKED}
        if olds and all(where in ours for where, home in before.items() if home in olds):
            assert registry.identity_of(part[0].key) == min(olds)


def _parted(random: Random, spans: list[Span]) -> list[list[Span]]:
    parts: list[list[Span]] = [[] for _ in range(4)]
    for span in spans:
        random.choice(parts).append(span)
    return [part for part in parts if part]


def test_two_whom_one_frame_shows_are_two_where_nothing_may_be_shared() -> None:
    """One ends in the frame in which the other begins: they share an instant, and 0 s."""
    registry = Registry(RegistryParams(most_overlap=0.0))
    registry.mint([seen("a1", 1.0, 5.0)], 6.0)
    registry.mint([seen("a2", 5.0, 7.0)], 8.0)
    registry.carry_over([[seen("a1", 1.0, 5.0), seen("a2", 5.0, 7.0)]], 9.0)
    one, other = who(registry, "a1", "a2")
    assert one != other
    assert registry.why_not_merge(one, other) is not None
    later = seen("a3", 7.1, 9.0)
    assert registry.why_not_link(later, one) is None
