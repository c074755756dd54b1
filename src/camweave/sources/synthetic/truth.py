"""What is true in each frame of one camera: who is there, where, and how much of each is seen."""

from dataclasses import dataclass

import cv2
import numpy as np

from camweave.core.arrays import F32, F64, I32, I64, U8, Bool
from camweave.core.tracks import BoxTable
from camweave.sources.synthetic.backdrop import occluders_of
from camweave.sources.synthetic.cast import Cast, cast_of
from camweave.sources.synthetic.optics import SHIFT, SUBPIXELS, Optics, make_optics
from camweave.sources.synthetic.plan import CameraSpec
from camweave.sources.synthetic.scene import Stage
from camweave.sources.synthetic.sprites import Polygon
from camweave.sources.synthetic.world import World

LEAST_VISIBILITY = 0.25  # what is seen less of is not to be counted
LEAST_SIDE = 16.0  # px: likewise what is lower, or narrower than a third of it
CHUNK = 64  # frames projected at once
FULL = 250  # level from which on a smooth edge counts as filled
FRAME_EDGE = 4.0  # widths of the picture beyond which an object's own mask is not drawn


@dataclass(frozen=True, slots=True, eq=False)
class CameraTruth:
    """K rows in order of frame and object. Boxes are px: left, top, right, bottom."""

    frame: I64  # (K,) index of the frame delivered
    object_id: I64  # (K,) from 1 on; the same object in all cameras
    class_id: I32  # (K,) index into CLASS_NAMES
    whole: F32  # (K, 4) the full object, hidden parts and beyond the image too
    xyxy: F32  # (K, 4) the same, cut to the image
    visible: F32  # (K, 4) around what is seen; zeros where nothing is
    visibility: F32  # (K,) share of its area that is seen, 0 to 1
    ground: F64  # (K, 2) m, where it stands

    def __len__(self) -> int:
        return len(self.frame)

    def table(
        self, *, least_visibility: float = LEAST_VISIBILITY, least_side: float = LEAST_SIDE
    ) -> BoxTable:
        """For scoring: full boxes cut to the image, of everybody of whom anything is seen.

        Score 1 says count it; 0, that it is hidden or small, and neither to be found nor missed.
        """
        rows = np.flatnonzero(self.visibility > 0)
        sides = (self.xyxy[:, 2:] - self.xyxy[:, :2])[rows]
        counts = (
            (self.visibility[rows] >= least_visibility)
            & (sides.max(axis=1) >= least_side)
            & (sides.min(axis=1) >= least_side / 3)
        )
        return BoxTable(
            frame=self.frame[rows],
            object_id=self.object_id[rows],
            xyxy=self.xyxy[rows],
            score=counts.astype(np.float32),
            class_id=self.class_id[rows],
            visibility=self.visibility[rows],
        )


def camera_truth(world: World, spec: CameraSpec, times: F64) -> CameraTruth:
    """The truth of frames taken at `times` (F,) s of the site's clock."""
    optics = make_optics(spec, world.plan.sun)
    stage = Stage(occluders_of(world.plan, spec), optics.pinhole)
    pieces = []
    for first in range(0, max(len(times), 1), CHUNK):
        cast = cast_of(world, optics, times[first : first + CHUNK], painted=False)
        pieces.append(_chunk(cast, stage, optics, first))
    actor, frame, whole, visible, visibility, ground = (
        np.concatenate(column) for column in zip(*pieces, strict=True)
    )
    size = np.array([spec.width, spec.height] * 2)
    cut = whole.clip(0, size)
    rows = np.flatnonzero((cut[:, 2:] > cut[:, :2]).all(axis=1))
    return CameraTruth(
        frame=frame[rows].astype(np.int64),
        object_id=actor[rows] + 1,
        class_id=world.looks.class_id[actor[rows]].astype(np.int32),
        whole=whole[rows].astype(np.float32),
        xyxy=cut[rows].astype(np.float32),
        visible=visible[rows].astype(np.float32),
        visibility=visibility[rows].astype(np.float32),
        ground=ground[rows],
    )


