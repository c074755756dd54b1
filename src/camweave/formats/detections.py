"""`detections_raw.npz`: everything a detector found in one recording.

Members: schema, camera, fps, width, height, class_names; frame_times (F,) s of every frame;
and by row frame_numbers, times, bboxes, confidences, classes. Where they are known: embeddings
(N, D) by row, and camera_motion (F, 2, 3) by frame. Files with only frame_numbers, bboxes and
confidences (as the staged pipelines of others write them) are read as well, when told their
frame rate.
"""

import logging
from functools import partial
from pathlib import Path

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.detections import DetectionLog
from camweave.core.frame import CameraId
from camweave.formats.camera_name import checked_camera
from camweave.formats.frame_times import CLOSE, times_of_frames
from camweave.formats.made_from import made_from_member
from camweave.formats.members import Members, text_array
from camweave.formats.npz import write_npz

log = logging.getLogger(__name__)

KIND = "detections"
VERSION = 1
UNNAMED = CameraId("camera")  # where the file does not say


def write_detections(path: Path, detections: DetectionLog, *, made_from: str | None = None) -> None:
    """Write the log whole, under the schema `camweave.detections/1`.

    `made_from` is the digest of what it was made of, for whoever asks whether to make it again.

    Raises:
        OutputError: the file could not be written.
    """
    d = detections
    known = {"embeddings": d.embedding, "camera_motion": d.camera_motion}
    write_npz(
        path,
        {
            "schema": np.array(f"camweave.{KIND}/{VERSION}"),
            "camera": np.array(d.camera),
            "fps": np.array(d.fps, np.float64),
            "width": np.array(d.width, np.int64),
            "height": np.array(d.height, np.int64),
            "class_names": text_array(*d.class_names),
            "frame_times": d.frame_times,
            "frame_numbers": d.frame,
            "times": d.frame_times[d.frame],
            "bboxes": d.xyxy,
            "confidences": d.score,
            "classes": d.class_id,
            **made_from_member(made_from),
            **{name: array for name, array in known.items() if array is not None},
        },
    )


def read_detections(
    path: Path, *, camera: str | None = None, fps: float | None = None
) -> DetectionLog:
    """The log of a file; `camera` and `fps` speak where the file is silent.

    Rows out of order are sorted, stably. In a file without a schema, a row `[0, 0, 0, 0]` says
    "a frame with nothing in it": it counts as a frame and not as a box.

    Raises:
        FileFormatError: not such a file, of a newer version, or with a row that cannot be:
            the message names file, member and the first bad row.
    """
    m = Members.read(path)
    if "schema" in m:
        m.check_schema(KIND, VERSION)
    elif "frame_numbers" not in m:
        m.fail(f"no detections in it; found {', '.join(sorted(m.arrays)) or 'nothing'}")
    rate = read_fps(m, fps)
    n = len(m.integers("frame_numbers", -1))
    frame = m.frame_numbers(n)
    names = m.texts("class_names")
    xyxy = m.boxes("bboxes", n)
    frame_times = read_frame_times(m, frame, rate)
    look = m.unit_vectors("embeddings", n, blank=True) if "embeddings" in m else None
    rows = rows_to_keep(m, frame, xyxy)
    return DetectionLog(
        camera=read_camera(m, camera),
        fps=rate,
        width=m.side("width") if "width" in m else 0,
        height=m.side("height") if "height" in m else 0,
        frame_times=frame_times,
        frame=frame[rows],
        xyxy=xyxy[rows],
        score=m.measures("confidences", n)[rows],
        class_id=(m.classes(n, names) if "classes" in m else np.zeros(n, np.int32))[rows],
        class_names=names,
        embedding=None if look is None else look[rows],
        camera_motion=read_camera_motion(m, len(frame_times)),
    )


def read_camera_motion(m: Members, frames: int) -> F64 | None:
    """(F, 2, 3) where the file has it."""
    if "camera_motion" not in m:
        return None
    return m.reals("camera_motion", frames, 2, 3)


def read_fps(m: Members, given: float | None) -> float:
    """The file's frame rate, else the one given."""
    if "fps" in m:
        return m.fps()
    if given is None:
        m.fail("does not say its frame rate; give it (--fps)")
    return given


def read_camera(m: Members, given: str | None) -> CameraId:
    """The file's camera, else the one given."""
    if "camera" in m:
        return m.camera()
    return UNNAMED if given is None else checked_camera(given)


def rows_to_keep(m: Members, frame: I64, xyxy: F32) -> slice | I64:
    """Rows in order of frame, without those that only say "nothing here"."""
    nothing: Bool = np.zeros(len(xyxy), np.bool_) if "schema" in m else (xyxy == 0).all(axis=1)
    in_order = bool(np.all(np.diff(frame) >= 0))
    if in_order and not nothing.any():
        return slice(None)
    if not in_order:
        log.info("%s: rows were not in order of frame; sorted", m.path)
    rows = np.argsort(frame, kind="stable")
    return rows[~nothing[rows]]


def read_frame_times(m: Members, frame: I64, fps: float) -> F64:
    """(F,) s of every frame: as stored, else from the rows' times, else from the rate."""
    if "frame_times" in m:
        frame_times = m.reals("frame_times", -1)
        m.refuse_rows("frame_times", np.diff(frame_times, prepend=-np.inf) < 0, "time runs back")
        m.refuse_rows("frame_numbers", frame >= len(frame_times), "beyond frame_times")
        if "times" in m:
            times = m.reals("times", len(frame))
            m.refuse_rows("times", np.abs(times - frame_times[frame]) > CLOSE, "not its frame's")
        return frame_times
    count = int(frame.max(initial=-1)) + 1
    if "times" not in m or not len(frame):
        return np.arange(count) / fps
    refuse = partial(m.refuse_rows, "times")
    return times_of_frames(frame, m.reals("times", len(frame)), fps, refuse)
