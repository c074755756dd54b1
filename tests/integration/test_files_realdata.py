import configparser
from pathlib import Path

import numpy as np
import pytest

from camweave.core.frame import CameraId
from camweave.formats.detections import read_detections, write_detections
from camweave.formats.mot import read_mot, read_mot_detections
from camweave.sources.images import ImageFolderSource
from camweave.sources.video import VideoSource

pytestmark = pytest.mark.realdata

CLIPS = {
    "PETS09-S2L1_View001_480x360.mp4": (795, 480, 360, 10.0),
    "intel_car-detection.mp4": (377, 768, 432, 12.5),
    "intel_one-by-one-person-detection.mp4": (1394, 768, 432, 10.0),
    "iacv_A12_tunnelligure.mp4": (375, 640, 360, 25.0),
}


@pytest.mark.parametrize("name", CLIPS)
def test_every_frame_of_a_real_clip_comes_at_its_time(
    data_dir: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    count, width, height, fps = CLIPS[name]
    with VideoSource(data_dir / "video" / name, camera="cam") as source:
        info = source.info
        assert (info.width, info.height, info.frame_count) == (width, height, count)
        assert info.fps == info.declared_fps == pytest.approx(fps)
        stamps = []
        for frame in source:
            stamps.append((frame.stamp.index, frame.stamp.time))
            assert frame.image.shape == (height, width, 3)
    assert [index for index, _ in stamps] == list(range(count))
    np.testing.assert_allclose([time for _, time in stamps], np.arange(count) / fps, atol=1e-4)
    assert source.delivered_fps == pytest.approx(fps)
    assert caplog.records == []


def test_the_pets_clip_can_be_told_its_true_rate(data_dir: Path) -> None:
    path = data_dir / "video" / "PETS09-S2L1_View001_480x360.mp4"
    with VideoSource(path, camera="view_1", fps=7.0, offset=2.0) as source:
        assert (source.info.fps, source.info.declared_fps) == (7, 10)
        times = [frame.stamp.time for frame in source]
    np.testing.assert_allclose(times, 2 + np.arange(795) / 7)
    assert source.delivered_fps == pytest.approx(7)


def test_a_folder_of_real_frames_takes_its_rate_from_its_sequence(data_dir: Path) -> None:
    folder = data_dir / "mot" / "MOT17-mini" / "MOT17-09-FRCNN" / "img1"
    with ImageFolderSource(folder, camera="mot17_09") as source:
        frames = list(source)
    assert source.info.fps == 30
    assert len(frames) == len(list(folder.iterdir()))
    assert {frame.image.shape for frame in frames} == {(1080, 1920, 3)}


def mot_files(folder: Path) -> list[Path]:
    places = (
        "MOT15/*/gt",
        "MOT15/*/det",
        "MOT17/*/gt",
        "MOT17/*/det",
        "DanceTrack/*/*",
        "results/*",
    )
    return sorted(
        path
        for place in places
        for path in (folder / "mot").glob(f"{place}/*")
        if path.name.endswith((".txt", ".txt.gz"))
    )


def test_every_real_mot_file_is_read(data_dir: Path) -> None:
    files = mot_files(data_dir)
    assert len(files) >= 30
    for path in files:
        table = read_mot(path)
        assert len(table) > 100, path
        assert table.frame[0] >= 0, path
        assert np.isfinite(table.xyxy).all(), path


def test_truth_of_mot17_has_its_classes_and_that_of_mot15_has_none(data_dir: Path) -> None:
    mot = data_dir / "mot"
    new = read_mot(mot / "MOT17" / "MOT17-05" / "gt" / "gt.txt")
    assert set(new.class_id.tolist()) <= set(range(1, 14))
    assert 0 < new.score.mean() < 1, "some rows are not to be counted"
    assert new.visibility.min() < 0.5
    old = read_mot(mot / "MOT15" / "PETS09-S2L1" / "gt" / "gt.txt")
    assert set(old.class_id.tolist()) == {-1}
    assert len(old) == 4650
    assert len(set(old.object_id.tolist())) == 19


@pytest.mark.parametrize("kind", ["FRCNN", "SDP", "DPM", "YOLOX_ablation"])
def test_real_detections_become_a_log_that_survives_its_file(
    data_dir: Path, tmp_path: Path, kind: str
) -> None:
    folder = data_dir / "mot" / "MOT17" / "MOT17-05"
    log = read_mot_detections(folder / "det" / f"det_{kind}.txt", camera=CameraId("m05"))
    info = configparser.ConfigParser()
    info.read(folder / "seqinfo.ini")
    assert (log.fps, log.width, log.height, log.frame_count) == (14, 640, 480, 837)
    write_detections(tmp_path / "d.npz", log)
    back = read_detections(tmp_path / "d.npz")
    for name in ("frame_times", "frame", "xyxy", "score", "class_id"):
        np.testing.assert_array_equal(getattr(back, name), getattr(log, name))
