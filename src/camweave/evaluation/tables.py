"""Box tables: made of plain arrays, rows picked, stacked, and checked before they are scored."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import Bool
from camweave.core.errors import InputError
from camweave.core.tracks import BoxTable, Tracklets

COLUMNS = tuple(field.name for field in fields(BoxTable))


def box_table(
    frame: npt.ArrayLike,
    object_id: npt.ArrayLike,
    xyxy: npt.ArrayLike,
    *,
    score: npt.ArrayLike = 1,
    class_id: npt.ArrayLike = -1,
    visibility: npt.ArrayLike = 1,
) -> BoxTable:
    """A table of K boxes from plain columns, in any order: (K,) each, `xyxy` (K, 4) px.

    Frame 0 is the first. `score`, `class_id` and `visibility` may be one value for all; a truth
    with score 0 is not counted.
    """
    frames = np.asarray(frame, np.int64).reshape(-1)
    order = np.argsort(frames, kind="stable")
    k = len(frames)
    return BoxTable(
        frame=frames[order],
        object_id=np.asarray(object_id, np.int64).reshape(-1)[order],
        xyxy=np.asarray(xyxy, np.float32).reshape(-1, 4)[order],
        score=np.broadcast_to(np.asarray(score, np.float32), k)[order],
        class_id=np.broadcast_to(np.asarray(class_id, np.int32), k)[order],
        visibility=np.broadcast_to(np.asarray(visibility, np.float32), k)[order],
    )


def of_tracklets(tracklets: Tracklets) -> BoxTable:
    """What was followed in one camera's recording, ready to be scored."""
    return box_table(
        tracklets.frame,
        tracklets.row_ids,
        tracklets.xyxy,
        score=tracklets.score,
        class_id=np.repeat(tracklets.class_id, np.diff(tracklets.offsets)),
    )


def no_boxes() -> BoxTable:
    """A table without rows."""
    return box_table([], [], [])


def rows_of(table: BoxTable, keep: Bool) -> BoxTable:
    """The table with only these rows."""
    return BoxTable(*(getattr(table, column)[keep] for column in COLUMNS))


def stack(tables: Sequence[BoxTable]) -> BoxTable:
    """The rows of all tables, one table after another; their frames must not fall."""
    every = [*tables, no_boxes()]
    return BoxTable(*(np.concatenate([getattr(t, column) for t in every]) for column in COLUMNS))


def within(table: BoxTable, first: int, last: int) -> BoxTable:
    """Only frames `first` to `last`, both included, under their old numbers."""
    return rows_of(table, (table.frame >= first) & (table.frame <= last))


def refuse_unusable(who: str, table: BoxTable) -> None:
    """Raise `InputError` naming frame and id of a box that cannot be scored."""
    bad = np.flatnonzero(~np.isfinite(table.xyxy).all(axis=1))
    if len(bad):
        raise InputError(
            f"{who}: the box of {_place(table, bad[0])} is not finite; leave it out or mend it"
        )
    order = np.lexsort((table.object_id, table.frame))
    frame, object_id = table.frame[order], table.object_id[order]
    twice = np.flatnonzero((frame[1:] == frame[:-1]) & (object_id[1:] == object_id[:-1]))
    if len(twice):
        raise InputError(
            f"{who}: {_place(table, order[twice[0]])} stands there twice; "
            "an id may mark one box of a frame"
        )


def _place(table: BoxTable, row: np.intp) -> str:
    return f"id {table.object_id[row]} in frame {table.frame[row]} (the first is 0)"
