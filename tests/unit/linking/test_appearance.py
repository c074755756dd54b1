"""What tracklets look like, freed of what cameras, headings and moments make of it."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.linking.road_world import road

from camweave.core.arrays import F32, F64
from camweave.core.sightings import Crops
from camweave.linking.appearance import (
    CameraMeans,
    Curve,
    debiased,
    freed,
    headings,
    learn_lens,
    looks_of,
)


def unit(rows: F64) -> F32:
    made: F32 = (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)
    return made


def apart(vector: F32, who: np.ndarray, camera: np.ndarray) -> float:
    """How much likelier one object's pair of two cameras is to be more alike than two objects'."""
    like = vector @ vector.T
    across = camera[:, None] != camera
    same, other = like[across & (who[:, None] == who)], like[across & (who[:, None] != who)]
    return float(np.mean(np.searchsorted(np.sort(other), same)) / len(other))


def test_a_cameras_tint_is_taken_off() -> None:
    world = road(objects=80, bias=3.0, noise=2.0)
    raw, camera = looks_of(world.sightings.crops).vector, world.sightings.camera
    before, after = apart(raw, world.who, camera), apart(debiased(raw, camera), world.who, camera)
    assert after > before + 0.01


def test_running_means_give_what_all_at_once_gives() -> None:
    rng = np.random.default_rng(1)
    vector, camera = unit(rng.normal(size=(50, 8))), rng.integers(0, 3, 50)
    means = CameraMeans.none(3, 8)
    for part in (slice(0, 20), slice(20, 50)):
        means = means.added(vector[part], camera[part])
    np.testing.assert_allclose(debiased(vector, camera, means), debiased(vector, camera), atol=1e-5)


def test_a_camera_with_few_tracklets_keeps_what_they_are() -> None:
    rng = np.random.default_rng(2)
    vector = unit(rng.normal(size=(101, 32)))
    camera = np.append(np.zeros(100, np.int64), 1)
    freed_one = debiased(vector, camera)[-1]
    assert float(freed_one @ vector[-1]) > 0.9


def test_who_has_no_look_still_has_none() -> None:
    vector = unit(np.random.default_rng(3).normal(size=(10, 8)))
    vector[4] = 0
    assert not debiased(vector, np.zeros(10, np.int64))[4].any()
    assert debiased(np.empty((3, 0), np.float32), np.zeros(3, np.int64)).shape == (3, 0)


def test_front_and_rear_are_made_alike() -> None:
    world = road(objects=120, seed=4)
    seen, rng = world.sightings, np.random.default_rng(5)
    back = rng.random(len(seen)) < 0.5
    turned = replace(
        seen,
        entry=np.where(back[:, None], seen.exit, seen.entry),
        exit=np.where(back[:, None], seen.entry, seen.exit),
    )
    view = unit(rng.normal(size=(2, 64)))[back.astype(int)] * 1.5
    vector = unit((looks_of(seen.crops).vector + view).astype(np.float64))
    assert set(headings(turned)[back]) != set(headings(turned)[~back])
    plain = apart(debiased(vector, seen.camera), world.who, seen.camera)
    rid = apart(unit(freed(turned, vector).astype(np.float64)), world.who, seen.camera)
    assert rid > plain + 0.01


def test_who_has_no_class_is_not_taken_for_the_last_class_of_the_camera_before() -> None:
    seen = road(objects=60, seed=6).sightings
    vector = looks_of(seen.crops).vector
    kind = np.where(seen.camera == 0, 1, -1).astype(np.int32)
    apart_by = np.where(seen.camera == 0, 1, 2).astype(np.int32)  # the same groups, with names
    nameless, named = (replace(seen, class_id=each) for each in (kind, apart_by))
    np.testing.assert_array_equal(freed(nameless, vector), freed(named, vector))


def test_a_crop_of_somebody_else_counts_little() -> None:
    rng = np.random.default_rng(6)
    mine, stranger = unit(rng.normal(size=(2, 64)))
    crop = np.stack([mine, mine, mine, stranger])
    crops = Crops(np.array([0, 4]), np.arange(4.0), np.arange(4), crop, np.ones(4, np.float32))
    assert float(looks_of(crops).vector[0] @ mine) > 0.97


def test_what_changes_within_tracklets_is_looked_past() -> None:
    rng = np.random.default_rng(7)
    own = np.repeat(unit(rng.normal(size=(60, 32))), 2, axis=0)
    swing = unit(rng.normal(size=(1, 32))) * 2
    crop = own[:, None] + swing * rng.normal(size=(120, 5, 1))
    crops = Crops(
        np.arange(121) * 5,
        np.zeros(600),
        np.zeros(600, np.int64),
        unit(crop.reshape(-1, 32)),
        np.ones(600, np.float32),
    )
    vector, who, camera = looks_of(crops).vector, np.arange(120) // 2, np.arange(120) % 2
    seen = learn_lens(crops).through(vector)
    assert apart(seen, who, camera) > apart(vector, who, camera) + 0.02


def test_a_lens_without_any_crops_changes_nothing() -> None:
    none = Crops(
        np.zeros(1, np.int64),
        np.empty(0),
        np.empty(0, np.int64),
        np.empty((0, 4), np.float32),
        np.empty(0, np.float32),
    )
    vector = unit(np.random.default_rng(8).normal(size=(5, 4)))
    np.testing.assert_allclose(learn_lens(none).through(vector), vector, atol=1e-3)


@pytest.mark.parametrize("trust", [None, np.array([0.1, 0.5, 0.9])])
def test_a_curve_is_read_between_its_marks(trust: F64 | None) -> None:
    curve = Curve(
        np.linspace(-1, 1, 3), np.array([[-2.0, 0.0, 4.0], [-4.0, 0.0, 8.0]]), np.array([0.0, 1.0])
    )
    nats = curve.nats(np.array([-1.0, 0.5, 1.0]), trust)
    assert nats[0] < 0 < nats[1] < nats[2]
    if trust is not None:
        np.testing.assert_allclose(nats, [-2.2, 3.0, 7.6])
