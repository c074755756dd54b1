from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from camweave.core.arrays import F64, Bool
from camweave.ops.ground import to_image
from camweave.sources.synthetic.backdrop import occluders_of
from camweave.sources.synthetic.cameras import hang_camera
from camweave.sources.synthetic.cast import cast_of
from camweave.sources.synthetic.optics import SUBPIXELS, make_optics
from camweave.sources.synthetic.plan import CLASS_NAMES, Block, CameraSpec, Scenario
from camweave.sources.synthetic.scenarios import world_of
from camweave.sources.synthetic.sprites import Polygon
from camweave.sources.synthetic.truth import CameraTruth, camera_truth
from camweave.sources.synthetic.world import World

MakeScenario = Callable[..., Scenario]
SAMPLES = 70  # across an object, of the slow reference


@pytest.fixture(scope="module")
def truths(plaza: Scenario) -> list[CameraTruth]:
    times = np.arange(6.0) * 0.7
    return [camera_truth(world_of(plaza), spec, times) for spec in plaza.cameras]


def test_what_is_seen_lies_in_the_full_box_and_that_in_the_image(truths: list[CameraTruth]) -> None:
    for truth in truths:
        seen = truth.visibility > 0
        visible, cut = truth.visible[seen], truth.xyxy[seen]
        assert (visible[:, :2] >= cut[:, :2] - 1e-3).all()
        assert (visible[:, 2:] <= cut[:, 2:] + 1e-3).all()
        assert (visible[:, 2:] > visible[:, :2]).all()
        assert (truth.xyxy >= 0).all()
        assert (truth.xyxy <= (640, 360, 640, 360)).all()
        assert (truth.whole[:, 2:] > truth.whole[:, :2]).all()


def test_visibility_is_a_share(truths: list[CameraTruth]) -> None:
    for truth in truths:
        assert ((truth.visibility >= 0) & (truth.visibility <= 1)).all()
        assert (truth.visibility == 1).any()
        assert (truth.visibility < 0.5).any()


def test_an_id_is_in_a_frame_once_and_has_one_class(truths: list[CameraTruth]) -> None:
    classes: dict[int, int] = {}
    for truth in truths:
        assert len(np.unique([truth.frame, truth.object_id], axis=1).T) == len(truth)
        for number, kind in zip(truth.object_id.tolist(), truth.class_id.tolist(), strict=True):
            assert classes.setdefault(number, kind) == kind
    assert {CLASS_NAMES[kind] for kind in classes.values()} >= {"person", "car"}
    assert min(classes) >= 1


def test_overlapping_cameras_see_the_same_objects_at_the_same_place(plaza: Scenario) -> None:
    times = np.array([2.0])
    one, other = (camera_truth(world_of(plaza), spec, times) for spec in plaza.cameras[:2])
    shared = np.intersect1d(one.object_id, other.object_id)
    assert len(shared) > 3
    for number in shared:
        places = [t.ground[t.object_id == number][0] for t in (one, other)]
        assert_array_equal(*places)


def test_objects_stand_where_the_homography_puts_them(
    plaza: Scenario, truths: list[CameraTruth]
) -> None:
    for spec, truth in zip(plaza.cameras, truths, strict=True):
        rows = (truth.class_id == 0) & (truth.visibility > 0.95)
        feet = to_image(hang_camera(spec).homography, truth.ground[rows])
        boxes = truth.whole[rows]
        tall = boxes[:, 3] - boxes[:, 1]
        middle = (boxes[:, 0] + boxes[:, 2]) / 2
        assert (np.abs(feet[:, 0] - middle) < 0.35 * tall + 1).all()
        assert (np.abs(feet[:, 1] - boxes[:, 3]) < 0.2 * tall + 1).all()


def test_behind_a_wall_nothing_is_seen(small_scenario: MakeScenario, wall: Block) -> None:
    times = np.arange(10.0) * 0.3
    for things, seen in (((), True), ((wall,), False)):
        scenario = small_scenario(things=things)
        truth = camera_truth(world_of(scenario), scenario.cameras[0], times)
        assert len(truth) > 10
        assert (truth.visibility > 0).any() == seen
        assert (len(truth.table()) > 0) == seen


def test_in_front_of_a_wall_everything_is_seen(small_scenario: MakeScenario, wall: Block) -> None:
    scenario = small_scenario(things=(replace(wall, center=(0.0, 12.0)),))
    bare = small_scenario()
    times = np.arange(5.0) * 0.5
    one = camera_truth(world_of(scenario), scenario.cameras[0], times)
    other = camera_truth(world_of(bare), bare.cameras[0], times)
    assert_array_equal(one.visibility, other.visibility)


def test_half_out_of_the_picture_is_half_seen(small_scenario: MakeScenario) -> None:
    scenario = small_scenario()
    times = np.arange(0, 4, 0.1)
    truth = camera_truth(world_of(scenario), scenario.cameras[0], times)
    whole, cut = truth.whole.astype(float), truth.xyxy.astype(float)
    share = np.prod(cut[:, 2:] - cut[:, :2], 1) / np.prod(whole[:, 2:] - whole[:, :2], 1)
    rows = (share < 0.95) & (truth.class_id != 0)
    assert rows.any()
    assert (truth.visibility[rows] < 1).all()
    alone = (share > 0.3) & (share < 0.7) & rows & (truth.visibility > 0.2)
    assert np.abs(truth.visibility[alone] - share[alone]).max(initial=0.0) < 0.3


