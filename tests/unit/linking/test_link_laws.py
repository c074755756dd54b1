"""What no linking may do, whatever was seen."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.arrays import F64
from camweave.core.frame import CameraId
from camweave.core.tracks import UNLINKED, Appearance, Tracklets
from camweave.linking.link import link
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


@settings(max_examples=20)
@given(
    seed=st.integers(0, 10_000),
    objects=st.integers(1, 6),
    count=st.integers(0, 30),
    alike=st.floats(0, 1),
)
def test_nobody_is_twice_in_one_camera_and_no_order_of_cameras_matters(
    seed: int, objects: int, count: int, alike: float
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
    identity = link(sightings).identities.identity
    one, other = np.triu_indices(count, 1)
    shared = np.minimum(sightings.end[one], sightings.end[other]) - np.maximum(
        sightings.begin[one], sightings.begin[other]
    )
    at_once = (sightings.camera[one] == sightings.camera[other]) & (shared > 0.3)
    same = (identity[one] == identity[other]) & (identity[one] != UNLINKED)
    assert not (at_once & same).any()
    turned = link(sightings_of([site[2], site[0], site[1]])).identities.identity
    assert np.array_equal(identity, turned)
