from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from camweave.core.errors import InputError
from camweave.core.frame import Frame
from camweave.core.stages import Source
from camweave.sources.synthetic.plan import Scenario
from camweave.sources.synthetic.source import SyntheticSource

MakeScenario = Callable[..., Scenario]


def frames_of(source: Source) -> list[Frame]:
    with source:
        return list(source)


def test_frames_are_counted_from_zero_and_carry_the_cameras_own_clock(
    small_scenario: MakeScenario,
) -> None:
    source = SyntheticSource(small_scenario(offset=1.5, drop=0.2), "cam_a")
    frames = frames_of(source)
    assert [frame.stamp.index for frame in frames] == list(range(source.info.frame_count or 0))
    assert 20 < len(frames) < 40
    times = np.array([frame.stamp.time for frame in frames])
    assert times[0] == 0.0
    assert_allclose(times * 10, np.rint(times * 10), atol=1e-9)
    assert np.diff(times).max() > 0.15  # a dropped frame leaves a gap


def test_an_offset_moves_the_stamps_and_nothing_else(small_scenario: MakeScenario) -> None:
    scenario = small_scenario(seconds=0.5, offset=0.7)
    plain = frames_of(SyntheticSource(scenario, "cam_a"))
    moved = frames_of(SyntheticSource(scenario, "cam_a", offset=0.7, camera="north"))
    for one, other in zip(plain, moved, strict=True):
        assert other.stamp.time == one.stamp.time + 0.7
        assert other.stamp.camera == "north"
        assert_array_equal(one.image, other.image)
    source = SyntheticSource(scenario, "cam_a", offset=scenario.cameras[0].offset)
    assert_allclose(source.times, source.true_times)


def test_a_later_camera_sees_the_same_moment_in_an_earlier_frame(
    small_scenario: MakeScenario,
) -> None:
    early = SyntheticSource(small_scenario(noise=0.0), "cam_a")
    late = SyntheticSource(small_scenario(noise=0.0, offset=0.5), "cam_a")
    assert_array_equal(frames_of(early)[12].image, frames_of(late)[7].image)


def test_the_truth_counts_the_frames_that_are_delivered(small_scenario: MakeScenario) -> None:
    source = SyntheticSource(small_scenario(drop=0.3), "cam_a")
    truth = source.truth()
    assert truth.frame[-1] < (source.info.frame_count or 0)
    whole = SyntheticSource(small_scenario(), "cam_a")
    kept = np.flatnonzero(np.isin(whole.true_times, source.true_times))
    frame = int(truth.frame[len(truth) // 2])
    same = whole.truth()
    assert_array_equal(truth.xyxy[truth.frame == frame], same.xyxy[same.frame == kept[frame]])


def test_iterating_again_gives_the_same_frames(small_scenario: MakeScenario) -> None:
    source = SyntheticSource(small_scenario(seconds=0.4), "cam_a")
    one = frames_of(source)
    with source:
        other, again = list(source), list(source)
    assert all((a.image == b.image).all() for a, b in zip(one, again, strict=True))
    assert all((a.image == b.image).all() for a, b in zip(one, other, strict=True))


def test_a_source_says_what_it_is_before_its_first_frame(small_scenario: MakeScenario) -> None:
    info = SyntheticSource(small_scenario(seconds=2.0), "cam_a", camera="gate").info
    assert (info.camera, info.width, info.height, info.fps) == ("gate", 320, 192, 10.0)
    assert info.frame_count == 20


def test_an_address_opens_a_source() -> None:
    source = SyntheticSource.from_text("synthetic:road/cam_a?seconds=0.2&size=160x96", camera="a")
    frames = frames_of(source)
    assert len(frames) == 3
    assert frames[0].image.shape == (96, 160, 3)
    assert frames[0].stamp.camera == "a"


def test_a_camera_that_is_not_there_cannot_be_opened(small_scenario: MakeScenario) -> None:
    with pytest.raises(InputError, match="no camera 'cam_q'"):
        SyntheticSource(small_scenario(), "cam_q")
