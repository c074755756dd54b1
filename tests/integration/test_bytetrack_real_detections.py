"""ByteTrack on public detections: as many rows and tracks as the authors' code, differences mended.

How these were counted, and what the differences are, stands in docs/parity-bytetrack.md.
"""

from pathlib import Path

import pytest

from camweave.core.frame import CameraId
from camweave.formats.mot import read_mot_detections
from camweave.tracking.bytetrack import ByteTrack, ByteTrackParams

pytestmark = pytest.mark.realdata

COUNTED = [  # file, frames/s, rows shown, tracks
    ("MOT15/PETS09-S2L1/det/det_sort_frcnn.txt", 7, 4177, 61),
    ("MOT17/MOT17-05/det/det_YOLOX_ablation.txt", 14, 6180, 141),
    ("MOT17/MOT17-09/det/det_FRCNN.txt", 30, 2952, 30),
    ("MOT17/MOT17-11/det/det_SDP.txt", 30, 7202, 103),
]


@pytest.mark.parametrize("counted", COUNTED)
def test_rows_and_tracks_are_as_many_as_the_authors_code_shows(
    data_dir: Path, counted: tuple[str, float, int, int]
) -> None:
    file, fps, rows, tracks = counted
    log = read_mot_detections(data_dir / "mot" / file, camera=CameraId("it"), fps=fps)
    tracklets = ByteTrack(ByteTrackParams.published()).track(log)
    assert (len(tracklets.frame), len(tracklets)) == (rows, tracks)
