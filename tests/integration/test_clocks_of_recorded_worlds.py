"""Clocks told from recorded worlds, in which all that a camera errs by is as in true ones."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pytest
from benchmarks.named_worlds import named_world

from camweave.linking.clocks import Clocks, estimate_clocks, surely_off
from camweave.sources.synthetic.recorded.presets import preset

Late: TypeAlias = Mapping[str, float]


@pytest.fixture(scope="module", params=[0, 2])
def told(request: pytest.FixtureRequest) -> tuple[Clocks, Late]:
    """What is told of the clocks of two squares, and by how much they really are late."""
    world = named_world("squares", request.param, trouble="offsets")
    clocks = estimate_clocks(world.on_ground, world.objects + 1)
    names = [str(camera) for camera in clocks.cameras]
    return clocks, preset("offsets", cameras=names, seconds=1.0, seed=request.param).offsets


def test_the_error_of_two_clocks_is_what_they_err_by(told: tuple[Clocks, Late]) -> None:
    clocks, late = told
    errors = np.array(
        [
            (late[str(each.one)] - late[str(each.other)] - each.ahead) / each.sigma
            for each in clocks.pairs
            if each.how == "together"
        ]
    )
    assert len(errors) == 12  # four cameras look at either square
    assert np.mean(np.abs(errors) < 2) > 0.85
    assert 0.3 < np.sqrt(np.mean(np.square(errors))) < 1.3


def test_clocks_that_are_set_agree_within_each_square(
    told: tuple[Clocks, Late],
) -> None:
    clocks, late = told
    mended = surely_off(clocks)
    assert mended is not None
    left = mended.offset + np.array([late[str(camera)] for camera in clocks.cameras])
    for square in (left[:4], left[4:]):
        assert np.ptp(square) < 0.15
