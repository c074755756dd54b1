"""What weave is for, on real streams: people who all look alike, and a camera that is carried."""

from pathlib import Path

import numpy as np
import pytest

from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracklets
from camweave.evaluation.evaluate import evaluate
from camweave.evaluation.scores import Scores, combine
from camweave.evaluation.tables import of_tracklets
from camweave.formats.mot import read_mot, read_mot_detections
from camweave.tracking.bytetrack import ByteTrack
from camweave.tracking.weave import Weave, WeaveParams

DANCERS = ("dancetrack0004", "dancetrack0010", "dancetrack0035", "dancetrack0043")
STILL = WeaveParams(moving_camera=False)


def log_of(path: Path, fps: float | None = None) -> DetectionLog:
    return read_mot_detections(path, camera=CameraId("real"), fps=fps)


def scores(folder: Path, found: Tracklets) -> Scores:
    return evaluate(read_mot(folder / "gt" / "gt.txt"), of_tracklets(found))


@pytest.mark.realdata
def test_dancers_keep_their_ids_longer_than_with_bytetrack(data_dir: Path) -> None:
    folders = [data_dir / "mot" / "DanceTrack" / name for name in DANCERS]
    logs = [log_of(folder / "det" / "det_YOLOX.txt.gz", 20.0) for folder in folders]
    pairs = list(zip(folders, logs, strict=True))
    ours = combine([scores(folder, Weave().track(log)) for folder, log in pairs])
    theirs = combine([scores(folder, ByteTrack().track(log)) for folder, log in pairs])
    assert ours.hota > theirs.hota + 0.05
    assert ours.idf1 > theirs.idf1 + 0.05


@pytest.mark.realdata
def test_a_carried_camera_is_followed_by_its_boxes(data_dir: Path) -> None:
    folder = data_dir / "mot" / "MOT17" / "MOT17-11"
    log = log_of(folder / "det" / "det_YOLOX_ablation.txt")
    moving = scores(folder, Weave().track(log))
    still = scores(folder, Weave(STILL).track(log))
    assert moving.hota > still.hota + 0.03
    assert moving.idf1 > still.idf1 + 0.05


@pytest.mark.realdata
@pytest.mark.parametrize("detector", ["YOLOX_ablation", "FRCNN", "SDP", "DPM"])
def test_a_camera_on_a_tripod_is_left_alone(data_dir: Path, detector: str) -> None:
    log = log_of(data_dir / "mot" / "MOT17" / "MOT17-09" / "det" / f"det_{detector}.txt")
    found, still = Weave().track(log), Weave(STILL).track(log)
    np.testing.assert_array_equal(found.tracklet_id, still.tracklet_id)
    np.testing.assert_array_equal(found.xyxy, still.xyxy)
