import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.refinement.filling import Fill, Paths, fill
from camweave.refinement.params import RefineParams
from camweave.refinement.sway import STEADY, Sway

FPS = 10.0


def path(frames: np.ndarray, x: np.ndarray, track: int = 0) -> Paths:
    boxes = np.stack([x, np.zeros_like(x), x + 40, np.full_like(x, 100.0)], axis=1)
    score = np.linspace(0.5, 0.9, len(frames)).astype(np.float32)
    return Paths(np.full(len(frames), track), frames, frames / FPS, boxes, score)


def filled(paths: Paths, filling: str, sway: Sway = STEADY) -> Fill:
    return fill(paths, sway, RefineParams(filling=filling))  # type: ignore[arg-type]  # words


@pytest.mark.parametrize("filling", ["linear", "gaussian"])
def test_who_goes_straight_is_filled_straight(filling: str) -> None:
    frames = np.array([*range(10), *range(15, 25)])
    done = filled(path(frames, 5.0 * frames), filling)
    assert done.frame.tolist() == [10, 11, 12, 13, 14]
    np.testing.assert_allclose(done.time, done.frame / FPS)
    np.testing.assert_allclose(done.xyxy[:, 0], 5.0 * done.frame, atol=1e-3)


def test_who_turns_in_a_gap_is_better_filled_by_the_gaussian_process() -> None:
    frames = np.array([*range(10), *range(18, 28)])
    bend = 200 * np.sin(frames / 8)
    paths = path(frames, bend)
    truth = 200 * np.sin(np.arange(10, 18) / 8)
    off = {
        kind: np.abs(filled(paths, kind).xyxy[:, 0] - truth).max()
        for kind in ("linear", "gaussian")
    }
    assert off["gaussian"] < 0.5 * off["linear"]


def test_a_gap_beyond_the_longest_is_left_open() -> None:
    frames = np.array([0, 1, 2, 3, 60, 61, 62])
    assert not len(filled(path(frames, 5.0 * frames), "linear").frame)


def test_two_tracks_are_two_paths() -> None:
    frames = np.array([0, 1, 2, 5, 6, 7])
    paths = path(frames, 5.0 * frames)
    apart = Paths(np.array([0, 0, 0, 1, 1, 1]), *(getattr(paths, n) for n in PARTS))
    assert not len(filled(apart, "gaussian").frame)


PARTS = ("frame", "time", "xyxy", "score")


def test_a_filled_row_is_no_surer_than_the_ends_of_its_gap() -> None:
    frames = np.array([0, 1, 4, 5])
    paths = path(frames, 5.0 * frames)
    np.testing.assert_array_equal(filled(paths, "linear").score, np.repeat(paths.score[1], 2))


def test_a_filled_row_goes_along_with_the_camera() -> None:
    frames = np.array([0, 1, 2, 6, 7, 8])
    shaken = Sway(np.arange(9) / FPS, np.stack([np.arange(9) % 2 * 30.0, np.zeros(9)], axis=1))
    paths = path(frames, 5.0 * frames + frames % 2 * 30.0)
    done = filled(paths, "linear", shaken)
    np.testing.assert_allclose(done.xyxy[:, 0], 5.0 * done.frame + done.frame % 2 * 30, atol=1e-3)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_a_straight_filling_lies_between_its_ends(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = np.cumsum(rng.integers(1, 5, 30))
    paths = path(frames, np.cumsum(rng.normal(0, 20, 30)))
    done = filled(paths, "linear")
    ends = paths.xyxy[done.after], paths.xyxy[done.after + 1]
    assert (done.xyxy >= np.minimum(*ends) - 1e-3).all()
    assert (done.xyxy <= np.maximum(*ends) + 1e-3).all()
    assert len(set(frames) | set(done.frame)) == len(frames) + len(done.frame)
