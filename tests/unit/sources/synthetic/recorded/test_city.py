from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from camweave.core.errors import InputError
from camweave.ops.ground import to_ground
from camweave.sources.synthetic.looks import PERSON
from camweave.sources.synthetic.recorded.city.city import City, build_city, film_city, record_city
from camweave.sources.synthetic.recorded.city.journeys import OUTSIDE
from camweave.sources.synthetic.recorded.city.params import CityParams
from camweave.sources.synthetic.recorded.city.regimes import REGIMES, regime
from camweave.sources.synthetic.recorded.site import RecordedSite


def test_about_as_many_tracklets_come_out_as_are_asked_for(town_site: RecordedSite) -> None:
    assert 200 < len(town_site.objects) < 450


def test_equal_params_give_equal_cities(town: City, town_site: RecordedSite) -> None:
    again = record_city(build_city(town.params))
    assert_array_equal(again.objects, town_site.objects)
    for one, other in zip(again.tracklets, town_site.tracklets, strict=True):
        assert_array_equal(one.xyxy, other.xyxy)


def test_another_seed_is_another_city(town: City) -> None:
    other = build_city(replace(town.params, seed=5))
    assert other.streets.place.shape != town.streets.place.shape or not np.allclose(
        other.streets.place, town.streets.place
    )


def test_every_journey_follows_streets_in_their_direction(town: City) -> None:
    streets, rides = town.streets, town.passages
    known = set(zip(streets.source.tolist(), streets.target.tolist(), strict=True))
    goes = rides.after != OUTSIDE
    steps = zip(rides.junction[goes].tolist(), rides.after[goes].tolist(), strict=True)
    assert set(steps) <= known
    inside = np.flatnonzero(goes)
    assert_array_equal(rides.junction[inside + 1], rides.after[inside])
    assert_array_equal(rides.actor[inside + 1], rides.actor[inside])


def test_nobody_arrives_before_having_left(town: City) -> None:
    rides = town.passages
    same = np.flatnonzero(np.diff(rides.actor) == 0)
    assert (rides.leave >= rides.arrive).all()
    assert (rides.arrive[same + 1] > rides.leave[same]).all()


def test_those_on_wheels_leave_an_arm_one_after_the_other(town: City) -> None:
    rides = town.passages
    wheels = np.flatnonzero(~rides.walks[rides.actor])
    arm = rides.junction[wheels] * 1000 + rides.before[wheels]
    order = np.lexsort((rides.leave[wheels], arm))
    gap = np.diff(rides.leave[wheels][order])[np.diff(arm[order]) == 0]
    assert gap.min() > 1.5


def test_everything_stands_where_the_homography_says(town: City) -> None:
    from_lens = next(iter(film_city(town)))
    truth = from_lens.seen.truth
    site_camera = record_city(town).cameras[0]
    clear = (truth.visibility > 0.98) & (truth.class_id == 0)
    feet = np.stack([truth.xyxy[clear, [0]] + truth.xyxy[clear, [2]], truth.xyxy[clear, [3]] * 2])
    assert clear.any()
    ground = to_ground(site_camera.homography, feet.T / 2)
    assert np.median(np.hypot(*(ground - truth.ground[clear]).T)) < 0.6


def test_nobody_is_twice_in_a_frame(town_site: RecordedSite) -> None:
    for table in town_site.truth.values():
        key = np.stack([table.frame, table.object_id])
        assert len(np.unique(key, axis=1).T) == len(table)


def test_all_cameras_see_somebody_and_most_lead_to_another(town_site: RecordedSite) -> None:
    assert all(len(one) for one in town_site.tracklets)
    assert len({one.source for one in town_site.measured.transitions}) >= 4


def test_looks_are_shared_by_the_share_of_vehicles_asked_for() -> None:
    made = build_city(CityParams(cameras=4, tracklets=1500, look_alikes=0.5, people=0.2))
    paint = made.looks.colours.reshape(len(made.looks), -1)
    wheels = made.looks.body != PERSON
    _, place, count = np.unique(paint[wheels], axis=0, return_inverse=True, return_counts=True)
    assert 0.4 < (count[place.ravel()] > 1).mean() < 0.62
    assert 0.1 < 1 - wheels.mean() < 0.3


@pytest.mark.parametrize("name", [name for name in REGIMES if name != "city"])
def test_every_regime_can_be_built_small(name: str) -> None:
    made = build_city(regime(name, seed=3, cameras=4, tracklets=80))
    assert len(made.cameras) == 4
    assert len(record_city(made).objects) > 20


def test_views_of_one_junction_overlap() -> None:
    site = record_city(build_city(CityParams(cameras=4, views=4, tracklets=150, seed=2)))
    seen = [set(one.tracklet_object.tolist()) for one in site.cameras]
    assert len(set.intersection(*seen)) > 0.5 * max(map(len, seen))
    passages = site.passages
    assert (passages.enter < passages.leave).mean() > 0.5


@pytest.mark.parametrize(
    ("knob", "value"), [("cameras", 0), ("tracklets", 0), ("people", 1.2), ("block", 0.0)]
)
def test_a_city_that_cannot_be_is_refused(knob: str, value: float) -> None:
    with pytest.raises(InputError, match=f"city: {knob}: expected"):
        CityParams(**{knob: value})  # type: ignore[arg-type]  # by name


def test_an_unknown_regime_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"corridor"):
        regime("coridor")


def test_a_camera_hangs_over_its_junction(town: City) -> None:
    for hung in town.cameras:
        place = town.streets.place[hung.junction]
        away = np.hypot(*(np.array(hung.spec.position[:2]) - place))
        assert 16 < away < 23
    assert sorted(town.names) == list(town.names)
