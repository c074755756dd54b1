import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camweave.core.errors import SourceError
from camweave.core.frame import Frame
from camweave.core.stages import Source
from camweave.ops.image_size import image_size
from camweave.sources.images import ImageFolderSource, natural_order, read_image


def picture(value: int = 0, size: tuple[int, int] = (32, 24)) -> np.ndarray:
    return np.full((size[1], size[0], 3), value, np.uint8)


def put(path: Path, image: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    done, data = cv2.imencode(path.suffix, image)
    assert done
    path.write_bytes(data.tobytes())
    return path


def frames_of(folder: Path, fps: float | None = 10.0, offset: float = 0.0) -> list[Frame]:
    with ImageFolderSource(folder, camera="cam", fps=fps, offset=offset) as source:
        return list(source)


def test_it_is_a_source(tmp_path: Path) -> None:
    put(tmp_path / "a.png", picture())
    source: Source = ImageFolderSource(tmp_path, camera="cam", fps=1.0)
    with source as frames:
        assert [frame.stamp.index for frame in frames] == [0]


def test_images_come_in_natural_order_at_an_even_rate(tmp_path: Path) -> None:
    for number in (10, 9, 1, 100):
        put(tmp_path / f"frame{number}.png", picture(number))
    (tmp_path / "notes.txt").write_text("not an image")
    (tmp_path / ".hidden.png").write_text("not for us")
    frames = frames_of(tmp_path, fps=8.0, offset=3.0)
    assert [int(frame.image[0, 0, 0]) for frame in frames] == [1, 9, 10, 100]
    assert [frame.stamp.time for frame in frames] == [3.0, 3.125, 3.25, 3.375]
    assert [frame.stamp.index for frame in frames] == [0, 1, 2, 3]


@given(st.lists(st.text("aB0129_é", min_size=1, max_size=6), unique=True))
def test_any_names_have_one_order(names: list[str]) -> None:
    other_way_round = names[::-1]
    assert sorted(names, key=natural_order) == sorted(other_way_round, key=natural_order)


@pytest.mark.parametrize("ending", [".jpg", ".jpeg", ".JPG", ".png", ".bmp"])
def test_the_usual_kinds_are_read(tmp_path: Path, ending: str) -> None:
    put(tmp_path / f"a{ending.lower()}", picture(200)).rename(tmp_path / f"a{ending}")
    assert frames_of(tmp_path)[0].image.shape == (24, 32, 3)


def test_a_source_says_what_it_is(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path / f"{number}.png", picture())
    with ImageFolderSource(tmp_path, camera="cam", fps=5.0) as source:
        info = source.info
    assert (info.width, info.height, info.fps, info.frame_count) == (32, 24, 5, 3)
    assert info.declared_fps is None


def test_the_rate_of_a_sequence_file_is_used(tmp_path: Path) -> None:
    put(tmp_path / "img1" / "000001.jpg", picture())
    (tmp_path / "seqinfo.ini").write_text("[Sequence]\nframeRate=14\n")
    with ImageFolderSource(tmp_path / "img1", camera="cam") as source:
        assert (source.info.fps, source.info.declared_fps) == (14, 14)
    with ImageFolderSource(tmp_path / "img1", camera="cam", fps=7.0) as source:
        assert (source.info.fps, source.info.declared_fps) == (7, 14)


def test_a_rate_that_nobody_knows_is_asked_for(tmp_path: Path) -> None:
    put(tmp_path / "a.png", picture())
    with pytest.raises(SourceError, match=r"images have no frame rate .* give it \(fps\)"):
        frames_of(tmp_path, fps=None)


def test_gray_and_transparent_images_become_bgr(tmp_path: Path) -> None:
    put(tmp_path / "a.png", np.full((24, 32), 7, np.uint8))
    put(tmp_path / "b.png", np.full((24, 32, 4), 7, np.uint8))
    assert [frame.image.shape for frame in frames_of(tmp_path)] == [(24, 32, 3)] * 2


def exif(orientation: int) -> bytes:
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def test_a_photograph_is_turned_upright_as_it_says(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jpg", picture())
    data = path.read_bytes()
    path.write_bytes(data[:2] + exif(6) + data[2:])
    assert image_size(path.read_bytes()) == (32, 24)
    with ImageFolderSource(tmp_path, camera="cam", fps=1.0) as source:
        assert (source.info.width, source.info.height) == (24, 32)
        assert next(iter(source)).image.shape == (32, 24, 3)


def test_images_of_two_sizes_are_refused(tmp_path: Path) -> None:
    put(tmp_path / "1.png", picture())
    put(tmp_path / "2.png", picture(size=(30, 24)))
    with pytest.raises(SourceError, match=r"2\.png: 30x24 px; those before are 32x24"):
        frames_of(tmp_path)


@pytest.mark.parametrize("ending", [".jpg", ".png", ".bmp"])
def test_an_image_that_cannot_be_decoded_is_named(
    tmp_path: Path, ending: str, capfd: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path / f"1{ending}", picture())
    broken = put(tmp_path / f"2{ending}", picture())
    broken.write_bytes(broken.read_bytes()[: 30 if ending != ".jpg" else 200])
    with pytest.raises(SourceError, match=r"2\.\w+: (cannot be decoded|not a JPEG)"):
        frames_of(tmp_path)
    capfd.readouterr()  # the codec's own words on standard error


@pytest.mark.parametrize(
    "content", [b"", b"text", b"\xff\xd8", b"\xff\xd8\xff\xc0", b"BM", b"\x89PNG"]
)
def test_what_is_no_image_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.jpg: not a JPEG, PNG or BMP image"):
        read_image(tmp_path / "a.jpg")


def test_an_image_that_claims_too_much_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    jpg = bytearray(put(tmp_path / "a.jpg", picture()).read_bytes())
    at = jpg.index(b"\xff\xc0")
    struct.pack_into(">HH", jpg, at + 5, 60000, 60000)
    (tmp_path / "a.jpg").write_bytes(jpg)
    png = bytearray(put(tmp_path / "b.png", picture()).read_bytes())
    struct.pack_into(">II", png, 16, 60000, 60000)
    (tmp_path / "b.png").write_bytes(png)
    for name in ("a.jpg", "b.png"):
        with pytest.raises(SourceError, match="claims 60000x60000 px; refused"):
            read_image(tmp_path / name)


@given(st.binary(max_size=60), st.sampled_from([b"", b"\xff\xd8", b"BM", b"\x89PNG\r\n\x1a\n"]))
def test_no_bytes_at_all_upset_the_header_reader(tail: bytes, start: bytes) -> None:
    size = image_size(start + tail)
    assert size is None or (size[0] >= 0 and size[1] >= 0)


def test_an_empty_or_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no \.jpg, \.png or \.bmp images in it"):
        frames_of(tmp_path)
    with pytest.raises(SourceError, match="none: cannot be read as a folder: No such file"):
        frames_of(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="file: cannot be read as a folder: Not a directory"):
        frames_of(tmp_path / "file")


def test_an_impossible_rate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="fps: expected a number above 0"):
        ImageFolderSource(tmp_path, camera="c", fps=0.0)
