from hypothesis import given
from hypothesis import strategies as st

from camweave.core.picture import WIDTHS, rung

widths = st.integers(1, 10_000)


@given(widths)
def test_a_picture_is_never_narrower_than_it_was_asked_for(width: int) -> None:
    got = rung(width)
    assert width > max(WIDTHS) if got is None else got >= width


@given(widths, widths)
def test_who_asks_for_more_gets_no_less(one: int, other: int) -> None:
    less, more = sorted((one, other))
    got = [rung(width) or 1 << 20 for width in (less, more)]
    assert got == sorted(got)


@given(widths)
def test_there_are_no_more_sizes_than_a_few(width: int) -> None:
    assert rung(width) in {*WIDTHS, None}
    assert rung(rung(width)) == rung(width)
