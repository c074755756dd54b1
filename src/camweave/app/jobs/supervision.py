"""Two doors to the supervision library, which is not needed: its `Detections` in and out.

What comes in is known by its attributes, what goes out is a dictionary of its arguments.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import I32
from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import InputError, ShapeError
from camweave.core.tracks import Tracks
from camweave.formats.camera_name import checked_camera

CORNERS = 4
CLASS_NAMES = "class_name"  # where supervision keeps them in `data`


@runtime_checkable
class Foreign(Protocol):
    """The part of `supervision.Detections` that is looked at."""

    xyxy: npt.NDArray[Any]  # (N, 4) px
    confidence: npt.NDArray[Any] | None  # (N,)
    class_id: npt.NDArray[Any] | None  # (N,)


def from_supervision(
    frames: Iterable[Foreign], *, fps: float, camera: str = "camera"
) -> DetectionLog:
    """A recording's detections: one `supervision.Detections` per frame, empty ones too, in order.

    Without confidence a box is sure, without class it is of class 0.

    Raises:
        InputError: not such an object, a box that cannot be, or no frame rate.
    """
    if not 0 < fps < float("inf"):
        raise InputError(f"fps: expected frames per second, more than 0, got {fps:g}")
    names: dict[int, str] = {}
    xyxy, score, class_id, counts = [], [], [], []
    for at, found in enumerate(frames):
        n = len(checked(at, found).xyxy)
        counts.append(n)
        xyxy.append(np.asarray(found.xyxy, np.float32).reshape(n, 4))
        score.append(filled(found.confidence, n, 1).astype(np.float32))
        class_id.append(filled(found.class_id, n, 0).astype(np.int32))
        names |= names_in(found, class_id[-1])
    return DetectionLog(
        camera=checked_camera(camera),
        fps=fps,
        width=0,
        height=0,
        frame_times=np.arange(len(counts)) / fps,
        frame=np.repeat(np.arange(len(counts)), counts),
        xyxy=np.concatenate([np.empty((0, 4), np.float32), *xyxy]),
        score=np.concatenate([np.empty(0, np.float32), *score]),
        class_id=np.concatenate([np.empty(0, np.int32), *class_id]),
        class_names=all_named(names, class_id),
    )


def checked(at: int, found: object) -> Foreign:
    """The same, known to be what it should.

    Raises:
        InputError: it is not.
    """
    if not isinstance(found, Foreign):
        raise InputError(
            f"frame {at}: expected detections with xyxy, confidence and class_id, "
            f"got {type(found).__name__}"
        )
    box = np.asarray(found.xyxy)
    lengths = {len(each) for each in (found.confidence, found.class_id) if each is not None}
    if box.shape != (len(box), CORNERS) or not lengths <= {len(box)}:
        raise ShapeError(f"frame {at}: expected xyxy (N, 4), confidence and class_id (N,)")
    if not np.isfinite(box).all() or not np.isfinite(filled(found.confidence, len(box), 1)).all():
        raise InputError(f"frame {at}: expected finite numbers")
    if (box[:, 2:] < box[:, :2]).any():
        raise InputError(f"frame {at}: a box whose right or bottom is before its left or top")
    return found


def filled(column: npt.NDArray[Any] | None, rows: int, usual: float) -> npt.NDArray[Any]:
    """(rows,) the column, or the usual value where there is none."""
    return np.full(rows, usual) if column is None else np.asarray(column)


def names_in(found: Foreign, class_id: I32) -> dict[int, str]:
    """What the frame's own data calls its classes."""
    data = getattr(found, "data", None)
    names = data.get(CLASS_NAMES) if isinstance(data, Mapping) else None
    return {} if names is None else dict(zip(class_id.tolist(), map(str, names), strict=False))


def all_named(names: Mapping[int, str], class_id: Iterable[I32]) -> tuple[str, ...]:
    """A name for every class up to the largest, where any is known."""
    largest = max((int(each.max(initial=0)) for each in class_id), default=0)
    return tuple(names.get(at, f"class_{at}") for at in range(largest + 1)) if names else ()


def to_supervision(found: Tracks | Detections) -> dict[str, npt.NDArray[Any]]:
    """The arguments of a `supervision.Detections`: `sv.Detections(**to_supervision(tracks))`.

    The arrays are copies, as its methods change them in place.
    """
    arguments: dict[str, npt.NDArray[Any]] = {
        "xyxy": found.xyxy.copy(),
        "confidence": found.score.copy(),
        "class_id": found.class_id.copy(),
    }
    if isinstance(found, Tracks):
        arguments["tracker_id"] = found.track_id.copy()
    return arguments
