import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from camweave.core.arrays import F64
from camweave.core.errors import FileFormatError, ShapeError
from camweave.formats.camera_motion import read_camera_motion, write_camera_motion

LINES = "0\t1\t0\t0\t0\t1\t0\t\n1\t1.004654\t-0.003387\t2.570496\t0.003387\t1.004654\t-2.0065\t\n"


@given(arrays(np.float64, (3, 2, 3), elements=st.floats(-1e9, 1e9)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_what_is_written_is_read_back_to_the_bit(tmp_path: Path, motion: F64) -> None:
    path = tmp_path / "gmc.txt"
    write_camera_motion(path, motion)
    np.testing.assert_array_equal(read_camera_motion(path), motion)


def test_a_published_file_counts_from_0(tmp_path: Path) -> None:
    path = tmp_path / "gmc.txt"
    path.write_text(LINES)
    motion = read_camera_motion(path)
    assert motion.dtype == np.float64
    np.testing.assert_array_equal(motion[0], np.eye(2, 3))
    np.testing.assert_array_equal(
        motion[1], [[1.004654, -0.003387, 2.570496], [0.003387, 1.004654, -2.0065]]
    )


def test_a_file_may_count_from_1_and_use_blanks_or_commas(tmp_path: Path) -> None:
    path = tmp_path / "gmc.txt"
    path.write_text("# frame a b x c d y\n1 1 0 5 0 1 6\n2, 1, 0, 7, 0, 1, 8\n")
    np.testing.assert_array_equal(read_camera_motion(path)[:, :, 2], [[5, 6], [7, 8]])


def test_a_gzipped_file_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "gmc.txt.gz"
    path.write_bytes(gzip.compress(LINES.encode()))
    assert len(read_camera_motion(path)) == 2


def test_frames_left_out_have_no_motion(tmp_path: Path) -> None:
    path = tmp_path / "gmc.txt"
    path.write_text("0 1 0 5 0 1 6\n3 1 0 7 0 1 8\n")
    motion = read_camera_motion(path)
    assert motion[:, 0, 2].tolist() == [5, 0, 0, 7]
    np.testing.assert_array_equal(motion[2], np.eye(2, 3))


def test_a_recording_takes_as_many_frames_as_it_has(tmp_path: Path) -> None:
    path = tmp_path / "gmc.txt"
    path.write_text(LINES)
    assert read_camera_motion(path, frames=1).shape == (1, 2, 3)
    with pytest.raises(FileFormatError, match=r"ends after 2 frames, of 9 in the recording"):
        read_camera_motion(path, frames=9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 1 0 0 0 1\n", r"gmc.txt:1: expected frame a b x c d y"),
        (LINES + "2 1 0 x 0 1 0\n", r"gmc.txt:3: expected .* seven finite numbers: '2 1 0 x 0"),
        (LINES + "2 1 0 nan 0 1 0\n", r"gmc.txt:3: "),
        ("0.5 1 0 0 0 1 0\n", r"gmc.txt:1: "),
        ("-1 1 0 0 0 1 0\n", r"gmc.txt:1: "),
        ("99999999999 1 0 0 0 1 0\n", r"gmc.txt:1: "),
        ("\n# a\n7 1 0 0 0 1 0\n", r"expected frame 0 or 1 first, found 7"),
        (LINES + "1 1 0 0 0 1 0\n", r"frame 1 is out of order"),
        ("", r"no motion in it"),
    ],
)
def test_a_line_that_cannot_be_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "gmc.txt"
    path.write_text(text)
    with pytest.raises(FileFormatError, match=message):
        read_camera_motion(path)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="no such file"):
        read_camera_motion(tmp_path / "none.txt")


def test_only_finite_motions_of_the_right_shape_are_written(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match="expected float64"):
        write_camera_motion(tmp_path / "gmc.txt", np.zeros((2, 3, 3)))
    with pytest.raises(ShapeError, match="finite"):
        write_camera_motion(tmp_path / "gmc.txt", np.full((2, 2, 3), np.inf))
    assert not list(tmp_path.iterdir())


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "frames"), [("MOT17-05", 837), ("MOT17-11", 900)])
def test_the_published_files_are_read(data_dir: Path, name: str, frames: int) -> None:
    motion = read_camera_motion(data_dir / "mot" / "MOT17" / name / "gmc_ucmctrack.txt", frames)
    assert motion.shape == (frames, 2, 3)
    np.testing.assert_array_equal(motion[0], np.eye(2, 3))
