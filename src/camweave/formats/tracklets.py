"""`tracklets_raw.npz`: every object one tracker followed, as flat columns with one offset array.

Members: schema, camera, fps, width, height, class_names; by tracklet tracklet_ids (M,),
classes (M,), offsets (M + 1,); by row frame_numbers, times, bboxes, confidences,
detection_indices (row of the detections file, -1 where the box was predicted).
`tracklets.npz` has besides, by embedded crop, embeddings (E, D), embedding_rows (E,),
embedding_qualities (E,), and embedding_offsets (M + 1,).
"""

from pathlib import Path

import numpy as np

from camweave.core.arrays import I64, Bool
from camweave.core.tracks import UNDETECTED, Appearance, Tracklet, Tracklets
from camweave.formats.made_from import made_from_member
from camweave.formats.members import Members, text_array
from camweave.formats.npz import Arrays, write_npz

KIND = "tracklets"
VERSION = 1


def write_tracklets(path: Path, tracklets: Tracklets, *, made_from: str | None = None) -> None:
    """Write them whole, under the schema `camweave.tracklets/1`; `made_from` as for detections.

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
            **made_from_member(made_from),
            **({} if t.appearance is None else appearance_members(t.appearance)),
        },
    )


def appearance_members(look: Appearance) -> Arrays:
    """What embedded crops add to the file."""
    return {
        "embeddings": look.embedding,
        "embedding_offsets": look.offsets,
        "embedding_rows": look.row,
        "embedding_qualities": look.quality,
    }


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
        appearance=read_appearance(m, offsets) if "embeddings" in m else None,
    )


def read_appearance(m: Members, offsets: I64) -> Appearance:
    """The embedded crops, each cut from a row of its own tracklet, in order of time."""
    row = m.integers("embedding_rows", -1)
    e, count = len(row), len(offsets) - 1
    of = read_offsets(m, count, e, "embedding_offsets")
    tracklet = np.repeat(np.arange(count), np.diff(of))
    strange = (row < offsets[tracklet]) | (row >= offsets[tracklet + 1])
    m.refuse_rows("embedding_rows", strange, "not a row of its tracklet")
    fallen = later_in_group(of, e) & (np.diff(row, prepend=-1) <= 0)
    m.refuse_rows("embedding_rows", fallen, "not rising")
    quality = m.measures("embedding_qualities", e)
    m.refuse_rows("embedding_qualities", (quality < 0) | (quality > 1), "not from 0 to 1")
    return Appearance(of, row, m.unit_vectors("embeddings", e, blank=False), quality)


def read_offsets(m: Members, count: int, rows: int, name: str = "offsets") -> I64:
    """(count + 1,) from 0 to `rows`, never falling."""
    offsets = m.integers(name, count + 1)
    if offsets[0] != 0 or offsets[-1] != rows:
        m.fail(f"{name}: expected to lead from 0 to {rows}, found {offsets[0]} to {offsets[-1]}")
    m.refuse_rows(name, np.diff(offsets, prepend=0) < 0, "less than the one before")
    return offsets


def later_in_group(offsets: I64, rows: int) -> Bool:
    """(rows,) those with a row of the same group before them."""
    later = np.ones(rows, np.bool_)
    later[offsets[:-1][offsets[:-1] < rows]] = False
    return later


def read_ids(m: Members, count: int) -> I64:
    """(M,) rising."""
    ids = m.integers("tracklet_ids", count)
    if count:
        m.refuse_rows("tracklet_ids", np.diff(ids, prepend=ids[0] - 1) <= 0, "not rising")
    return ids


def read_frames(m: Members, offsets: I64, k: int) -> I64:
    """Frame numbers that rise within each tracklet."""
    frame = m.frame_numbers(k)
    fallen = later_in_group(offsets, k) & (np.diff(frame, prepend=-1) <= 0)
    m.refuse_rows("frame_numbers", fallen, "not rising")
    return frame


def read_detection_rows(m: Members, k: int) -> I64:
    """(K,) rows of the detections file, or UNDETECTED."""
    rows = m.integers("detection_indices", k)
    m.refuse_rows("detection_indices", rows < UNDETECTED, "neither a row nor -1")
    return rows
