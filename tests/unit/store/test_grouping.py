"""Statements are grouped without changing what comes of them."""

from hypothesis import given
from hypothesis import strategies as st

from camweave.store.grouping import Touched, grouped

Step = tuple[str, tuple[int, int, int]]
"""What is done, by its number; to what, and what must be there."""


def touched(statement: str, values: tuple[int, int, int]) -> Touched | None:
    """D is done to anything."""
    _, changed, needed = values
    return None if statement == "D" else Touched((changed,), (needed,))


def at_odds(one: Step, other: Step) -> bool:
    """Whether two steps may not change places."""
    (what, (_, changed, needed)), (then, (_, changes, needs)) = one, other
    return "D" in {what, then} or changed in {changes, needs} or changes == needed


@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(0, 3), st.integers(0, 3))))
def test_what_touches_the_same_keeps_its_order_and_nothing_is_left_out(
    told: list[tuple[str, int, int]],
) -> None:
    steps: list[Step] = [(what, (at, *rows)) for at, (what, *rows) in enumerate(told)]  # type: ignore[misc]  # two rows
    groups = [own for _, own in grouped(steps, touched)]
    place = {values[0]: at for at, own in enumerate(groups) for values in own}
    assert sorted(place) == list(range(len(steps)))
    for later, step in enumerate(steps):
        before = [at for at in range(later) if at_odds(steps[at], step)]
        assert all(place[at] < place[later] for at in before)


def test_many_of_one_kind_go_together_though_others_are_between_them() -> None:
    steps: list[Step] = [(what, (at, at, at)) for at, what in enumerate("ABABAB")]
    assert [(what, len(own)) for what, own in grouped(steps, touched)] == [("A", 3), ("B", 3)]
