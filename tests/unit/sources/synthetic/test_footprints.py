import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camweave.sources.synthetic.footprints import BEFORE, BEHIND, INSIDE, Footprints, who_hides
from camweave.sources.synthetic.ordering import far_to_near

EYE = np.array([0.0, -30.0])


def footprint(x: float, y: float, turn: float, half: tuple[float, float]) -> Footprints:
    return Footprints(
        np.array([[x, y]]), np.array([[np.cos(turn), np.sin(turn)]]), np.array([half])
    )


@st.composite
def rectangles(draw: st.DrawFn) -> Footprints:
    metre, turn = st.floats(-20, 20), st.floats(0, 6.3)
    half = draw(st.tuples(st.floats(0.2, 6), st.floats(0.2, 2)))
    return footprint(draw(metre), draw(metre), draw(turn), half)


@given(rectangles(), rectangles())
def test_if_one_can_hide_the_other_the_other_cannot_hide_it(a: Footprints, b: Footprints) -> None:
    assert who_hides(a, b, EYE) == -who_hides(b, a, EYE)


@given(st.floats(-20, 20), st.floats(0.5, 20), st.floats(0, 6.3))
def test_on_one_line_of_sight_the_nearer_one_hides(x: float, gap: float, turn: float) -> None:
    near = np.array([x, 0.0])
    far = near + (near - EYE) / np.linalg.norm(near - EYE) * (gap + 3.0)
    one = footprint(near[0], near[1], turn, (1.0, 1.0))
    other = footprint(far[0], far[1], turn, (1.0, 1.0))
    assert who_hides(one, other, EYE) == BEFORE
    assert who_hides(other, one, EYE) == BEHIND


def test_who_stands_beside_a_bus_is_not_taken_for_behind_it() -> None:
    bus = footprint(0.0, 0.0, 0.0, (6.0, 1.25))
    person = footprint(5.5, -1.8, 0.0, (0.25, 0.25))
    assert who_hides(person, bus, EYE) == BEFORE


def test_who_stands_within_a_house_is_inside() -> None:
    house = footprint(0.0, 0.0, 0.0, (6.0, 6.0))
    assert who_hides(footprint(1.0, 1.0, 0.0, (0.25, 0.25)), house, EYE) == INSIDE


def test_the_hidden_one_is_painted_first_even_when_its_middle_is_nearer() -> None:
    assert far_to_near([(0, 1)], [9.0, 4.0]) == [1, 0]


def test_without_overlap_the_far_ones_are_painted_first() -> None:
    assert far_to_near([], [3.0, 9.0, 5.0]) == [1, 2, 0]


def test_a_circle_of_hiding_is_painted_all_the_same() -> None:
    assert sorted(far_to_near([(0, 1), (1, 2), (2, 0)], [1.0, 2.0, 3.0])) == [0, 1, 2]
