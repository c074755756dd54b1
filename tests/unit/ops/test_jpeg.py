"""Images as JPEG."""

import cv2
import numpy as np
import pytest

from camweave.core.arrays import U8
from camweave.core.errors import InputError
from camweave.ops.jpeg import jpeg, thumbnail


def grey(height: int, width: int) -> U8:
    return np.full((height, width, 3), 90, np.uint8)


def size_of(data: bytes) -> tuple[int, int]:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return len(image), len(image[0])


@pytest.mark.parametrize(
    ("given", "made"), [((400, 100), (50, 12)), ((400, 1), (50, 1)), ((50, 300), (50, 300))]
)
def test_a_thumbnail_keeps_its_ratio_and_is_never_made_larger(
    given: tuple[int, int], made: tuple[int, int]
) -> None:
    assert size_of(thumbnail(grey(*given), 50, 80)) == made


def test_an_image_larger_than_a_jpeg_can_be_is_refused() -> None:
    with pytest.raises(InputError, match="70000x1 px cannot be a JPEG"):
        jpeg(grey(1, 70_000), 80)
