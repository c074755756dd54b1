"""Many cameras as one sequence, so that an identity is scored across all of them.

E. Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking",
ECCV workshops 2016.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from camweave.core.errors import InputError
from camweave.core.tracks import BoxTable
from camweave.evaluation.tables import no_boxes, rows_of, stack

CameraRules = Literal["plain", "aicity"]
"""Which result counts across cameras.

- `plain`: all of it.
- `aicity`: as in the AI City Challenge's vehicle track (2019 to 2022), whose truth has only who
  passes several cameras: ids of the result that are seen in one camera only are taken out, and of
  an id that stands twice in a frame the first box is kept.
"""


def join_cameras(
    truth: Mapping[str, BoxTable],
    result: Mapping[str, BoxTable],
    *,
    rules: CameraRules = "plain",
) -> tuple[BoxTable, BoxTable]:
    """One truth and one result: the cameras' frames one block after another, ids as they are.

    Both sides get the same blocks. Scored with `evaluate`, HOTA and IDF1 are those across
    cameras; switches and fragments are counted at the seams too and mean nothing. A camera
    without a result counts as one in which nothing was found.

    Raises:
        InputError: the result has a camera that the truth has not.
    """
    strange = sorted(set(result) - set(truth))
    if strange:
        raise InputError(f"camera {strange[0]!r} has a result and no truth; give both or neither")
    if rules == "aicity":
        result = in_several_cameras({name: each_once(table) for name, table in result.items()})
    block = 1 + max((_last_frame(t) for t in (*truth.values(), *result.values())), default=0)
    cameras = sorted(truth)
    return (
        _one_after_another([truth[camera] for camera in cameras], block),
        _one_after_another([result.get(camera, no_boxes()) for camera in cameras], block),
    )


def in_several_cameras(result: Mapping[str, BoxTable]) -> dict[str, BoxTable]:
    """The result without the ids that only one camera has."""
    ids = [np.unique(table.object_id) for table in result.values()]
    names, cameras = np.unique(np.concatenate([np.empty(0, np.int64), *ids]), return_counts=True)
    several = names[cameras > 1]
    return {
        camera: rows_of(table, np.isin(table.object_id, several))
        for camera, table in result.items()
    }


def each_once(table: BoxTable) -> BoxTable:
    """The table with only the first box of an id in a frame."""
    keys = np.stack([table.frame, table.object_id], axis=1)
    first = np.unique(keys, axis=0, return_index=True)[1]
    keep = np.zeros(len(table), np.bool_)
    keep[first] = True
    return rows_of(table, keep)


def _last_frame(table: BoxTable) -> int:
    return int(table.frame[-1]) if len(table) else 0


def _one_after_another(tables: Sequence[BoxTable], block: int) -> BoxTable:
    return stack([_later(table, at * block) for at, table in enumerate(tables)])


def _later(table: BoxTable, frames: int) -> BoxTable:
    return replace(table, frame=table.frame + frames)
