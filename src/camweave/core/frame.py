"""Where and when: the stamp that every value carries, and the frame itself."""

from dataclasses import dataclass
from typing import NewType

from camweave.core.arrays import U8
from camweave.core.errors import ShapeError

CameraId = NewType("CameraId", str)

IMAGE_AXES = 3


@dataclass(frozen=True, slots=True)
class Stamp:
    """When and where a frame was taken."""

    time: float  # s of capture, on the site's clock
    camera: CameraId
    index: int  # 0 is the first frame the source delivered
    epoch: int = 0  # rises where the stream begins anew: no track spans two of them


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One image of one camera."""

    stamp: Stamp
    image: U8  # (H, W, 3) BGR

    def __post_init__(self) -> None:
        shape = self.image.shape
        if len(shape) != IMAGE_AXES or shape[2] != IMAGE_AXES or self.image.dtype.char != "B":
            raise ShapeError(f"image: expected uint8 (H, W, 3), got {self.image.dtype} {shape}")

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) px."""
        height, width = self.image.shape[:2]
        return width, height


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source says of itself before its first frame."""

    camera: CameraId
    width: int  # px, as shown (rotation applied)
    height: int  # px
    fps: float  # frames/s used for time: what the site says, else what the container declares
    declared_fps: float | None = None  # what the container says, where it says anything
    frame_count: int | None = None  # None while unknown
