from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from camweave.sources.synthetic.backdrop import occluders_of
from camweave.sources.synthetic.plan import Block, Scenario
from camweave.sources.synthetic.recorded.filming import film_scenario
from camweave.sources.synthetic.recorded.footage import Footage
from camweave.sources.synthetic.recorded.obstacles import without_facades
from camweave.sources.synthetic.scenarios import world_of
from camweave.sources.synthetic.truth import CameraTruth, camera_truth

MakeScenario = Callable[..., Scenario]


def pairs(exact: CameraTruth, fast: CameraTruth) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    keys = [truth.frame * 2**32 + truth.object_id for truth in (exact, fast)]
    _, a, b = np.intersect1d(keys[0], keys[1], return_indices=True)
    assert len(a) > 0.99 * max(len(exact), len(fast))
    return a.astype(np.int64), b.astype(np.int64)


@pytest.fixture(scope="module")
def footage(square: Scenario) -> Footage:
    return next(iter(film_scenario(square)))


@pytest.fixture(scope="module")
def exact(square: Scenario, footage: Footage) -> CameraTruth:
    return camera_truth(world_of(square), footage.spec, footage.times)


def test_who_is_seen_is_told_as_the_exact_truth_tells_it(
    exact: CameraTruth, footage: Footage
) -> None:
    fast = footage.seen.truth
    a, b = pairs(exact, fast)
    one, other = exact.visibility[a], fast.visibility[b]
    assert np.corrcoef(one, other)[0, 1] > 0.94
    assert np.abs(one - other).mean() < 0.06
    assert ((one >= 0.25) == (other >= 0.25)).mean() > 0.94


def test_boxes_are_those_of_the_exact_truth_but_for_a_pixel_or_two(
    exact: CameraTruth, footage: Footage
) -> None:
    fast = footage.seen.truth
    a, b = pairs(exact, fast)
    off = np.abs(exact.xyxy[a] - fast.xyxy[b])
    on_foot = exact.class_id[a] == 0
    height = exact.xyxy[a, 3] - exact.xyxy[a, 1]
    assert np.median(off[~on_foot]) < 0.5
    assert np.median(off[on_foot]) < 1.0
    assert np.median(off[on_foot][:, 3] / height[on_foot]) < 0.05


def test_behind_a_wall_nobody_is_seen(small_scenario: MakeScenario, wall: Block) -> None:
    hidden = next(iter(film_scenario(small_scenario(things=(wall,)))))
    open_view = next(iter(film_scenario(small_scenario())))
    assert hidden.seen.truth.visibility.max() < 0.05
    assert open_view.seen.truth.visibility.max() == 1
    assert open_view.seen.truth.visibility.mean() > 0.5


def test_houses_without_facades_hide_the_same(square: Scenario) -> None:
    plan, spec = square.plan, square.cameras[0]
    painted = []
    for one in (plan, without_facades(plan)):
        picture = np.zeros((spec.height, spec.width), np.bool_)
        for thing in occluders_of(one, spec):
            left, top, right, bottom = thing.box
            picture[top:bottom, left:right] |= thing.mask > 0
        painted.append(picture)
    assert painted[0].mean() > 0.05
    assert (painted[0] != painted[1]).mean() < 0.003


def test_who_comes_towards_the_camera_is_seen_from_the_front(footage: Footage) -> None:
    truth, eye = footage.seen.truth, np.array(footage.spec.position[:2])
    rows = np.flatnonzero(truth.class_id != 0)
    rows = rows[np.lexsort((truth.frame[rows], truth.object_id[rows]))]
    away = np.hypot(*(truth.ground[rows] - eye).T)
    same = np.diff(truth.object_id[rows]) == 0
    nearer = np.diff(away)
    bearing = np.abs(footage.seen.bearing[rows[:-1]])
    assert (bearing[same & (nearer < -0.05)] < np.pi / 2 + 0.2).all()
    assert (bearing[same & (nearer > 0.05)] > np.pi / 2 - 0.2).all()


def test_who_hides_somebody_is_nearer_and_in_the_same_frame(footage: Footage) -> None:
    truth, eye = footage.seen.truth, np.array(footage.spec.position[:2])
    place = {
        (frame, who): row
        for row, (frame, who) in enumerate(
            zip(truth.frame.tolist(), truth.object_id.tolist(), strict=True)
        )
    }
    rows = np.flatnonzero(footage.seen.hider > 0)
    assert len(rows)
    for row in rows[::20].tolist():
        hider = place.get((int(truth.frame[row]), int(footage.seen.hider[row])))
        if hider is not None:
            near, far = (np.hypot(*(truth.ground[k] - eye)) for k in (hider, row))
            assert near <= far
        assert truth.visibility[row] < 1
