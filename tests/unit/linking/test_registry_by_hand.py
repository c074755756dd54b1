import pytest
from tests.unit.linking.registry_world import because, is_lawful, key, kinds, seen, who

from camweave.core.corrections import CannotLink, MustLink
from camweave.core.errors import InputError
from camweave.core.events import Corrected, Event, Undone
from camweave.linking.registry.registry import Registry


def a_site() -> Registry:
    """1: a1 a2, 2: b1 b2, 3: c1, at rising times, all confirmed."""
    registry = Registry()
    registry.mint([seen("a1", 0, 9), seen("a2", 10, 15)], 15)
    registry.mint([seen("b1", 20, 29), seen("b2", 30, 35)], 35)
    registry.mint([seen("c1", 40, 49)], 49)
    for identity in (1, 2, 3):
        registry.confirm(identity, 50)
    return registry


ALL = ("a1", "a2", "b1", "b2", "c1")


def number(events: tuple[Event, ...]) -> int:
    first = events[0]
    assert isinstance(first, Corrected)
    return first.seq


def test_a_merge_by_hand_binds_the_longest_of_each() -> None:
    registry = a_site()
    events = registry.merge_by_hand(2, 1, 51, who="ann", at=1.7e9)
    assert kinds(events) == ["corrected", "merged"]
    said = registry.corrections[number(events)]
    assert (said.kind, said.who, said.at) == ("merge", "ann", 1.7e9)
    assert set(said.constraints) == {MustLink(key("b1"), key("a1"))}
    assert who(registry, *ALL) == [1, 1, 1, 1, 3]
    with pytest.raises(InputError, match="merge: 1 and 2 are one identity already"):
        registry.merge_by_hand(1, 2, 52)


def test_what_is_held_together_is_not_split_by_the_linker() -> None:
    registry = a_site()
    registry.merge_by_hand(1, 2, 51)
    with pytest.raises(InputError, match="split: b/1 and a/1 are held together by correction"):
        registry.split(1, [key("b1"), key("b2")], 52)
    registry.split(1, [key("b2")], 52)  # of which nobody spoke
    with pytest.raises(InputError, match="held together by correction"):
        registry.split_by_hand(1, [key("b1")], 53)


def test_what_is_held_apart_is_not_joined_by_the_linker() -> None:
    registry = a_site()
    registry.merge(1, 2, 51)
    registry.split_by_hand(1, [key("b1"), key("b2")], 52, who="bob")
    assert who(registry, *ALL) == [1, 1, 2, 2, 3]
    with pytest.raises(
        InputError, match=r"are held apart by correction 13 \(bob\); undo that first"
    ):
        registry.merge(1, 2, 53)
    with pytest.raises(InputError, match=r"merge: a/1 and b/1 are held apart by correction 13"):
        registry.merge_by_hand(1, 2, 53)
    registry.carry_over(
        [[seen("a1", 0, 9), seen("a2", 10, 15), seen("b1", 20, 29), seen("b2", 30, 35)]], 55
    )
    assert who(registry, *ALL) == [1, 1, 2, 2, 3]


def test_a_lock_apart_works_before_anything_went_wrong() -> None:
    registry = a_site()
    registry.lock(key("a1"), key("c1"), 51, together=False)
    assert registry.why_not_merge(1, 3) is not None
    registry.merge(1, 2, 52)
    with pytest.raises(InputError, match="a/1 and c/1 are held apart"):
        registry.merge(2, 3, 53)


def test_who_is_held_together_cannot_be_locked_apart() -> None:
    registry = a_site()
    registry.lock(key("a1"), key("b1"), 51, together=True, who="ann")
    registry.lock(key("b1"), key("c1"), 52, together=True)
    with pytest.raises(InputError, match=r"held together by corrections \d+ \(ann\), \d+; undo"):
        registry.lock(key("a1"), key("c1"), 53, together=False)


def test_a_lock_together_joins() -> None:
    registry = a_site()
    events = registry.lock(key("c1"), key("b2"), 51, together=True)
    assert kinds(events) == ["corrected", "merged"]
    assert kinds(registry.lock(key("a1"), key("a2"), 52, together=True)) == ["corrected"]
    assert who(registry, *ALL) == [1, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("one", "other", "together", "says"),
    [
        ("a1", "a2", False, "lock: a/1 and a/2 are both of identity 1; split it"),
        ("a1", "a1", False, "lock: a/1 cannot be held apart from itself"),
        ("a1", "d9", True, "lock: d/9 is of no identity, or is forgotten"),
    ],
)
def test_a_lock_that_cannot_be_is_refused(one: str, other: str, together: bool, says: str) -> None:
    registry = a_site()
    before = registry.snapshot()
    with pytest.raises(InputError, match=says):
        registry.lock(key(one), key(other), 51, together=together)
    assert registry.snapshot() == before


