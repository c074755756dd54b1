"""Many cameras as one sequence, so that an identity is scored across all of them.

E. Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking",
ECCV workshops 2016.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from camweave.core.errors import InputError
from camweave.core.tracks import BoxTable
from camweave.evaluation.tables import no_boxes, stack


def join_cameras(
    truth: Mapping[str, BoxTable], result: Mapping[str, BoxTable]
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
    block = 1 + max((_last_frame(t) for t in (*truth.values(), *result.values())), default=0)
    cameras = sorted(truth)
    return (
        _one_after_another([truth[camera] for camera in cameras], block),
        _one_after_another([result.get(camera, no_boxes()) for camera in cameras], block),
    )


def _last_frame(table: BoxTable) -> int:
    return int(table.frame[-1]) if len(table) else 0


def _one_after_another(tables: Sequence[BoxTable], block: int) -> BoxTable:
    return stack([_later(table, at * block) for at, table in enumerate(tables)])


def _later(table: BoxTable, frames: int) -> BoxTable:
    return replace(table, frame=table.frame + frames)
