"""`tracklets_raw.npz`: every object one tracker followed, as flat columns with one offset array.

Members: schema, camera, fps, width, height, class_names; by tracklet tracklet_ids (M,),
classes (M,), offsets (M + 1,); by row frame_numbers, times, bboxes, confidences,
detection_indices (row of the detections file, -1 where the box was predicted).
"""

from pathlib import Path

import numpy as np

from camweave.core.arrays import I64
from camweave.core.tracks import UNDETECTED, Tracklet, Tracklets
from camweave.formats.members import Members, text_array
from camweave.formats.npz import write_npz

KIND = "tracklets"
VERSION = 1


def write_tracklets(path: Path, tracklets: Tracklets) -> None:
    """Write them whole, under the schema `camweave.tracklets/1`.

    Raises:
        OutputError: the file could not be written.
    """
    t = tracklets
    write_npz(
        path,
        {
            "schema": np.array(f"camweave.{KIND}/{VERSION}"),
            "camera": np.array(t.camera),
            "fps": np.array(t.fps, np.float64),
            "width": np.array(t.width, np.int64),
            "height": np.array(t.height, np.int64),
            "class_names": text_array(*t.class_names),
            "tracklet_ids": t.tracklet_id,
            "classes": t.class_id,
            "offsets": t.offsets,
            "frame_numbers": t.frame,
            "times": t.time,
            "bboxes": t.xyxy,
            "confidences": t.score,
            "detection_indices": t.detection,
        },
    )


def load_tracklets(path: Path) -> list[Tracklet]:
    """One object per tracklet, with `tracklet_id, frame_numbers, bboxes, confidences` and so on.

    Raises:
        FileFormatError: as `read_tracklets`.
    """
    return list(read_tracklets(path))


def read_tracklets(path: Path) -> Tracklets:
    """All tracklets of a file.

    Raises:
        FileFormatError: not such a file, of a newer version, or with a row that cannot be:
            the message names file, member and the first bad row.
    """
    m = Members.read(path)
    if "schema" not in m:
        m.fail(f"no tracklets in it; found {', '.join(sorted(m.arrays)) or 'nothing'}")
    m.check_schema(KIND, VERSION)
    count = len(m.integers("tracklet_ids", -1))
    k = len(m.integers("frame_numbers", -1))
    names = m.texts("class_names")
    offsets = read_offsets(m, count, k)
    return Tracklets(
        camera=m.camera(),
        fps=m.fps(),
        width=m.side("width"),
        height=m.side("height"),
        tracklet_id=read_ids(m, count),
        class_id=m.classes(count, names),
        offsets=offsets,
        frame=read_frames(m, offsets, k),
        time=m.reals("times", k),
        xyxy=m.boxes("bboxes", k),
        score=m.measures("confidences", k),
        detection=read_detection_rows(m, k),
        class_names=names,
    )


def read_offsets(m: Members, count: int, k: int) -> I64:
    """(M + 1,) from 0 to K, never falling."""
    offsets = m.integers("offsets", count + 1)
    if offsets[0] != 0 or offsets[-1] != k:
        m.fail(f"offsets: expected to lead from 0 to {k}, found {offsets[0]} to {offsets[-1]}")
    m.refuse_rows("offsets", np.diff(offsets, prepend=0) < 0, "less than the one before")
    return offsets


def read_ids(m: Members, count: int) -> I64:
    """(M,) rising."""
    ids = m.integers("tracklet_ids", count)
    if count:
        m.refuse_rows("tracklet_ids", np.diff(ids, prepend=ids[0] - 1) <= 0, "not rising")
    return ids


def read_frames(m: Members, offsets: I64, k: int) -> I64:
    """Frame numbers that rise within each tracklet."""
    frame = m.frame_numbers(k)
    same = np.ones(k, np.bool_)  # rows with a row of the same tracklet before them
    same[offsets[:-1][offsets[:-1] < k]] = False
    m.refuse_rows("frame_numbers", same & (np.diff(frame, prepend=-1) <= 0), "not rising")
    return frame


def read_detection_rows(m: Members, k: int) -> I64:
    """(K,) rows of the detections file, or UNDETECTED."""
    rows = m.integers("detection_indices", k)
    m.refuse_rows("detection_indices", rows < UNDETECTED, "neither a row nor -1")
    return rows
