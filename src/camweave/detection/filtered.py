"""Any detector, kept to the classes, scores, sizes and the part of the picture that matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from camweave.core.arrays import U8, Bool
from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import Frame
from camweave.core.stages import Detector
from camweave.detection.class_names import wanted_classes
from camweave.detection.mask import foot_on_white, read_mask
from camweave.ops.boxes import area


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterParams:
    """What `Filtered` keeps; every limit is kept too."""

    classes: tuple[str, ...] = ()  # names; empty keeps all
    score: float = 0.0
    min_height: float = 0.0  # px
    max_height: float = inf  # px
    min_area: float = 0.0  # px²
    max_area: float = inf  # px²
    mask: Path | None = None  # image, white is kept; tested where the object stands

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 1:
            raise InputError("filter: score is 0 to 1")
        if self.min_height > self.max_height or self.min_area > self.max_area:
            raise InputError("filter: a min is above its max, so nothing would be kept")


class Keep:
    """What of a detector's finds is passed on. It remembers nothing.

    The foot point decides about the mask: an object is where it stands, and half of a box may
    reach over ground that is left out.

    Raises:
        InputError: a class that is not among `class_names`, or a mask that cannot be used.
    """

    def __init__(self, params: FilterParams, class_names: Sequence[str]) -> None:
        self.params = params
        self._wanted = wanted_classes(params.classes, tuple(class_names))
        self._mask = None if params.mask is None else read_mask(params.mask)

    def of(self, found: Detections, image: U8) -> Detections:
        """The detections that are kept of those found in `image` (H, W, 3)."""
        return found[self._kept(found, image)]

    def _kept(self, found: Detections, image: U8) -> Bool:
        p, height, size = self.params, found.xyxy[:, 3] - found.xyxy[:, 1], area(found.xyxy)
        kept: Bool = self._wanted[found.class_id] & (found.score >= p.score)
        kept &= (height >= p.min_height) & (height <= p.max_height)
        kept &= (size >= p.min_area) & (size <= p.max_area)
        if self._mask is not None:
            kept &= foot_on_white(self._mask, found.xyxy, (image.shape[1], image.shape[0]))
        return kept


class Filtered:
    """A `Detector` that passes on what another one finds, where it is to be kept.

    Raises:
        InputError: a class that the detector does not know, or a mask that cannot be used.
    """

    def __init__(self, detector: Detector, params: FilterParams) -> None:
        self._detector = detector
        self._keep = Keep(params, detector.class_names)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Those of the detector within; ids stay as they are."""
        return self._detector.class_names

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """One `Detections` per frame, in the same order."""
        found = self._detector.detect(frames)
        return [
            self._keep.of(detections, frame.image)
            for detections, frame in zip(found, frames, strict=True)
        ]
