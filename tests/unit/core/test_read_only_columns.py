"""Values share memory and never let it be written."""

import numpy as np
import pytest

from camweave.core.arrays import FLOAT32, column
from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Stamp

STAMP = Stamp(1.0, CameraId("north"), 3)


def test_a_column_cannot_be_written_though_its_maker_still_can() -> None:
    made = np.zeros(3, np.float32)
    kept = column("score", made, FLOAT32, 3)
    assert not kept.flags.writeable
    assert made.flags.writeable
    assert np.shares_memory(kept, made)


def test_a_column_that_is_read_only_already_is_kept_as_it_is() -> None:
    made = np.zeros(3, np.float32)
    made.setflags(write=False)
    assert column("score", made, FLOAT32, 3) is made


def test_a_value_from_trusted_columns_is_frozen_like_any_other() -> None:
    whole = Detections(
        STAMP, np.zeros((4, 4), np.float32), np.zeros(4, np.float32), np.zeros(4, np.int32)
    )
    part = Detections.trusted(STAMP, whole.xyxy[1:3], whole.score[1:3], whole.class_id[1:3])
    assert (len(part), part.stamp) == (2, STAMP)
    with pytest.raises(AttributeError):
        part.score = whole.score  # type: ignore[misc]  # that is the point
    with pytest.raises(ValueError, match="read-only"):
        part.score[0] = 1.0
