from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from camweave.core.arrays import F64
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.tracks import Tracklets
from camweave.linking.paths import abreast
from camweave.linking.paths.abreast import meetings_abreast
from camweave.linking.sightings import sightings_of


def tracklets(name: str, begin: F64, length: F64) -> Tracklets:
    """Two boxes each: when it comes and when it goes."""
    count = len(begin)
    return Tracklets(
        camera=CameraId(name),
        fps=1.0,
        width=0,
        height=0,
        tracklet_id=np.arange(1, count + 1),
        class_id=np.zeros(count, np.int32),
        offsets=np.arange(count + 1) * 2,
        frame=np.arange(2 * count),
        time=np.stack([begin, begin + length], axis=1).ravel(),
        xyxy=np.tile(np.array([0, 0, 1, 1], np.float32), (2 * count, 1)),
        score=np.ones(2 * count, np.float32),
        detection=np.arange(2 * count),
    )


def pairs(seen: Sightings, together: np.ndarray) -> set[tuple[int, int]]:
    met = meetings_abreast(seen, np.zeros((len(seen), 1), np.float32), together)
    return {(min(p), max(p)) for p in zip(met.one.tolist(), met.other.tolist(), strict=True)}


def test_who_stands_for_long_meets_all_who_pass() -> None:
    passing = tracklets("b", np.arange(400.0), np.full(400, 5.0))
    standing = tracklets("a", np.array([0.0]), np.array([500.0]))
    found = pairs(sightings_of([standing, passing]), ~np.eye(2, dtype=np.bool_))
    assert found == {(0, k) for k in range(1, 401)}


times = arrays(np.float64, (12, 2), elements=st.floats(0, 8).map(lambda t: round(t, 1)))


@settings(max_examples=50, deadline=None)
@given(times)
def test_all_who_share_half_a_second_in_overlapping_views_meet_once(spans: F64) -> None:
    seen = sightings_of([tracklets(n, *spans[4 * k : 4 * k + 4].T) for k, n in enumerate("abc")])
    together = np.array([[False, True, False], [True, False, True], [False, True, False]])
    met = meetings_abreast(seen, np.zeros((12, 1), np.float32), together)
    expected = {
        (i, j)
        for i, j in combinations(range(12), 2)
        if together[seen.camera[i], seen.camera[j]]
        and min(seen.end[i], seen.end[j]) - max(seen.begin[i], seen.begin[j]) > 0.5
    }
    assert pairs(seen, together) == expected
    assert len(met) == len(expected)


def test_of_too_many_meetings_those_that_began_nearest_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = sightings_of([tracklets(n, np.arange(2.0), np.full(2, 50.0)) for n in ("a", "b")])
    monkeypatch.setattr(abreast, "MOST", 4)
    found = meetings_abreast(seen, np.zeros((4, 1), np.float32), ~np.eye(2, dtype=np.bool_))
    begun = np.abs(seen.begin[found.one] - seen.begin[found.other])
    assert len(found) <= 4
    assert begun.max() <= 1