def test_two_seen_at_once_cannot_be_held_together_not_even_by_way_of_others() -> None:
    registry = a_site()
    registry.mint([seen("a3", 5, 8)], 51)
    with pytest.raises(InputError, match="a/1 and a/3 were both seen by a from 5 to 8 s"):
        registry.lock(key("a1"), key("a3"), 52, together=True)
    registry.lock(key("a1"), key("b1"), 52, together=True)
    before = registry.snapshot()
    with pytest.raises(InputError, match=r"a/1 and a/3 were both seen .* would make them one"):
        registry.lock(key("b1"), key("a3"), 53, together=True)
    with pytest.raises(InputError, match="cannot be one: a/1 and a/3 were seen by a at the same"):
        registry.lock(key("b2"), key("a3"), 53, together=True)
    assert registry.snapshot() == before


def test_undo_gives_back_members_and_ids_and_keeps_the_history() -> None:
    registry = a_site()
    merged = registry.merge_by_hand(1, 2, 51)
    events = registry.undo(52, who="ann")
    assert kinds(events) == ["undone", "split"]
    assert who(registry, *ALL) == [1, 1, 2, 2, 3]
    assert [registry.resolve(i) for i in (1, 2, 3)] == [1, 2, 3]
    assert registry.corrections == {}
    assert isinstance(events[0], Undone)
    assert events[0].undo.of == number(merged)
    assert registry.status(2) == "confirmed"
    assert registry.merge(1, 2, 53)  # nobody forbids it now


def test_undo_takes_along_who_was_linked_since() -> None:
    registry = a_site()
    registry.merge_by_hand(1, 2, 51)
    registry.link(1, seen("d1", 60, 65), 65, because("b2", "d1"))
    registry.link(1, seen("e1", 70, 75), 75, because("d1", "e1"))
    registry.link(1, seen("f1", 70, 75), 75, because("a2", "f1"))
    registry.undo(76)
    assert who(registry, "a1", "b1", "d1", "e1", "f1") == [1, 2, 2, 2, 1]


def test_undo_of_a_split_joins_again_under_the_same_id() -> None:
    registry = a_site()
    registry.split_by_hand(1, [key("a1")], 51)
    assert who(registry, "a1", "a2") == [1, 4]
    registry.undo(52)
    assert who(registry, "a1", "a2") == [1, 1]
    assert registry.resolve(4) == 1


def test_any_correction_that_stands_can_be_undone() -> None:
    registry = a_site()
    first = number(registry.merge_by_hand(1, 2, 51))
    second = number(registry.lock(key("a1"), key("c1"), 52, together=False))
    with pytest.raises(InputError, match=f"undo: correction 99 .*; these do: {first}, {second}"):
        registry.undo(53, 99)
    registry.undo(53, first)
    assert who(registry, *ALL) == [1, 1, 2, 2, 3]
    registry.undo(54)
    assert registry.merge(1, 3, 55)
    with pytest.raises(InputError, match="undo: no correction stands"):
        registry.undo(56)


def test_what_two_corrections_hold_together_one_undo_does_not_part() -> None:
    registry = a_site()
    first = number(registry.merge_by_hand(1, 2, 51))
    registry.lock(key("a2"), key("b2"), 52, together=True)
    assert kinds(registry.undo(53, first)) == ["undone"]
    assert who(registry, *ALL) == [1, 1, 1, 1, 3]


def test_a_camera_that_sees_both_again_overrules_a_lock() -> None:
    registry = Registry()
    registry.mint([seen("a1", 0, 9)], 9)
    registry.mint([seen("a2", 10, 15)], 15)
    registry.merge_by_hand(1, 2, 16)
    registry.seen([seen("a1", 0, 14)], 17)
    assert who(registry, "a1", "a2") == [1, 2]
    assert is_lawful(registry)


def test_corrections_survive_a_restart() -> None:
    registry = a_site()
    registry.lock(key("a1"), key("c1"), 51, together=False)
    registry.merge_by_hand(1, 2, 52)
    again = Registry.restore(registry.snapshot())
    assert again.constraints.rivals(key("b1")) == {key("c1")}
    again.undo(53)
    assert who(again, *ALL) == [1, 1, 2, 2, 3]
    assert next(iter(again.corrections.values())).constraints == (CannotLink(key("a1"), key("c1")),)
