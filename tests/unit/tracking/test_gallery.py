"""What a track remembers of its looks, and how unlike them another one is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.arrays import F32
from camweave.tracking.deepsort_steps import TRACK
from camweave.tracking.gallery import at_unit_length, keep_look, least_unlikeness, unlikeness

KEPT, D = 4, 7
NOTHING = -1.0  # no look is near enough to end the search


def filled(looks: F32) -> tuple[np.record, F32]:
    """A track that was given these looks, one after the other, and the gallery."""
    gallery = np.full((3, KEPT, D), np.nan, np.float32)
    track = np.zeros(1, TRACK).view(np.recarray)[0]
    track.slot = 1
    for row in range(len(looks)):
        keep_look(track, gallery, looks, row)
    return track, gallery


def some_looks(seed: int, count: int) -> F32:
    """Looks of somebody, more or less like each other."""
    rng = np.random.default_rng(seed)
    near = rng.normal(size=D) + rng.choice([0.1, 0.5, 2.0]) * rng.normal(size=(count, D))
    looks: F32 = at_unit_length(near.astype(np.float32), count).looks
    return looks


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 3 * KEPT))
def test_the_nearest_of_the_last_looks_counts(seed: int, count: int) -> None:
    looks = some_looks(seed, count + 1)
    kept, other = looks[:count], looks[count:]
    track, gallery = filled(kept)
    away = 1.0 - kept[-KEPT:] @ other[0]
    assert np.isclose(unlikeness(track, gallery, other, 0, NOTHING), away.min(), atol=1e-5)
    enough = float(np.median(away)) + 1e-5
    assert unlikeness(track, gallery, other, 0, enough) <= enough
    assert least_unlikeness(track, gallery, other, 0) <= away.min()


def test_who_is_nothing_like_any_of_them_is_known_by_one_look() -> None:
    looks = np.eye(D, dtype=np.float32)
    track, gallery = filled(np.repeat(looks[:1], 3, axis=0))
    assert least_unlikeness(track, gallery, looks, 5) > 0.99


def test_rows_that_were_not_embedded_are_told_from_the_others() -> None:
    rows = np.array([[3, 4], [0, 0], [np.nan, 1], [np.inf, 1]], np.float32)
    units = at_unit_length(rows, 5)
    assert units.known.tolist() == [True, False, False, False, False]
    np.testing.assert_allclose(units.looks[0], [0.6, 0.8], rtol=1e-6)
