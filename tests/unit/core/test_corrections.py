import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.corrections import (
    CannotLink,
    Constraint,
    Constraints,
    Interval,
    MustLink,
    checked,
    meeting,
)
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey


def key(name: str) -> TrackletKey:
    """`a1` is tracklet 1 of camera a."""
    return TrackletKey(CameraId(name[0]), int(name[1:]))


def must(one: str, other: str) -> MustLink:
    return MustLink(key(one), key(other))


def cannot(one: str, other: str) -> CannotLink:
    return CannotLink(key(one), key(other))


def test_who_must_be_one_with_the_same_is_one() -> None:
    said = Constraints([must("a1", "b1"), must("b1", "c1"), must("d1", "d2")])
    assert said.group(key("a1")) == {key("a1"), key("b1"), key("c1")}
    assert said.group(key("e1")) == {key("e1")}
    assert said.together([key("a1")], [key("d1"), key("c1")]) == (key("a1"), key("c1"))
    assert said.together([key("a1")], [key("d1")]) is None


def test_who_is_apart_from_one_is_apart_from_all_that_are_one_with_it() -> None:
    said = Constraints([must("a1", "b1"), must("c1", "d1"), cannot("b1", "c1")])
    assert said.rivals(key("a1")) == {key("c1"), key("d1")}
    assert said.rivals(key("d1")) == {key("a1"), key("b1")}
    assert said.apart([key("e1"), key("a1")], [key("d1")]) == (key("a1"), key("d1"))
    assert said.apart([key("a1")], [key("b1"), key("e1")]) is None


def test_nothing_said_is_false() -> None:
    assert not Constraints()
    assert Constraints([cannot("a1", "b1")])
    assert Constraints([must("a1", "b1")])


@pytest.mark.parametrize(
    "said",
    [
        [must("a1", "b1"), cannot("b1", "a1")],
        [cannot("a1", "c1"), must("a1", "b1"), must("b1", "c1")],
        [cannot("a1", "a1")],
    ],
)
def test_a_contradiction_is_told_whatever_was_said_first(said: list[Constraint]) -> None:
    with pytest.raises(InputError, match=r"corrections hold ./1 and ./1 both together and apart"):
        Constraints(said)


SEEN: dict[TrackletKey, Interval] = {
    key("a1"): (0.0, 10.0),
    key("a2"): (9.0, 20.0),
    key("a3"): (30.0, 40.0),
    key("b1"): (0.0, 50.0),
    key("a4"): (35.0, float("inf")),
}


def test_two_that_one_camera_saw_at_once_cannot_be_held_together() -> None:
    with pytest.raises(InputError) as told:
        checked([must("a1", "a2")], SEEN)
    assert str(told.value) == (
        "a/1 and a/2 cannot be held together: a/1 and a/2 were both seen by a from 9 to 10 s"
    )


def test_nor_can_they_be_by_way_of_a_third() -> None:
    with pytest.raises(InputError) as told:
        checked([must("a1", "b1"), must("b1", "a2")], SEEN)
    assert str(told.value) == (
        "a/1 and b/1 cannot be held together: a/1 and a/2 were both seen by a "
        "from 9 to 10 s; corrections would make them one"
    )


def test_who_still_grows_is_seen_from_its_begin_on() -> None:
    with pytest.raises(InputError, match=r"a/3 and a/4 were both seen by a from 35 to 40 s"):
        checked([must("a3", "a4")], SEEN)


def test_a_short_overlap_and_another_camera_are_no_reason() -> None:
    assert checked([must("a1", "a2")], SEEN, most_overlap=1.0)
    assert checked([must("a1", "b1"), must("a1", "a3")], SEEN)
    assert checked([must("a1", "z9")], SEEN)  # of which nothing is known


intervals = st.dictionaries(
    st.builds(TrackletKey, st.sampled_from("ab").map(CameraId), st.integers(1, 9)),
    st.tuples(st.integers(0, 30), st.integers(0, 10)).map(lambda p: (float(p[0]), float(sum(p)))),
)


@given(intervals, st.sampled_from([0.0, 1.0]))
def test_a_meeting_is_found_if_and_only_if_there_is_one(
    seen: dict[TrackletKey, Interval], most: float
) -> None:
    there_is = any(
        one.camera == other.camera
        and one < other
        and min(seen[one][1], seen[other][1]) - max(seen[one][0], seen[other][0]) > most
        for one in seen
        for other in seen
    )
    found = meeting(seen, seen, most)
    assert (found is not None) == there_is
    if found is not None:
        one, other = found
        assert one.camera == other.camera
        assert min(seen[one][1], seen[other][1]) - max(seen[one][0], seen[other][0]) > most
