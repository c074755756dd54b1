"""Frames from a folder of images: `img1/000001.jpg` and so on, at an even rate."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from camweave.core.arrays import U8
from camweave.core.errors import SourceError
from camweave.core.frame import Frame, SourceInfo, Stamp
from camweave.formats.camera_name import checked_camera
from camweave.formats.seqinfo import SequenceInfo, find_sequence_info
from camweave.ops.image_size import image_size
from camweave.sources.rate import checked_fps

ENDINGS = {".jpg", ".jpeg", ".png", ".bmp"}
MOST_PIXELS = 100_000_000  # 300 MB as BGR; a small file can claim far more
MOST_BYTES = 400_000_000


class ImageFolderSource:
    """A folder of JPEG, PNG or BMP images as a `Source`, in natural order (2 before 10).

    Times are offset + index / fps; `fps` may be left out where a `seqinfo.ini` lies in the folder
    or one above it. All images have one size. They are turned upright as their EXIF says.
    """

    def __init__(
        self, path: Path | str, *, camera: str, fps: float | None = None, offset: float = 0.0
    ) -> None:
        self._path = Path(path)
        self._camera = checked_camera(camera)
        self._fps = checked_fps(path, fps)
        self._offset = offset
        self._images: list[Path] = []
        self._info: SourceInfo | None = None

    @property
    def info(self) -> SourceInfo:
        """Size, rate and name; known once the source is open."""
        if self._info is None:
            raise SourceError(f"{self._path}: not open; use it in a `with` block")
        return self._info

    def __enter__(self) -> Self:
        self._images = images_in(self._path)
        height, width = read_image(self._images[0]).shape[:2]
        declared = (find_sequence_info(self._images[0]) or SequenceInfo()).fps
        fps = self._fps or declared
        if fps is None:
            raise SourceError(
                f"{self._path}: images have no frame rate and no seqinfo.ini is beside them; "
                "give it (fps)"
            )
        self._info = SourceInfo(
            camera=self._camera,
            width=width,
            height=height,
            fps=fps,
            declared_fps=declared,
            frame_count=len(self._images),
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._images = []

    def __iter__(self) -> Iterator[Frame]:
        info = self.info
        for index, path in enumerate(self._images):
            image = read_image(path)
            height, width = image.shape[:2]
            if (width, height) != (info.width, info.height):
                raise SourceError(
                    f"{path}: {width}x{height} px; those before are {info.width}x{info.height}"
                )
            yield Frame(Stamp(self._offset + index / info.fps, self._camera, index), image)


def images_in(folder: Path) -> list[Path]:
    """The images of a folder in natural order; at least one."""
    try:
        names = [path for path in folder.iterdir() if is_image(path)]
    except OSError as error:
        raise SourceError(f"{folder}: cannot be read as a folder: {error.strerror}") from error
    if not names:
        raise SourceError(f"{folder}: no .jpg, .png or .bmp images in it")
    return sorted(names, key=lambda path: natural_order(path.name))


def is_image(path: Path) -> bool:
    """Whether the name says so; hidden files are not for us."""
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".")


def natural_order(name: str) -> tuple[list[tuple[int, str]], str]:
    """A sorting key that counts runs of digits as numbers.

    >>> sorted(["a10", "a9", "a09"], key=natural_order)
    ['a09', 'a9', 'a10']
    """
    parts = re.findall(r"(\d+)|(\D+)", name)
    return [(int(digits or -1), text.lower()) for digits, text in parts], name


def read_image(path: Path) -> U8:
    """(H, W, 3) BGR; its size is looked at before it is decoded.

    Raises:
        SourceError: missing, not an image, too large, or damaged.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SourceError(f"{path}: more than {MOST_BYTES / 1e6:.0f} MB; refused")
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    size = image_size(data)
    if size is None:
        raise SourceError(f"{path}: not a JPEG, PNG or BMP image")
    width, height = size
    if not 0 < width * height <= MOST_PIXELS:
        raise SourceError(f"{path}: claims {width}x{height} px; refused")
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise SourceError(f"{path}: cannot be decoded; the file is damaged or cut short")
    return np.asarray(image, np.uint8)