def test_the_table_counts_what_can_be_found(truths: list[CameraTruth]) -> None:
    for truth in truths:
        table = truth.table()
        assert (table.visibility > 0).all()
        assert set(np.unique(table.score)) <= {0.0, 1.0}
        assert (table.visibility[table.score == 1] >= 0.25).all()
        tall = (table.xyxy[:, 2:] - table.xyxy[:, :2]).max(axis=1)
        assert (tall[table.score == 1] >= 16).all()
        assert truth.table(least_visibility=0, least_side=0).score.min() == 1


def test_the_truth_of_some_frames_is_that_of_all_of_them(plaza: Scenario) -> None:
    spec, world = plaza.cameras[0], world_of(plaza)
    times = np.arange(70.0) * 0.05  # more than one chunk
    whole, part = camera_truth(world, spec, times), camera_truth(world, spec, times[66:])
    rows = whole.frame >= 66
    assert_array_equal(whole.object_id[rows], part.object_id)
    assert_array_equal(whole.visibility[rows], part.visibility)
    assert_array_equal(whole.xyxy[rows], part.xyxy)


@pytest.mark.parametrize("camera", [0, 1, 2, 3])
def test_visibility_is_what_a_slow_renderer_counts(plaza: Scenario, camera: int) -> None:
    spec, world, times = plaza.cameras[camera], world_of(plaza), np.array([1.0, 4.0])
    truth = camera_truth(world, spec, times)
    slow = slow_visibility(world, spec, times)
    large = np.prod(truth.whole[:, 2:] - truth.whole[:, :2], axis=1) > 150
    keys = zip(truth.frame.tolist(), truth.object_id.tolist(), strict=True)
    reference = np.array([slow[key] for key in keys])
    error = np.abs(truth.visibility - reference)[large]
    assert len(error) > 5
    assert error.mean() < 0.012
    assert np.quantile(error, 0.9) < 0.04
    assert error.max() < 0.15  # an object of few pixels


def slow_visibility(world: World, spec: CameraSpec, times: F64) -> dict[tuple[int, int], float]:
    """Share of each object's samples that no nearer object or thing covers, sample by sample."""
    optics = make_optics(spec, world.plan.sun)
    eye = optics.pinhole.center[:2]
    cast = cast_of(world, optics, times, painted=False)
    things = occluders_of(world.plan, spec)
    out: dict[tuple[int, int], float] = {}
    for frame in range(len(times)):
        rows = list(cast.rows(frame))
        away = {row: float(np.hypot(*(cast.footprints.center[row] - eye))) for row in rows}
        for row in rows:
            points = samples_within(cast.box[row], cast.outline[row])
            outside = (points < 0) | (points >= (spec.width, spec.height))
            covered: Bool = np.asarray(outside.any(axis=1), bool)
            for other in rows:
                near = cast.box[other][:2] < cast.box[row][2:]
                far = cast.box[other][2:] > cast.box[row][:2]
                if away[other] < away[row] and near.all() and far.all():
                    covered |= inside_any(points, cast.outline[other])
            for thing in things:
                house = thing.footprint
                near = np.abs(house.local(cast.footprints.center[row][None, None]))[0, 0]
                within = (near < house.half[0] + 0.3).all()
                if within or nearest_of(house.corners()[0], eye, cast.footprints.center[row]):
                    left, top, right, bottom = thing.box
                    spot = np.floor(points).astype(int) - (left, top)
                    size = np.array([right - left, bottom - top])
                    here = np.flatnonzero(np.all((spot >= 0) & (spot < size), axis=1))
                    covered[here] |= thing.mask[spot[here, 1], spot[here, 0]] > 0
            out[frame, int(cast.actor[row]) + 1] = 1 - float(covered.mean())
    return out


def nearest_of(corners: F64, eye: F64, place: F64) -> bool:
    """Whether the line from the eye to `place` meets the rectangle (4, 2), or it is nearer."""
    steps = eye + (place - eye) * np.linspace(0, 1, 400)[:, None]
    edges = np.roll(corners, -1, axis=0) - corners
    sides = np.stack([e[0] * (steps - c)[:, 1] - e[1] * (steps - c)[:, 0]
                      for e, c in zip(edges, corners, strict=True)], axis=1)  # fmt: skip
    if ((sides >= 0).all(axis=1) | (sides <= 0).all(axis=1)).any():
        return True
    return bool(np.hypot(*(corners - eye).T).max() < np.hypot(*(place - eye)))


def samples_within(box: F64, outline: list[Polygon]) -> F64:
    low, high = np.floor(box[:2]), np.ceil(box[2:])
    step = (high - low) / SAMPLES
    grid = np.stack(np.meshgrid(np.arange(SAMPLES) + 0.5, np.arange(SAMPLES) + 0.5), axis=2)
    points = low + grid.reshape(-1, 2) * step
    return points[inside_any(points, outline)]


def inside_any(points: F64, outline: list[Polygon]) -> Bool:
    """Which points (N, 2) px lie in one of the polygons: even-odd, edge by edge."""
    inside = np.zeros(len(points), bool)
    for polygon in outline:
        corners = polygon / SUBPIXELS + 0.5
        odd = np.zeros(len(points), bool)
        for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if y0 != y1:
                between = (points[:, 1] >= min(y0, y1)) & (points[:, 1] < max(y0, y1))
                odd ^= between & (points[:, 0] < x0 + (points[:, 1] - y0) * (x1 - x0) / (y1 - y0))
        inside |= odd
    return inside


def test_boxes_are_those_of_the_outline(plaza: Scenario) -> None:
    spec, world, times = plaza.cameras[0], world_of(plaza), np.array([1.0])
    cast = cast_of(world, make_optics(spec, world.plan.sun), times, painted=False)
    for row in cast.rows(0):
        points = np.concatenate(cast.outline[row]) / SUBPIXELS + 0.5
        assert_allclose(cast.box[row], [*points.min(axis=0), *points.max(axis=0)], atol=1e-9)
