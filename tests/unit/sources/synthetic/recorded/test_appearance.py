from dataclasses import fields, replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from camweave.sources.synthetic.looks import draw_person, draw_vehicle, gather_looks
from camweave.sources.synthetic.recorded.appearance import Crop, Embedder, make_embedder
from camweave.sources.synthetic.recorded.noise import normals
from camweave.sources.synthetic.recorded.params import LookParams

PEOPLE, CARS = 40, 40
NO_NOISE = {"stay": 0.0, "noise": 0.0, "camera": 0.0, "own_camera": 0.0, "drift": 0.0}


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return embedder_of(LookParams())


def embedder_of(params: LookParams) -> Embedder:
    """People, cars, and a last car that is the first one's twin."""
    rng = np.random.default_rng(6)
    looks = [draw_person(rng) for _ in range(PEOPLE)]
    cars = [draw_vehicle(rng, (("sedan", 1.0), ("suv", 1.0))) for _ in range(CARS)]
    return make_embedder(gather_looks([*looks, *cars, cars[0]]), params, seed=3)


def crops(actors: list[int], **columns: object) -> Crop:
    count = len(actors)
    usual = Crop(
        row=np.arange(count, dtype=np.int64),
        actor=np.array(actors, np.int64),
        hider=np.full(count, -1, np.int64),
        stay=np.arange(count, dtype=np.int64),
        bearing=np.zeros(count),
        visibility=np.ones(count),
        quality=np.ones(count),
        time=np.zeros(count),
    )
    return replace(usual, **columns)  # type: ignore[arg-type]  # columns by name


def alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray((one * other).sum(axis=1))


def test_embeddings_are_of_unit_length(embedder: Embedder) -> None:
    made = embedder.embed(crops([*range(PEOPLE + CARS), -1]), 0)
    assert made.dtype == np.float32
    assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)


def test_an_embedding_does_not_depend_on_what_else_is_embedded(embedder: Embedder) -> None:
    every = crops(list(range(50)), quality=np.linspace(0.1, 1, 50))
    some = np.array([3, 30, 7])
    part = Crop(*(getattr(every, field.name)[some] for field in fields(Crop)))
    assert_array_equal(embedder.embed(every, 2)[some], embedder.embed(part, 2))


def test_one_is_more_like_oneself_than_like_another(embedder: Embedder) -> None:
    who = list(range(PEOPLE, PEOPLE + CARS))
    here = embedder.embed(crops(who), 0)
    there = embedder.embed(crops(who, row=np.arange(100, 100 + CARS)), 1)
    other = np.roll(there, 1, axis=0)
    assert np.median(alike(here, there)) > np.median(alike(here, other)) + 0.15


def test_twins_are_alike_and_not_the_same() -> None:
    clear = embedder_of(LookParams(**NO_NOISE))  # type: ignore[arg-type]  # by name
    twin, first, second = PEOPLE + CARS, PEOPLE, PEOPLE + 1
    a, b, c = clear.embed(crops([first, twin, second]), 0)
    assert a @ c < a @ b < 0.97


def test_front_and_rear_are_less_alike_than_front_and_front() -> None:
    clear = embedder_of(LookParams(**NO_NOISE))  # type: ignore[arg-type]  # by name
    who = list(range(PEOPLE + CARS))
    front, near_front, rear = (
        clear.embed(crops(who, bearing=np.full(len(who), turn)), 0) for turn in (0.0, 0.2, np.pi)
    )
    assert (alike(front, near_front) > alike(front, rear) + 0.1).all()


def test_the_more_is_hidden_the_more_it_looks_like_who_hides_it() -> None:
    clear = embedder_of(LookParams(**NO_NOISE))  # type: ignore[arg-type]  # by name
    shares = [1.0, 0.7, 0.4, 0.1]
    hidden = clear.embed(
        crops([PEOPLE] * 4, hider=np.full(4, PEOPLE + 1), visibility=np.array(shares)), 0
    )
    hider = clear.embed(crops([PEOPLE + 1] * 4), 0)
    assert (np.diff(alike(hidden, hider)) > 0).all()


def test_cameras_shift_all_they_see_the_same_way(embedder: Embedder) -> None:
    who = list(range(PEOPLE + CARS))
    one, other = embedder.embed(crops(who), 0), embedder.embed(crops(who), 1)
    between = np.linalg.norm(one.mean(axis=0) - other.mean(axis=0))
    assert between > 2 * np.linalg.norm(one[::2].mean(axis=0) - one[1::2].mean(axis=0))


def test_a_bad_crop_tells_less(embedder: Embedder) -> None:
    who = list(range(PEOPLE + CARS))
    steady = {"stay": np.arange(len(who)) + 500}
    ideal = embedder.embed(crops(who, **steady), 0)
    other = np.arange(1000, 1000 + len(who))
    good = embedder.embed(crops(who, row=other, **steady), 0)
    bad = embedder.embed(crops(who, row=other, quality=np.full(len(who), 0.1), **steady), 0)
    assert np.median(alike(ideal, good)) > np.median(alike(ideal, bad)) + 0.1


def test_noise_is_normal_and_told_by_its_row_alone() -> None:
    drawn = normals(4, np.arange(4000, dtype=np.int64), 33)
    assert abs(drawn.mean()) < 0.01
    assert abs(drawn.std() - 1) < 0.01
    alike = np.asarray(np.corrcoef(drawn[:2000:50]))
    assert np.abs(alike[np.triu_indices(40, 1)]).mean() < 0.2
    assert_array_equal(drawn[[7, 5]], normals(4, np.array([7, 5]), 33))
    assert not (drawn[:5] == normals(5, np.arange(5, dtype=np.int64), 33)).any()
