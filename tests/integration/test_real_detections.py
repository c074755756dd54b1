"""Trackers on public detections: as many rows and tracks as their authors' code, faults mended.

How these were counted, and what the differences are, stands in docs/parity-*.md.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from camweave.core.frame import CameraId
from camweave.core.stages import Tracker
from camweave.formats.mot import read_mot_detections
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams
from camweave.tracking.ocsort import OcSort, OcSortParams
from camweave.tracking.sort import Sort, SortParams

pytestmark = pytest.mark.realdata


def sort(_: float) -> Tracker:
    return Sort(SortParams.published())


def bytetrack(_: float) -> Tracker:
    return ByteTrack(ByteTrackParams.published())


def ocsort(fps: float) -> Tracker:
    """Its authors count in frames."""
    return OcSort(replace(OcSortParams.published(), patience=30 / fps, look_back=3 / fps))


PETS = "MOT15/PETS09-S2L1/det/det_sort_frcnn.txt"
COUNTED = [  # tracker, file, frames/s, rows shown, tracks
    (sort, PETS, 7, 3844, 110),
    (sort, "MOT17/MOT17-05/det/det_SDP.txt", 14, 3781, 177),
    (sort, "MOT17/MOT17-09/det/det_FRCNN.txt", 30, 2790, 51),
    (sort, "MOT17/MOT17-11/det/det_DPM.txt", 30, 4040, 101),
    (bytetrack, PETS, 7, 4177, 61),
    (bytetrack, "MOT17/MOT17-05/det/det_YOLOX_ablation.txt", 14, 6180, 141),
    (bytetrack, "MOT17/MOT17-09/det/det_FRCNN.txt", 30, 2952, 30),
    (bytetrack, "MOT17/MOT17-11/det/det_SDP.txt", 30, 7202, 103),
    (ocsort, PETS, 7, 3820, 53),
    (ocsort, "MOT17/MOT17-05/det/det_SDP.txt", 14, 3760, 109),
    (ocsort, "MOT17/MOT17-09/det/det_FRCNN.txt", 30, 2794, 29),
    (ocsort, "MOT17/MOT17-11/det/det_DPM.txt", 30, 3888, 56),
]


@pytest.mark.parametrize(("make", "file", "fps", "rows", "tracks"), COUNTED)
def test_rows_and_tracks_are_as_many_as_the_authors_code_shows(  # noqa: PLR0917 - one row of the table
    data_dir: Path, make: Callable[[float], Tracker], file: str, fps: float, rows: int, tracks: int
) -> None:
    log = read_mot_detections(data_dir / "mot" / file, camera=CameraId("it"), fps=fps)
    tracklets = make(fps).track(log)
    assert (len(tracklets.frame), len(tracklets)) == (rows, tracks)
