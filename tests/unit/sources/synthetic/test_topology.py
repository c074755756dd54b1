import cv2
import numpy as np
import pytest

from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.scenarios import camera_of, make_scenario, world_of
from camweave.sources.synthetic.topology import topology_of, transitions
from camweave.sources.synthetic.truth import camera_truth

Window = tuple[float, float]


@pytest.fixture(scope="module")
def site() -> Scenario:
    return make_scenario("plaza", cameras=5, seconds=60.0, seed=11)


@pytest.fixture(scope="module")
def windows(site: Scenario) -> dict[tuple[str, str], Window]:
    return transitions(site)


def test_the_least_time_is_not_above_the_most(windows: dict[tuple[str, str], Window]) -> None:
    assert windows
    for (one, other), (least, most) in windows.items():
        assert one != other
        assert least <= most


def test_views_that_overlap_may_be_entered_before_the_first_is_left(
    windows: dict[tuple[str, str], Window],
) -> None:
    assert windows["cam_a", "cam_b"][0] < 0
    assert windows["cam_b", "cam_a"][0] < 0


def test_far_apart_takes_time(windows: dict[tuple[str, str], Window]) -> None:
    least, most = windows["cam_e", "cam_a"]
    assert least > 3.0
    assert most > least


def test_a_camera_alone_has_no_transitions() -> None:
    assert transitions(make_scenario("road")) == {}


def test_windows_hold_for_everybody_who_was_seen_to_pass(
    site: Scenario, windows: dict[tuple[str, str], Window]
) -> None:
    passed = 0
    for one, other in (("cam_e", "cam_a"), ("cam_a", "cam_e"), ("cam_d", "cam_a")):
        leaves, enters = stays(site, one), stays(site, other)
        least, most = windows[one, other]
        for number in leaves.keys() & enters.keys():
            took = enters[number][0] - leaves[number][1]
            if enters[number][0] > leaves[number][0]:
                assert least - 1.5 <= took <= most + 1.5, (one, other, number, took)
                passed += 1
    assert passed > 5
    assert len(world_of(site)) > passed


def stays(site: Scenario, camera: str) -> dict[int, tuple[float, float]]:
    """First and last time, s, at which each object is well seen; those cut by the film are out."""
    times = np.arange(0.0, site.seconds, 0.5)
    truth = camera_truth(world_of(site), camera_of(site, camera), times)
    tall = truth.whole[:, 3] - truth.whole[:, 1]
    clear = (truth.visibility > 0.3) & (tall > 18)
    out = {}
    for number in np.unique(truth.object_id[clear]).tolist():
        seen = times[truth.frame[clear & (truth.object_id == number)]]
        if seen[0] > times[0] + 1 and seen[-1] < times[-1] - 1:
            out[number] = (float(seen[0]), float(seen[-1]))
    return out


def test_windows_of_fast_traffic_hold_too() -> None:
    site = make_scenario("highway", cameras=3, seconds=40.0, seed=12)
    windows = transitions(site)
    passed = 0
    for (one, other), (least, most) in windows.items():
        leaves, enters = stays(site, one), stays(site, other)
        for number in leaves.keys() & enters.keys():
            assert least - 1.0 <= enters[number][0] - leaves[number][1] <= most + 1.0
            passed += 1
    assert passed > 10


def test_a_drawn_topology_has_windows_zones_and_homographies() -> None:
    site = make_scenario("highway", cameras=3)
    topology = topology_of(site)
    assert topology.cameras == ("cam_a", "cam_b", "cam_c")
    windows = {(one.source, one.target): (one.least, one.most) for one in topology.transitions}
    assert windows == transitions(site)
    assert set(topology.homographies) == set(topology.cameras)
    for camera in topology.cameras:
        ways = {zone.ways for zone in topology.zones if zone.camera == camera}
        assert ways & {"entry", "both"}
        assert ways & {"exit", "both"}


def test_vehicles_come_into_view_and_leave_it_in_zones() -> None:
    site = make_scenario("highway", cameras=2, seconds=30.0, seed=4)
    zones = {
        kind: [np.array(zone.outline, np.float32) for zone in topology_of(site).zones
               if zone.camera == "cam_a" and zone.ways in {kind, "both"}]
        for kind in ("entry", "exit")
    }  # fmt: skip
    truth = camera_truth(world_of(site), site.cameras[0], np.arange(0.0, 30.0, 0.1)).table()
    rows = np.flatnonzero(truth.score > 0)
    ends: list[bool] = []
    for number in np.unique(truth.object_id[rows]).tolist():
        seen = rows[truth.object_id[rows] == number]
        for kind, row in (("entry", seen[0]), ("exit", seen[-1])):
            if 1 < truth.frame[row] < 298:
                left, _, right, bottom = truth.xyxy[row].tolist()
                foot = ((left + right) / 2, bottom)
                gaps = [cv2.pointPolygonTest(zone, foot, measureDist=False) for zone in zones[kind]]
                ends.append(max(gaps) >= 0)
    assert len(ends) > 15
    assert np.mean(ends) > 0.9
