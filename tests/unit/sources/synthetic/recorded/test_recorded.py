from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from camweave.core.errors import InputError
from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.recorded.city.city import City, log_city, record_city
from camweave.sources.synthetic.recorded.footage import GONE
from camweave.sources.synthetic.recorded.params import LookParams, Outage, RecordedParams
from camweave.sources.synthetic.recorded.presets import PRESETS, preset
from camweave.sources.synthetic.recorded.recorded import record_detections, record_site
from camweave.sources.synthetic.recorded.site import RecordedSite


def shares_mixed(site: RecordedSite) -> float:
    """The share of tracklets whose rows show more than one object."""
    mixed = [
        len(np.unique(camera.row_object[a:b])) > 1
        for camera in site.cameras
        for a, b in zip(camera.tracklets.offsets[:-1], camera.tracklets.offsets[1:], strict=True)
    ]
    return float(np.mean(mixed))


def same_truth(one: RecordedSite, other: RecordedSite) -> bool:
    return all(
        np.array_equal(one.truth[name].xyxy, other.truth[name].xyxy)
        and np.array_equal(one.truth[name].object_id, other.truth[name].object_id)
        for name in one.names
    )


def test_equal_scenarios_give_equal_recordings(square: Scenario, square_site: RecordedSite) -> None:
    again = record_site(square)
    for one, other in zip(square_site.cameras, again.cameras, strict=True):
        assert_array_equal(one.tracklets.xyxy, other.tracklets.xyxy)
        assert one.tracklets.appearance is not None
        assert other.tracklets.appearance is not None
        assert_array_equal(one.tracklets.appearance.embedding, other.tracklets.appearance.embedding)


def test_another_seed_gives_other_faults_and_the_same_truth(
    square: Scenario, square_site: RecordedSite
) -> None:
    other = record_site(square, RecordedParams(seed=9))
    assert same_truth(square_site, other)
    assert len(other.cameras[0].row_object) != len(square_site.cameras[0].row_object)


def test_tracklets_show_one_object_each_unless_ids_are_exchanged(town_site: RecordedSite) -> None:
    assert shares_mixed(town_site) == 0
    for camera in town_site.cameras:
        owner = np.repeat(camera.tracklet_object, np.diff(camera.tracklets.offsets))
        assert_array_equal(owner, camera.row_object)


def test_the_share_of_exchanged_ids_is_the_one_asked_for(town: City) -> None:
    site = record_city(town, RecordedParams(switches=0.1))
    assert 0.05 < shares_mixed(site) <= 0.13


def test_faults_change_the_recording_and_never_the_truth(
    town: City, town_site: RecordedSite
) -> None:
    names, every = town.names, "everything"
    site = record_city(town, preset(every, cameras=names, seconds=town.seconds, seed=2))
    assert same_truth(site, town_site)
    assert_array_equal(site.passages.enter, town_site.passages.enter)
    assert len(site.objects) > len(town_site.objects)


def test_a_clock_that_is_ahead_shifts_every_time_of_its_camera(
    town: City, town_site: RecordedSite
) -> None:
    name = town_site.names[2]
    site = record_city(town, RecordedParams(offsets={name: 2.5}))
    for one, other in zip(town_site.cameras, site.cameras, strict=True):
        ahead = 2.5 if other.tracklets.camera == name else 0.0
        assert other.offset == ahead
        np.testing.assert_allclose(other.tracklets.time - one.tracklets.time, ahead)
        assert_array_equal(other.tracklets.frame, one.tracklets.frame)


def test_a_lost_camera_shows_nobody_while_it_is_lost(town: City, town_site: RecordedSite) -> None:
    name = town_site.names[1]
    outage = Outage(name, 60.0, 200.0)
    site = record_city(town, RecordedParams(outages=(outage,)))
    for one, other in zip(town_site.cameras, site.cameras, strict=True):
        time = other.tracklets.time
        if other.tracklets.camera == name:
            assert not ((time >= 60) & (time < 200)).any()
            assert ((one.tracklets.time >= 60) & (one.tracklets.time < 200)).any()
        else:
            assert_array_equal(time, one.tracklets.time)


def test_fragments_are_added_to_those_there_are(town: City, town_site: RecordedSite) -> None:
    site = record_city(town, RecordedParams(fragments=0.5))
    assert 1.2 < len(site.objects) / len(town_site.objects) < 1.5
    assert_array_equal(np.unique(site.objects), np.unique(town_site.objects))


