from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from camweave.core.errors import FileFormatError
from camweave.formats.calibration import read_calibration

TILTED = "0.02 0.001 -6\n0 -0.05 20\n0 0.004 -0.4\n"
KRTD = "100 0 50\n0 100 50\n0 0 1\n\n1 0 0\n0 -1 0\n0 0 -1\n\n0 0 10\n\n"
TSAI = (
    '<Camera><Geometry dpx="0.01" dpy="0.01"/>'
    '<Intrinsic focal="1" kappa1="{kappa}" cx="50" cy="50" sx="1"/>'
    '<Extrinsic tx="0" ty="0" tz="10000" rx="3.14159265358979" ry="0" rz="0"/></Camera>'
)
SPOT = np.array([[60.0, 50.0], [50.0, 70.0]])
BELOW = np.array([[1.0, 0.0], [0.0, -2.0]])  # of a camera 10 m above


def written(folder: Path, text: str, name: str = "cam.txt") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_nine_numbers_are_a_homography_of_the_image_to_metres(tmp_path: Path) -> None:
    found = read_calibration(written(tmp_path, TILTED))
    assert found.unit == "m"
    assert_allclose(found.to_image(found.to_ground(np.array([[300.0, 400]]))), [[300, 400]])


@pytest.mark.parametrize("degrees", [(42.5, -90.7), (-33.9, 151.2)])
def test_a_line_that_takes_gps_to_the_image_is_inverted_and_says_so(
    tmp_path: Path, degrees: tuple[float, float]
) -> None:
    # 1e-6 degrees (0.1 m) to a pixel, and a little perspective.
    to_gps = np.array([[0.0, -1e-6, degrees[0]], [1e-6, 0.0, degrees[1]], [0, 0, 1.0]])
    rows = ";".join(" ".join(map(repr, r)) for r in np.linalg.inv(to_gps).tolist())
    found = read_calibration(written(tmp_path, f"Homography matrix: {rows}\n"))
    assert found.unit == "degree"
    assert "inverted" in found.told
    place = found.to_ground(np.zeros((1, 2)))[0]
    assert place.tolist() == pytest.approx(degrees, abs=1e-6)


def test_a_line_of_our_own_is_taken_as_it_stands(tmp_path: Path) -> None:
    line = "Homography matrix: 0.02 0.001 -6;0 -0.05 20;0 0.004 -0.4\n"
    labelled, plain = (read_calibration(written(tmp_path, text)) for text in (line, TILTED))
    assert_allclose(labelled.homography, plain.homography)


def test_krtd_tsai_and_a_projection_of_one_camera_agree(tmp_path: Path) -> None:
    projection = "100 0 -50 500\n0 -100 -50 500\n0 0 -1 10\n"
    texts: tuple[str, ...] = (KRTD, projection, TSAI.format(kappa=0))
    for at, text in enumerate(texts):
        found = read_calibration(written(tmp_path, text, f"{at}.txt"))
        assert_allclose(found.to_ground(SPOT), BELOW, atol=1e-9)


@pytest.mark.parametrize("kappa", [0.5, -0.3])
def test_a_bent_view_goes_to_the_ground_and_back(tmp_path: Path, kappa: float) -> None:
    found = read_calibration(written(tmp_path, TSAI.format(kappa=kappa)))
    assert_allclose(found.to_image(found.to_ground(SPOT)), SPOT, atol=1e-6)
    assert np.abs(found.to_ground(SPOT) - [[1, 0], [0, -2]]).max() > 1e-3


def test_the_ground_may_lie_higher(tmp_path: Path) -> None:
    found = read_calibration(written(tmp_path, KRTD), plane=5.0)
    assert_allclose(found.to_ground(SPOT), BELOW / 2, atol=1e-9)


def test_extrinsics_find_the_straight_intrinsics_beside_them(tmp_path: Path) -> None:
    outer = (
        "<opencv_storage><rvec>3.14159265358979 0 0</rvec><tvec>0 0 1000</tvec></opencv_storage>"
    )
    inner = (
        "<opencv_storage><camera_matrix><data>100 0 50 0 100 50 0 0 1</data></camera_matrix>"
        "<distortion_coefficients><data>0 0 0 0 0</data></distortion_coefficients>"
        "</opencv_storage>"
    )
    path = written(tmp_path, outer, "extrinsic/extr_A.xml")
    with pytest.raises(FileFormatError, match="without K"):
        read_calibration(path)
    written(tmp_path, inner, "intrinsic_zero/intr_A.xml")
    found = read_calibration(path)
    assert "cm" in found.told
    assert_allclose(found.to_ground(SPOT), [[1, 0], [0, -2]], atol=1e-6)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("1 2 3\n", "3 numbers"),
        ("1 0 0\n0 1 0\n0 0 x\n", "could not convert"),
        ("1 2 3\n2 4 6\n0 0 1\n", "singular"),
        ("1 0 0 0\n0 1 0 0\n1 1 0 0\n", "singular"),
        (KRTD.replace("0 -1 0", "0 1 0"), "no rotation"),
        (KRTD.replace("0 0 10", "0"), "numbers. Expected 9"),
        (TSAI[:120], "cut short"),
        ("<Camera><Intrinsic/></Camera>", "no Geometry"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "refused"),
        ('{"homography": [[1, 2], [3]]}', "matrix of numbers"),
        ('{"homography": [1, 2', "cut short"),
        ("{}", "no homography"),
    ],
)
def test_a_file_that_is_no_calibration_says_why_in_one_line(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(FileFormatError, match=says) as caught:
        read_calibration(written(tmp_path, text))
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)