def _chunk(cast: Cast, stage: Stage, optics: Optics, first: int) -> tuple[np.ndarray, ...]:
    size = (optics.pinhole.width, optics.pinhole.height)
    seen = _Seen(cast, stage.size)
    inside = np.all((cast.box[:, :2] >= 0) & (cast.box[:, 2:] <= size), axis=1)
    for order, crowd in stage.orders(cast):
        to_measure = [row for row in order if row in crowd or (row >= 0 and not inside[row])]
        if to_measure:
            seen.measure(to_measure, stage, inside)
    box = np.clip(cast.box, 0, [*size, *size])
    visible = np.concatenate(
        [np.maximum(box[:, :2], seen.box[:, :2]), np.minimum(box[:, 2:], seen.box[:, 2:])], axis=1
    )
    hidden = (seen.share <= 0) | (visible[:, 2:] <= visible[:, :2]).any(axis=1)
    visible[hidden], seen.share[hidden] = 0.0, 0.0
    frame_of = first + np.repeat(np.arange(len(cast.offsets) - 1), np.diff(cast.offsets))
    return cast.actor, frame_of, cast.box, visible, seen.share, cast.footprints.center


class _Seen:
    """What of each row of a cast is seen: filled frame by frame, all of it until then."""

    def __init__(self, cast: Cast, size: tuple[int, int]) -> None:
        self._outline = cast.outline
        self._height, self._width = size
        far = FRAME_EDGE * max(size)
        low = np.floor(cast.box[:, :2]).clip(-far, far) - 1
        high = np.ceil(cast.box[:, 2:]).clip(-far, far) + 2
        self._extent: list[list[int]] = np.concatenate([low, high], 1).astype(int).tolist()
        self._scratch: U8 = np.zeros(size, np.uint8)
        self.box: F64 = cast.box.copy()  # (R, 4) px
        self.share: F64 = np.ones(len(cast.actor))  # (R,)

    def measure(self, order: list[int], stage: Stage, inside: Bool) -> None:
        """Measure one frame's rows: from near to far, each takes what is left open."""
        left_open: U8 = np.full((self._height, self._width), 255, np.uint8)
        for row in reversed(order):
            if row < 0:
                thing = stage.occluders[-1 - row]
                left, top, right, bottom = thing.box
                place = left_open[top:bottom, left:right]
                cv2.subtract(place, thing.mask, dst=place)
                continue
            x0, y0, x1, y1 = self._extent[row]
            x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, self._width), min(y1, self._height)
            if x0 >= x1 or y0 >= y1:
                self.share[row] = 0.0
                continue
            buffer = self._scratch[y0:y1, x0:x1]
            mine = _filled(self._scratch, buffer, self._outline[row])
            buffer[...] = 0
            whole = cv2.countNonZero(mine) if inside[row] else self._whole_area(row)
            place = left_open[y0:y1, x0:x1]
            seen = cv2.bitwise_and(mine, place)
            cv2.subtract(place, mine, dst=place)
            x, y, across, down = cv2.boundingRect(seen)
            self.box[row] = (x0 + x, y0 + y, x0 + x + across, y0 + y + down)
            self.share[row] = cv2.countNonZero(seen) / max(whole, 1)

    def _whole_area(self, row: int) -> int:
        """How many pixels the object would fill if the picture had no edge."""
        x0, y0, x1, y1 = self._extent[row]
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        origin = np.array([x0, y0], np.int32) * SUBPIXELS
        outline = [polygon - origin for polygon in self._outline[row]]
        return int(cv2.countNonZero(_filled(mask, mask, outline)))


def _filled(picture: U8, part: U8, outline: list[Polygon]) -> U8:
    """A mask (255 or 0) of `part` of a picture, where the outline's polygons fill it."""
    for polygon in outline:
        cv2.fillConvexPoly(picture, polygon, 255, cv2.LINE_AA, SHIFT)
    # OpenCV's polygons reach half a pixel too far, solid or smooth. What is full is right.
    return np.asarray(cv2.threshold(part, FULL, 255, cv2.THRESH_BINARY)[1])