def test_tracklets_are_made_of_the_recorded_detections(
    square: Scenario, square_site: RecordedSite
) -> None:
    for camera, found in zip(square_site.cameras, record_detections(square), strict=True):
        rows = camera.tracklets.detection
        assert_array_equal(found.log.xyxy[rows], camera.tracklets.xyxy)
        assert_array_equal(found.log.frame_times[found.log.frame[rows]], camera.tracklets.time)
        assert_array_equal(found.object_id[rows], camera.row_object)
        look = camera.tracklets.appearance
        assert look is not None
        assert found.log.embedding is not None
        np.testing.assert_allclose(found.log.embedding[rows[look.row]], look.embedding, atol=1e-6)


def test_cities_are_logged_as_they_are_recorded(town: City, town_site: RecordedSite) -> None:
    params = RecordedParams(looks=LookParams(dimension=8))
    for camera, found in zip(town_site.cameras, log_city(town, params), strict=True):
        assert_array_equal(found.log.xyxy[camera.tracklets.detection], camera.tracklets.xyxy)


def test_crops_are_few_good_and_spread_over_a_tracklet(town_site: RecordedSite) -> None:
    for camera in town_site.cameras:
        look = camera.tracklets.appearance
        assert look is not None
        count, rows = np.diff(look.offsets), np.diff(camera.tracklets.offsets)
        assert_array_equal(count, np.minimum(rows, 8))
        assert (np.diff(look.row) > 0).all()


def test_another_frame_rate_shows_the_same_people(
    square: Scenario, square_site: RecordedSite
) -> None:
    slow = record_site(square, RecordedParams(fps=5.0))
    assert {camera.tracklets.fps for camera in slow.cameras} == {5.0}
    common = np.intersect1d(np.unique(slow.objects), np.unique(square_site.objects))
    assert len(common) > 0.85 * len(np.unique(square_site.objects))


def test_the_layout_of_a_scenario_is_its_plans(square_site: RecordedSite) -> None:
    layout = square_site.topology
    assert layout.cameras == square_site.names
    assert layout.transitions
    for camera in square_site.cameras:
        np.testing.assert_allclose(layout.homographies[camera.tracklets.camera], camera.homography)


def test_true_windows_hold_the_true_passages(town_site: RecordedSite) -> None:
    measured = town_site.measured
    names = measured.cameras
    assert {one.samples for one in measured.transitions} > {3}
    held = total = 0
    windows = {(one.source, one.target): one for one in measured.transitions}
    passages = town_site.passages
    columns = (passages.source, passages.target, passages.enter - passages.leave)
    for source, target, gap in zip(*(column.tolist() for column in columns), strict=True):
        window = windows.get((names[source], names[target]))
        if window is not None:
            total += 1
            held += window.least <= gap <= window.most
    assert held > 0.95 * total  # the longest stops make no window wider


def test_where_nothing_is_broken_a_stay_is_one_tracklet(square: Scenario) -> None:
    site = record_site(square, RecordedParams(whole=True))
    broken = record_site(square, RecordedParams())
    assert len(site.objects) < len(broken.objects)
    for camera in site.cameras:
        begin = camera.tracklets.time[camera.tracklets.offsets[:-1]]
        end = camera.tracklets.time[camera.tracklets.offsets[1:] - 1]
        order = np.lexsort((begin, camera.tracklet_object))
        again = np.diff(camera.tracklet_object[order]) == 0
        assert (begin[order][1:] - end[order][:-1] > GONE)[again].all()


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_some(name: str) -> None:
    params = preset(name, cameras=["b", "a"], seconds=100.0, seed=1)
    plain = RecordedParams(seed=1)
    assert (params == plain) == (name == "plain")


def test_a_preset_is_the_same_whatever_the_order_of_cameras() -> None:
    one, other = (
        preset("everything", cameras=names, seconds=60.0) for names in (("a", "b"), ("b", "a"))
    )
    assert one == other


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match=r"no preset 'fragment'.*fragments"):
        preset("fragment", cameras=["a"], seconds=1.0)
    with pytest.raises(InputError, match="switches"):
        RecordedParams(switches=1.5)
    with pytest.raises(InputError, match="fps"):
        RecordedParams(fps=0)
    with pytest.raises(InputError, match="dimension"):
        replace(LookParams(), dimension=0)
