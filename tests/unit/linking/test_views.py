from dataclasses import replace

import numpy as np
import pytest

from camweave.core.arrays import F64
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets
from camweave.linking.views import ViewParams, fit_view_pair
from camweave.ops.ground import to_ground, to_image

ONE = np.array([[0.02, 0.001, -6.0], [0.0, -0.05, 30.0], [0.0, 0.004, -0.4]])
TURN = np.array([[0.94, -0.342, 6.156], [0.342, 0.94, 1.08], [0.0, 0.0, 1.0]])  # about (0, 18) m
OTHER = TURN @ ONE
QUICK = ViewParams(skew=0.5, step=0.5, guesses=400)


def seen(name: str, homography: F64, walks: list[F64], starts: F64, *, late: float) -> Tracklets:
    """Walks (T, 2) m, 5 places a second, as boxes 60 px high; the clock runs `late` s behind."""
    feet = [to_image(homography, walk) for walk in walks]
    boxes = [
        np.hstack([f - np.array([12, 60]), f + np.array([12, 0])]).astype(np.float32) for f in feet
    ]
    time = np.concatenate(
        [s - late + np.arange(len(w)) / 5 for s, w in zip(starts, walks, strict=True)]
    )
    count = [len(w) for w in walks]
    rows = sum(count)
    return Tracklets(
        camera=CameraId(name),
        fps=5.0,
        width=640,
        height=480,
        tracklet_id=np.arange(1, len(walks) + 1),
        class_id=np.zeros(len(walks), np.int32),
        offsets=np.cumsum([0, *count]).astype(np.int64),
        frame=np.arange(rows),
        time=time,
        xyxy=np.concatenate(boxes),
        score=np.ones(rows, np.float32),
        detection=np.arange(rows),
    )


def walkers(count: int) -> tuple[list[F64], F64]:
    rng = np.random.default_rng(5)
    start = to_ground(ONE, rng.uniform((100, 200), (540, 440), (count, 2)))
    end = to_ground(ONE, rng.uniform((100, 200), (540, 440), (count, 2)))
    along = np.linspace(0, 1, 20)[None, :, None]
    return list(start[:, None] + (end - start)[:, None] * along), np.arange(
        count, dtype=np.float64
    ) * 2


def test_two_views_are_laid_over_each_other_by_who_walks_through_both() -> None:
    walks, starts = walkers(16)
    one, other = (
        seen(n, h, walks, starts, late=late) for n, h, late in (("a", ONE, 0.0), ("b", OTHER, 0.3))
    )
    found = fit_view_pair(one, other, QUICK)
    assert found is not None
    assert len(found.pairs) >= 10
    assert (found.pairs[:, 0] == found.pairs[:, 1]).all()
    assert found.offset == pytest.approx(0.3, abs=0.1)
    assert found.error < 0.1


def test_too_few_walkers_tell_nothing() -> None:
    walks, starts = walkers(5)
    one, other = (seen(n, h, walks, starts, late=0.0) for n, h in (("a", ONE), ("b", OTHER)))
    assert fit_view_pair(one, other, QUICK) is None


def test_views_of_different_people_are_not_laid_over_each_other() -> None:
    walks, starts = walkers(32)
    one, other = (
        seen("a", ONE, walks[:16], starts[:16], late=0.0),
        seen("b", OTHER, walks[16:], starts[:16], late=0.0),
    )
    assert fit_view_pair(one, other, QUICK) is None


def test_feet_that_the_images_edge_cuts_off_are_left_out() -> None:
    """Half of the walkers' boxes end at the lower edge of the one image, 40 px above their feet."""
    walks, starts = walkers(24)
    one, other = (seen(n, h, walks, starts, late=0.0) for n, h in (("a", ONE), ("b", OTHER)))
    low = 340
    cut = replace(
        one, height=low, xyxy=np.minimum(one.xyxy, np.array([640, low, 640, low], np.float32))
    )
    found = fit_view_pair(cut, other, ViewParams(skew=0.1, step=0.1, guesses=150))
    assert found is not None
    there = np.array([[200.0, 260.0], [400.0, 300.0], [300.0, 330.0]])
    miss = to_ground(found.homography, there) - to_image(OTHER, to_ground(ONE, there))
    assert np.abs(miss).max() < 2.0  # px
