import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from camweave.sources.synthetic.recorded.following import OUT, follow

FPS = 10.0
SURE, WEAK = 0.9, 0.3


def followed(
    frames: list[int],
    scores: list[float] | None = None,
    *,
    x: list[float] | None = None,
    who: list[int] | None = None,
    patience: float = 1.5,
) -> tuple[list[int], int]:
    """The labels of boxes 20 px wide that stand at `x`, and how many tracklets they are."""
    count = len(frames)
    left = np.array(x if x is not None else [100.0] * count)
    box = np.stack([left, left * 0 + 50, left + 20, left * 0 + 90], axis=1).astype(np.float32)
    label = np.empty(count, np.int64)
    frame = np.array(frames, np.int64)
    made = follow(
        np.array(who if who is not None else [1] * count, np.int64),
        frame,
        frame / FPS,
        box,
        np.array(scores if scores is not None else [SURE] * count, np.float32),
        0.6,
        0.7,
        patience,
        label,
    )
    return label.tolist(), int(made)


def test_who_is_found_in_every_frame_is_one_tracklet() -> None:
    assert followed(list(range(20))) == ([0] * 20, 1)


def test_a_gap_shorter_than_the_patience_breaks_nothing() -> None:
    assert followed([0, 1, 2, 14, 15, 16])[0] == [0] * 6


def test_a_gap_longer_than_the_patience_makes_two() -> None:
    assert followed([0, 1, 2, 30, 31, 32]) == ([0, 0, 0, 1, 1, 1], 2)


def test_what_nothing_confirms_is_no_tracklet() -> None:
    assert followed([0, 5, 6, 7]) == ([OUT, 0, 0, 0], 1)
    assert followed([0]) == ([OUT], 0)


def test_a_weak_detection_begins_nothing_and_carries_on() -> None:
    scores = [WEAK, SURE, SURE, WEAK, WEAK, SURE]
    assert followed(list(range(6)), scores)[0] == [OUT, 0, 0, 0, 0, 0]


def test_a_weak_detection_brings_nobody_back() -> None:
    assert followed([0, 1, 2, 6, 7], [SURE, SURE, SURE, WEAK, SURE])[0] == [0, 0, 0, OUT, 0]


def test_who_moves_evenly_is_found_again_where_expected() -> None:
    frames = [*range(10), *range(18, 24)]
    x = [100.0 + 6 * frame for frame in frames]
    assert followed(frames, x=x)[0] == [0] * len(frames)


def test_who_turns_up_elsewhere_is_a_new_tracklet() -> None:
    frames = [*range(10), *range(18, 24)]
    x = [100.0] * 10 + [300.0] * 6
    assert followed(frames, x=x)[0] == [0] * 10 + [1] * 6


def test_two_objects_are_never_in_one_tracklet() -> None:
    labels, count = followed([0, 1, 2, 0, 1, 2], who=[1, 1, 1, 2, 2, 2])
    assert labels == [0, 0, 0, 1, 1, 1]
    assert count == 2


def drawn(label: list[int]) -> NDArray[np.int64]:
    return np.array(sorted({one for one in label if one != OUT}), np.int64)


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 60)), min_size=1, max_size=60, unique=True
    ),
    st.lists(st.floats(0.0, 1.0), min_size=60, max_size=60),
)
def test_labels_are_counted_without_a_gap_and_each_has_two_rows(
    rows: list[tuple[int, int]], scores: list[float]
) -> None:
    rows = sorted(rows)
    labels, count = followed(
        [frame for _, frame in rows], scores[: len(rows)], who=[who for who, _ in rows]
    )
    assert drawn(labels).tolist() == list(range(count))
    for number in range(count):
        mine = [row for row, label in zip(rows, labels, strict=True) if label == number]
        assert len(mine) >= 2
        assert len({who for who, _ in mine}) == 1
