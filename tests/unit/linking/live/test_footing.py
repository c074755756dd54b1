"""Without a ground, views laid over each other tell who stands where who in the other view does."""

import numpy as np
import pytest
from tests.unit.linking.live.live_world import A, B, C
from tests.unit.linking.live.test_abreast import TOGETHER

from camweave.core.arrays import F64
from camweave.core.identities import TrackletKey
from camweave.linking.ground import BODY
from camweave.linking.live.abreast import LAGS, Abreast
from camweave.linking.live.footing import apart_in_views, feet_of, split
from camweave.linking.live.gallery import Gallery
from camweave.linking.live.growing import Growing
from camweave.linking.live.snapshot import Rows
from camweave.linking.paths.weighed import APART
from camweave.linking.views import ViewPair

SHIFT = np.array([[1.0, 0.0, 300.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])  # a lies left of b
LAID = {(0, 1): ViewPair(SHIFT, 0.0, 0.05, np.empty((0, 2), np.int64))}


def walking(x: float, begin: float = 0.0) -> F64:
    """Feet (P, 4) of who walks to the right at 10 px/s, 100 px high."""
    time = begin + np.arange(10) / 5
    return np.column_stack([time, x + 10 * time, np.full(10, 200.0), np.full(10, 100.0)])


@pytest.fixture
def gallery() -> Gallery:
    """Two identities in view a; one in b, who stands where the first of them does, is asked."""
    made = Gallery((A, B, C))
    for camera, number, x in ((A, 1, 50.0), (A, 2, 150.0), (B, 1, 350.0)):
        slot = made.tracklet(TrackletKey(camera, number))
        made.tracklets["end"][slot], made.feet[slot] = 2.0, walking(x)
        if camera == A:
            made.give(slot, made.identity(100 + slot))
    return made


def test_laid_views_put_one_object_at_one_place_and_two_apart(gallery: Gallery) -> None:
    apart = apart_in_views(gallery, LAID, np.array([0, 1]), np.array([2, 2]))
    np.testing.assert_allclose(apart, [0.0, BODY], atol=1e-9)  # 100 px are a body's height


def test_nobody_knows_how_far_apart_two_are_who_were_never_there_at_one_time(
    gallery: Gallery,
) -> None:
    gallery.feet[2] = walking(350.0, begin=30.0)
    assert np.isnan(apart_in_views(gallery, LAID, np.array([0]), np.array([2]))).all()


def test_who_stands_at_the_newcomers_place_is_the_likelier_one(gallery: Gallery) -> None:
    told, apart = np.zeros((3, 3, len(LAGS) + 1)), np.zeros((3, 3, len(APART) + 1))
    apart[0, 1], apart[0, 1, 0] = -3.0, 3.0
    abreast = Abreast(TOGETHER, told, LAID, apart)
    np.testing.assert_array_equal(abreast.nats(gallery, np.full(2, 2), np.arange(2)), [3.0, -3.0])


def test_feet_that_are_split_and_put_together_again_are_the_same(gallery: Gallery) -> None:
    feet = feet_of(gallery, np.array([2, 0]))
    for part, slot in zip(split(feet), (2, 0), strict=True):
        np.testing.assert_array_equal(part, gallery.feet[slot])


def test_a_forgotten_tracklet_leaves_no_feet(gallery: Gallery) -> None:
    gallery.drop_tracklet(2)
    assert sorted(gallery.feet) == [0, 1]


def test_a_camera_tells_the_feet_of_whom_the_images_edge_does_not_cut_off() -> None:
    growing = Growing(A, (640, 360))
    n = 3
    growing.gather(
        Rows(
            track_id=np.array([7, 7, 8]),
            frame=np.arange(n),
            time=np.array([0.0, 0.5, 0.5]),
            xyxy=np.array([[10, 50, 50, 150], [20, 50, 60, 150], [10, 200, 50, 360]], np.float32),
            score=np.full(n, 0.9, np.float32),
            class_id=np.zeros(n, np.int32),
            crop=np.empty(0, np.int64),
            embedding=np.empty((0, 0), np.float32),
            quality=np.empty(0, np.float32),
        )
    )
    feet = growing.snapshot(1.0).feet
    assert feet is not None
    assert feet.offsets.tolist() == [0, 2, 2]
    assert feet.xy.tolist() == [[30, 150], [40, 150]]
    assert feet.height.tolist() == [100, 100]
