"""Tracklets as a CSV table for spreadsheets: one row per box, in order of frame."""

import csv
from pathlib import Path

import numpy as np

from camweave.core.tracks import Tracklets
from camweave.formats.atomic import written_whole
from camweave.formats.mot import box_columns

COLUMNS = (
    "frame",
    "time",
    "bbox_topleft_x",
    "bbox_topleft_y",
    "bbox_width",
    "bbox_height",
    "track_id",
    "class",
    "confidence",
)


def write_csv(path: Path, tracklets: Tracklets) -> None:
    """Write frame (0 is the first), s, px, id, class (its name where known), confidence.

    Raises:
        OutputError: the file could not be written.
    """
    t = tracklets
    order = np.lexsort((t.row_ids, t.frame))
    names = dict(enumerate(t.class_names))
    classes = np.repeat(t.class_id, np.diff(t.offsets))[order]
    columns = (
        t.frame[order].tolist(),
        [f"{time:.4f}" for time in t.time[order].tolist()],
        *([f"{v:.3f}" for v in axis] for axis in box_columns(t.xyxy[order]).tolist()),
        t.row_ids[order].tolist(),
        [names.get(i, i) for i in classes.tolist()],
        [f"{score:.4f}" for score in t.score[order].tolist()],
    )
    with written_whole(path) as part, part.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows(zip(*columns, strict=True))
