import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from camweave.core.arrays import F64
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.sightings import Paths
from camweave.core.tracks import Tracklets
from camweave.linking.ground import in_metres, paths_of, standing
from camweave.linking.speed import speeds
from camweave.ops.calibration import Calibration
from camweave.ops.earth import to_degrees, to_metres
from camweave.ops.ground import inverse

TILTED = np.array([[0.02, 0.001, -6.0], [0.0, -0.05, 30.0], [0.0, 0.004, -0.4]])
SIZE = (640, 480)


def boxes(*feet: tuple[float, float]) -> np.ndarray:
    return np.array([(x - 10, y - 60, x + 10, y) for x, y in feet], np.float32)


def one_tracklet(xyxy: np.ndarray, fps: float) -> Tracklets:
    k = len(xyxy)
    return Tracklets(
        camera=CameraId("a"),
        fps=fps,
        width=SIZE[0],
        height=SIZE[1],
        tracklet_id=np.array([1]),
        class_id=np.zeros(1, np.int32),
        offsets=np.array([0, k]),
        frame=np.arange(k),
        time=np.arange(k) / fps,
        xyxy=xyxy,
        score=np.ones(k, np.float32),
        detection=np.arange(k),
    )


def walk(velocity: tuple[float, float], sigma: F64 | None = None) -> Paths:
    time = np.arange(20) / 5
    size = np.full(20, 0.1) if sigma is None else sigma
    return Paths(np.array([0, 20]), time, time[:, None] * np.array(velocity), size)


def test_the_further_away_the_less_sure() -> None:
    found = standing(Calibration(TILTED), boxes((320, 440), (320, 300), (320, 200)), SIZE)
    assert (np.diff(found.sigma) > 0).all()


def test_the_error_of_a_place_is_what_shaken_pixels_make_of_it() -> None:
    camera, spot = Calibration(TILTED), np.array([[320.0, 300.0]])
    noise = np.random.default_rng(1).normal(0, 1.5, (20000, 2))
    shaken = camera.to_ground(spot + noise)
    told = camera.sigma(spot, np.array([[1.5, 1.5]]))
    assert_allclose(told, np.sqrt(shaken.var(axis=0).mean()), rtol=0.05)


def test_who_is_beyond_the_horizon_or_cut_off_has_no_place() -> None:
    found = paths_of(one_tracklet(boxes((320, 90), (320, 300), (320, 480)), 1.0), TILTED)
    assert_allclose(found.time, [1.0])


def test_a_homography_turned_upside_down_is_the_same_one() -> None:
    seen = one_tracklet(boxes((320, 300), (330, 310)), 1.0)
    assert_allclose(paths_of(seen, TILTED).xy, paths_of(seen, -TILTED).xy)


def test_places_are_at_most_five_a_second_and_the_input_is_left_alone() -> None:
    seen = one_tracklet(boxes(*[(300 + i, 300.0) for i in range(60)]), 30.0)
    before = seen.xyxy.copy()
    assert len(paths_of(seen, TILTED).time) == 10
    assert_array_equal(seen.xyxy, before)


def test_a_singular_homography_is_refused() -> None:
    with pytest.raises(InputError, match="singular"):
        paths_of(one_tracklet(boxes((1, 1)), 1.0), np.zeros((3, 3)))


def test_a_map_in_degrees_gives_metres_around_an_origin() -> None:
    origin = (42.5, -90.7)
    gps = Calibration(TILTED).moved(inverse(to_metres(origin)), "degree")
    seen = {CameraId("a"): boxes((320, 300), (330, 310), (300, 420))}
    with pytest.raises(InputError, match="degree"):
        paths_of(one_tracklet(seen[CameraId("a")], 1.0), gps)
    maps, found = in_metres({CameraId("a"): gps}, seen)
    assert found is not None
    paths = paths_of(one_tracklet(seen[CameraId("a")], 1.0), maps[CameraId("a")])
    metres = paths_of(one_tracklet(seen[CameraId("a")], 1.0), TILTED)
    there = np.column_stack([to_degrees(found, paths.xy), np.ones(3)]) @ to_metres(origin).T
    assert_allclose(there[:, :2], metres.xy, atol=1e-3)


@pytest.mark.parametrize(("unit", "length"), [(100.0, "cm"), (1000.0, "mm")])
def test_a_map_in_centimetres_or_millimetres_is_known_by_how_high_people_are(
    unit: float, length: str
) -> None:
    metres, a = Calibration(TILTED), CameraId("a")
    people = {a: boxes(*[(300 + 5 * i, 300.0 + i) for i in range(20)])}
    slope = np.linalg.norm(metres.slope(people[a][:, [0, 3]])[:, :, 0], axis=1)
    people[a][:, 1] = people[a][:, 3] - 1.7 / slope
    maps, _ = in_metres({a: metres.moved(np.diag([unit, unit, 1.0]), "m")}, people)
    assert_allclose(maps[a].to_ground(people[a][:, 2:]), metres.to_ground(people[a][:, 2:]))
    assert f"taken to be {length}" in maps[a].told
    assert in_metres({a: metres}, people)[0][a] is metres


def test_a_degree_of_latitude_is_111_km() -> None:
    assert_allclose(to_metres((0.0, 0.0)) @ [1, 1, 1], [111319.5, 110574.3, 1], rtol=1e-5)


@pytest.mark.parametrize(("velocity", "heading"), [((3, 4), 36.87), ((0, -5), 180), ((-5, 0), 270)])
def test_speed_and_heading_of_who_goes_straight(
    velocity: tuple[float, float], heading: float
) -> None:
    found = speeds(walk(velocity))
    assert_allclose(found.kmh, 18.0)
    assert_allclose(found.heading, heading, atol=0.01)


def test_a_place_that_all_views_are_off_by_says_nothing_against_a_speed() -> None:
    steady, shaken = walk((10, 0)), walk((10, 0))
    off = np.random.default_rng(3).normal(0, 0.1, (20, 2))
    shaken = Paths(shaken.offsets, shaken.time, shaken.xy + off, shaken.sigma)
    assert (speeds(steady).sigma < speeds(shaken).sigma).all()


def test_the_clock_may_be_far_from_zero() -> None:
    near, far = walk((3, 4)), walk((3, 4))
    far = Paths(far.offsets, far.time + 1.7e9, far.xy + 1e6, far.sigma)
    assert_allclose(speeds(far).kmh, speeds(near).kmh, rtol=1e-5)


def test_the_error_of_a_speed_is_what_shaken_places_make_of_it() -> None:
    rng, paths = np.random.default_rng(2), walk((10, 0))
    tries = [
        speeds(
            Paths(paths.offsets, paths.time, paths.xy + rng.normal(0, 0.1, (20, 2)), paths.sigma)
        )
        for _ in range(400)
    ]
    spread = np.std([each.kmh[10] for each in tries])
    assert_allclose(np.mean([each.sigma[10] for each in tries]), spread, rtol=0.15)


def test_two_places_tell_no_speed() -> None:
    two = Paths(np.array([0, 2]), np.array([0.0, 0.2]), np.zeros((2, 2)), np.ones(2))
    assert np.isnan(speeds(two).kmh).all()
