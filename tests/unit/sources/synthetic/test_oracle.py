import numpy as np
import pytest
from numpy.testing import assert_array_equal

from camweave.sources.synthetic.oracle import FALSE_ALARM, OracleParams, Recording, record
from camweave.sources.synthetic.plan import CLASS_NAMES, Scenario
from camweave.sources.synthetic.source import SyntheticSource
from camweave.sources.synthetic.truth import CameraTruth

PERFECT = OracleParams(
    miss=0.0, least_visibility=-1.0, least_side=0.01, jitter=0.0, false_alarms=0.0, confusion=0.0
)


@pytest.fixture(scope="module")
def source(plaza: Scenario) -> SyntheticSource:
    return SyntheticSource(plaza, "cam_a")


@pytest.fixture(scope="module")
def truth(source: SyntheticSource) -> CameraTruth:
    return source.full_truth()


def recorded(source: SyntheticSource, truth: CameraTruth, params: OracleParams) -> Recording:
    return record(truth, source.times, source.spec, params)


def test_a_perfect_detector_finds_the_truth(source: SyntheticSource, truth: CameraTruth) -> None:
    found = recorded(source, truth, PERFECT)
    clear = truth.visibility == 1
    keys = {(f, i): box for f, i, box in zip(truth.frame[clear].tolist(),
            truth.object_id[clear].tolist(), truth.xyxy[clear], strict=True)}  # fmt: skip
    rows = zip(found.log.frame.tolist(), found.object_id.tolist(), found.log.xyxy, strict=True)
    seen = {(frame, number): box for frame, number, box in rows}
    assert keys.keys() <= seen.keys()
    for key, box in keys.items():
        if (box[2:] - box[:2]).min() > 1:
            np.testing.assert_allclose(seen[key], box, atol=1e-3)


def test_the_same_seed_gives_the_same_recording(
    source: SyntheticSource, truth: CameraTruth
) -> None:
    one, other = (recorded(source, truth, OracleParams(seed=4)) for _ in range(2))
    assert_array_equal(one.log.xyxy, other.log.xyxy)
    assert_array_equal(one.object_id, other.object_id)
    assert len(recorded(source, truth, OracleParams(seed=5)).log) != len(one.log)


def test_the_share_of_misses_is_the_one_asked_for(
    source: SyntheticSource, truth: CameraTruth
) -> None:
    side = (truth.xyxy[:, 2:] - truth.xyxy[:, :2]).min(axis=1)
    easy = (truth.visibility > 0.9) & (side > 15)
    found = recorded(source, truth, OracleParams(miss=0.3, false_alarms=0.0))
    pairs = set(zip(found.log.frame.tolist(), found.object_id.tolist(), strict=True))
    keys = zip(truth.frame[easy].tolist(), truth.object_id[easy].tolist(), strict=True)
    assert 0.62 < np.mean([key in pairs for key in keys]) < 0.78


def test_hidden_objects_are_found_less_and_scored_lower(
    source: SyntheticSource, truth: CameraTruth
) -> None:
    found = recorded(source, truth, OracleParams(false_alarms=0.0))
    seen = {(f, i): v for f, i, v in zip(truth.frame.tolist(), truth.object_id.tolist(),
            truth.visibility.tolist(), strict=True)}  # fmt: skip
    visibility = np.array(
        [seen[key] for key in zip(found.log.frame.tolist(), found.object_id.tolist(), strict=True)]
    )
    hidden = visibility < 0.5
    assert hidden.any()
    assert visibility.min() >= 0.15
    assert found.log.score[hidden].mean() < found.log.score[~hidden].mean() - 0.1


def test_false_alarms_belong_to_nobody(source: SyntheticSource, truth: CameraTruth) -> None:
    found = recorded(source, truth, OracleParams(false_alarms=1.0))
    ghosts = found.object_id == FALSE_ALARM
    assert 0.6 < ghosts.sum() / found.log.frame_count < 1.4
    assert found.log.score[ghosts].mean() < found.log.score[~ghosts].mean()


def test_a_person_is_never_taken_for_a_vehicle(source: SyntheticSource, truth: CameraTruth) -> None:
    found = recorded(source, truth, OracleParams(confusion=0.9, false_alarms=0.0))
    kind = dict(zip(truth.object_id.tolist(), truth.class_id.tolist(), strict=True))
    real = np.array([kind[number] for number in found.object_id.tolist()])
    assert_array_equal(found.log.class_id == 0, real == 0)
    assert (found.log.class_id != real).any()
    assert found.log.class_names == CLASS_NAMES


def test_boxes_lie_in_the_image_and_have_an_inside(
    source: SyntheticSource, truth: CameraTruth
) -> None:
    log = recorded(source, truth, OracleParams(jitter=0.3, false_alarms=2.0)).log
    assert (log.xyxy[:, 2:] >= log.xyxy[:, :2]).all()
    assert (log.xyxy >= 0).all()
    assert (log.xyxy <= (640, 360, 640, 360)).all()
    assert ((log.score >= 0) & (log.score <= 1)).all()


def test_frames_in_which_nobody_is_are_kept(source: SyntheticSource, truth: CameraTruth) -> None:
    log = recorded(source, truth, OracleParams(miss=1.0, false_alarms=0.0)).log
    assert len(log) == 0
    assert log.frame_count == source.info.frame_count
