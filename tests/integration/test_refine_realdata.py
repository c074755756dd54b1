"""What refinement adds to the identity of tracked people, on two public sequences."""

from pathlib import Path

import pytest

from camweave.core.frame import CameraId
from camweave.evaluation.evaluate import evaluate
from camweave.evaluation.scores import combine
from camweave.evaluation.tables import of_tracklets
from camweave.formats.mot import read_mot, read_mot_detections
from camweave.refinement.refine import refine
from camweave.tracking.bytetrack import ByteTrack

pytestmark = pytest.mark.realdata

SEQUENCES = [("MOT15/PETS09-S2L1", "sort_frcnn"), ("MOT17/MOT17-09", "SDP")]


def test_refinement_adds_two_points_of_identity_and_loses_no_hota(data_dir: Path) -> None:
    before, after = [], []
    for name, detector in SEQUENCES:
        folder = data_dir / "mot" / name
        log = read_mot_detections(folder / "det" / f"det_{detector}.txt", camera=CameraId("it"))
        truth = read_mot(folder / "gt" / "gt.txt")
        tracklets = ByteTrack().track(log)
        before.append(evaluate(truth, of_tracklets(tracklets)))
        after.append(evaluate(truth, of_tracklets(refine(tracklets).tracklets)))
    plain, refined = combine(before), combine(after)
    assert refined.idf1 > plain.idf1 + 0.02
    assert refined.hota > plain.hota
    assert refined.clear.switches < plain.clear.switches
