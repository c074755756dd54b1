"""What a process tells of itself is gathered from all its parts."""

from hypothesis import given
from hypothesis import strategies as st

from camweave.app.runtime.board import Board
from camweave.core.station import Figure

NAMES = st.lists(st.sampled_from("abc"), max_size=5)


@given(st.lists(NAMES, max_size=4))
def test_figures_of_one_name_stand_together_whoever_tells_them(parts: list[list[str]]) -> None:
    board = Board()
    for part, names in enumerate(parts):
        told = [Figure(name=name, help="", value=part) for name in names]
        board.add(told.copy)
    names = [each.name for each in board.figures()]
    assert sorted(names) == sorted(name for part in parts for name in part)
    assert names == sorted(names)


def test_trouble_of_any_part_is_told() -> None:
    board = Board()
    board.add(list, lambda: "")
    assert board.trouble() is None
    board.add(list, lambda: "the store is away")
    board.add(list)
    assert board.trouble() == "the store is away"
