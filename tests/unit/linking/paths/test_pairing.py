"""Which whole paths are worth asking about."""

import numpy as np
import pytest

from camweave.core.arrays import F32, F64
from camweave.linking.paths import pairing
from camweave.linking.paths.contrast import Contrast, learn_contrast
from camweave.linking.paths.pairing import likely_pairs
from camweave.linking.paths.stepping import at_once


def contrast() -> Contrast:
    rng = np.random.default_rng(0)
    some = np.full(900, 2.0)
    learned = learn_contrast(
        (rng.normal(0, 0.1, 900), some, some), (rng.normal(0.7, 0.08, 900), some)
    )
    assert learned is not None
    return learned


def paths(objects: int = 150, each: int = 2) -> tuple[F32, F64]:
    """Mean looks of so many paths of each object, all of the first ones first."""
    rng = np.random.default_rng(2)
    own = rng.normal(size=(objects, 64))
    mean = np.concatenate([own + 0.6 * rng.normal(size=own.shape) for _ in range(each)])
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    return mean.astype(np.float32), np.full(len(mean), 2.0)


def test_the_paths_of_one_object_are_among_the_likely_ones() -> None:
    found = at_once(likely_pairs(*paths(), contrast()))
    sure = found.nats > 0
    assert (found.one < found.other).all()
    assert set(zip(found.one[sure].tolist(), found.other[sure].tolist(), strict=True)) >= {
        (i, i + 150) for i in range(0, 150, 3)
    }


def test_of_too_many_paths_each_is_held_against_the_next_only() -> None:
    every = at_once(likely_pairs(*paths(each=4), contrast()))
    found = at_once(likely_pairs(*paths(each=4), contrast(), budget=600 * 160))
    assert (every.other - every.one).max() > 160
    assert 0 < (found.other - found.one).max() <= 160


def test_of_too_many_pairs_the_likeliest_are_kept() -> None:
    every = at_once(likely_pairs(*paths(each=4), contrast()))
    some = at_once(likely_pairs(*paths(each=4), contrast(), most=100))
    assert len(some.one) == 100
    assert some.prior == pytest.approx(every.prior)
    assert some.nats.min() >= np.sort(every.nats)[-100] - 1e-9


def test_how_large_the_blocks_are_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    every = at_once(likely_pairs(*paths(), contrast()))
    monkeypatch.setattr(pairing, "COLUMNS", 64)
    monkeypatch.setattr(pairing, "ROWS", 16)
    found = at_once(likely_pairs(*paths(), contrast()))
    key, other = np.lexsort([every.other, every.one]), np.lexsort([found.other, found.one])
    assert np.array_equal(every.one[key], found.one[other])
    assert np.array_equal(every.other[key], found.other[other])
    assert found.prior == pytest.approx(every.prior)
