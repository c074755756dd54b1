import numpy as np

from camweave.sources.synthetic.recorded.faults import break_up, exchange

FPS = 10.0


def crowd(count: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels and frames of so many tracklets, all at the same time."""
    return np.repeat(np.arange(count), length), np.tile(np.arange(length), count)


def test_the_share_of_broken_tracklets_is_the_one_asked_for() -> None:
    label, frame = crowd(400, 60)
    sight = np.ones(len(label))
    broken = break_up(label, frame / FPS, sight, share=0.25, rng=np.random.default_rng(1))
    assert 0.2 < (broken.max() >= 400) * len(np.unique(broken[broken >= 400])) / 400 < 0.3


def test_a_break_loses_the_rows_where_most_is_hidden() -> None:
    label, frame = crowd(1, 100)
    sight = np.where(np.abs(frame - 40) < 5, 0.3, 1.0)
    sight[40] = 0.1
    broken = break_up(label, frame / FPS, sight, share=1.0, rng=np.random.default_rng(2))
    assert broken[40] == -1
    assert set(broken[:30].tolist()) == {0}
    assert set(broken[60:].tolist()) == {1}


def test_nothing_is_broken_unless_asked_for_or_too_short() -> None:
    label, frame = crowd(5, 8)
    rng = np.random.default_rng(3)
    assert break_up(label, frame / FPS, np.ones(40), share=0.0, rng=rng) is label
    assert (break_up(label, frame / FPS, np.ones(40), share=1.0, rng=rng) == label).all()


def passing() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two who walk through each other in the middle of 41 frames, and one far away."""
    label, frame = crowd(3, 41)
    x = np.where(label == 0, frame * 5, np.where(label == 1, 200 - frame * 5, 2000))
    box = np.stack([x, x * 0, x + 20, x * 0 + 40], axis=1).astype(np.float32)
    return label, frame, box


def test_ids_are_exchanged_where_two_pass() -> None:
    label, frame, box = passing()
    out = exchange(label, frame, box, np.zeros(len(label), np.int64), share=0.9)
    early, late = frame < 18, frame > 22
    assert (out[early] == label[early]).all()
    assert set(out[late & (label == 0)].tolist()) == {1}
    assert set(out[late & (label == 1)].tolist()) == {0}
    assert (out[label == 2] == 2).all()


def test_people_are_not_taken_for_vehicles() -> None:
    label, frame, box = passing()
    assert (exchange(label, frame, box, (label == 0).astype(np.int64), share=0.9) == label).all()


def test_an_exchange_leaves_no_two_rows_of_a_label_in_a_frame() -> None:
    label, frame, box = passing()
    out = exchange(label, frame, box, np.zeros(len(label), np.int64), share=0.9)
    assert len(np.unique(np.stack([out, frame]), axis=1).T) == len(out)
