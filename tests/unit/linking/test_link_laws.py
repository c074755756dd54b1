"""What no linking may do, whatever was seen."""

from dataclasses import fields, replace
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.arrays import F64
from camweave.core.frame import CameraId
from camweave.core.tracks import UNLINKED, Appearance, Tracklets
from camweave.linking.link import link
from camweave.linking.params import LINKAGES, LinkParams
from camweave.linking.sightings import sightings_of

CAMERAS = tuple(CameraId(name) for name in "abc")
FPS, DIMENSION, STAYS = 5.0, 16, 4.0  # frames/s, numbers, s
Visit = tuple[int, int, float]  # camera, object, begin s


def tracklets(camera: int, visits: list[Visit], looks: F64) -> Tracklets:
    """One tracklet for each visit of a camera, ids from 1 on."""
    mine = sorted((v for v in visits if v[0] == camera), key=lambda v: (v[2], v[1]))
    each = np.arange(0, STAYS + 1e-9, 1 / FPS)
    time = np.concatenate([*(begin + each for _, _, begin in mine), np.empty(0)])
    offsets = (len(each) * np.arange(len(mine) + 1)).astype(np.int64)
    x = np.tile(each * 40, len(mine))
    box = np.stack([x, x * 0 + 100, x + 20, x * 0 + 160], axis=1)
    who = np.array([v[1] for v in mine], np.int64)
    noisy = looks[who] + 0.1 * np.random.default_rng(camera).normal(size=(len(who), DIMENSION))
    unit = noisy / np.maximum(np.linalg.norm(noisy, axis=1, keepdims=True), 1e-9)
    return Tracklets(
        camera=CAMERAS[camera],
        fps=FPS,
        width=640,
        height=360,
        tracklet_id=np.arange(1, len(mine) + 1),
        class_id=np.zeros(len(mine), np.int32),
        offsets=offsets,
        frame=np.round(time * FPS).astype(np.int64),
        time=time,
        xyxy=box.astype(np.float32),
        score=np.ones(len(time), np.float32),
        detection=np.arange(len(time)),
        class_names=("person",),
        appearance=Appearance(
            np.arange(len(mine) + 1),
            offsets[:-1],
            unit.astype(np.float32),
            np.ones(len(mine), np.float32),
        ),
    )


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    objects=st.integers(1, 6),
    count=st.integers(0, 30),
    alike=st.floats(0, 1),
    linkage=st.sampled_from(LINKAGES),
)
def test_nobody_is_twice_in_one_camera_and_no_order_of_cameras_matters(  # noqa: PLR0917 - given by name
    seed: int, objects: int, count: int, alike: float, linkage: Literal["path", "mean"]
) -> None:
    rng = np.random.default_rng(seed)
    visits = [
        (int(rng.integers(3)), int(rng.integers(objects)), float(begin))
        for begin in rng.uniform(0, 60, count)
    ]
    looks = rng.normal(size=(objects, DIMENSION))
    looks = alike * looks[:1] + (1 - alike) * looks
    site = [tracklets(camera, visits, looks) for camera in range(3)]
    sightings = sightings_of(site)
    params = LinkParams(linkage=linkage)
    identity = link(sightings, params=params).identities.identity
    one, other = np.triu_indices(count, 1)
    shared = np.minimum(sightings.end[one], sightings.end[other]) - np.maximum(
        sightings.begin[one], sightings.begin[other]
    )
    at_once = (sightings.camera[one] == sightings.camera[other]) & (shared > 0.3)
    same = (identity[one] == identity[other]) & (identity[one] != UNLINKED)
    assert not (at_once & same).any()
    turned = link(sightings_of([site[2], site[0], site[1]]), params=params).identities.identity
    assert np.array_equal(identity, turned)


def test_a_camera_used_a_day_later_changes_nobody_elsewhere() -> None:
    """The same two cameras, alone, and with one more where others pass on another day."""
    rng = np.random.default_rng(5)
    looks = rng.normal(size=(60, DIMENSION))
    begin = np.cumsum(rng.uniform(2, 16, 30))
    here = [(c, k, begin[k] + c * rng.uniform(15, 30)) for c in range(2) for k in range(30)]
    away = [(2, k, 86_400.0 + begin[k - 30]) for k in range(30, 60)]
    site = [tracklets(c, here + away, looks) for c in range(3)]
    alone = link(sightings_of(site[:2])).identities.identity
    beside = link(sightings_of(site)).identities.identity
    assert len(np.unique(alone)) < 40
    assert np.array_equal(alone, beside[: len(alone)])


@pytest.mark.parametrize("linkage", LINKAGES)
def test_linking_leaves_every_column_bit_identical(linkage: Literal["path", "mean"]) -> None:
    looks = np.random.default_rng(6).normal(size=(9, DIMENSION))
    visits = [(c, k, 9.0 * k + 20.0 * c) for c in range(3) for k in range(9)]
    seen = sightings_of([tracklets(c, visits, looks) for c in range(3)])
    parts = (seen, seen.crops, seen.paths)
    columns = [getattr(part, f.name) for part in parts for f in fields(part)]
    arrays = [each for each in columns if isinstance(each, np.ndarray)]
    before = [each.tobytes() for each in arrays]
    link(seen, params=LinkParams(linkage=linkage))
    assert before == [each.tobytes() for each in arrays]


@pytest.mark.parametrize("linkage", LINKAGES)
def test_vectors_that_are_not_of_unit_length_link_all_the_same(
    linkage: Literal["path", "mean"],
) -> None:
    """An embedder that forgot to normalise: lengths say nothing."""
    looks = np.random.default_rng(7).normal(size=(12, DIMENSION))
    visits = [(c, k, 9.0 * k + 20.0 * c) for c in range(3) for k in range(12)]
    seen = sightings_of([tracklets(c, visits, looks) for c in range(3)])
    longer = replace(seen, crops=replace(seen.crops, embedding=seen.crops.embedding * 4))
    params = LinkParams(linkage=linkage)
    plain = link(seen, params=params).identities.identity
    assert len(np.unique(plain)) < len(plain)
    assert np.array_equal(plain, link(longer, params=params).identities.identity)
