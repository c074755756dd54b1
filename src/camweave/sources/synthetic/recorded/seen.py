"""What a camera sees of everybody at its frames' times: the exact truth's fast likeness."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.sources.synthetic.backdrop import Occluder
from camweave.sources.synthetic.cameras import Pinhole, hang_camera
from camweave.sources.synthetic.footprints import Footprints
from camweave.sources.synthetic.looks import Looks
from camweave.sources.synthetic.plan import CameraSpec
from camweave.sources.synthetic.recorded.covering import Bodies, Sight, Things, measure
from camweave.sources.synthetic.recorded.flat import offsets_of
from camweave.sources.synthetic.recorded.obstacles import things_before
from camweave.sources.synthetic.recorded.outlines import Outlines, outlines_of
from camweave.sources.synthetic.truth import CameraTruth
from camweave.sources.synthetic.vehicle_models import MODELS
from camweave.sources.synthetic.world import Poses

LEAST_DEPTH: Final = 1.5  # m from the lens to the middle of whoever is seen
LEAST: Final = 6.0  # px: who is smaller is left out; no detector finds them and no truth counts
PERSON: Final = (0.5, 0.5, 1.8)  # m: length, width and height of anybody on foot
NOBODY: Final = 0  # object id of a still thing that hides somebody


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is true in each frame of one camera, and from where everybody is seen; K rows."""

    truth: CameraTruth
    bearing: F64  # (K,) rad from an object's heading to the lens: 0 is seen from the front
    hider: I64  # (K,) object id of who hides most of it, or NOBODY


def see(poses: Poses, looks: Looks, spec: CameraSpec, occluders: Sequence[Occluder] = ()) -> Seen:
    """What camera `spec` sees of `poses`, whose `moment` is the frame, never falling.

    Boxes are told from a few points of each body and visibility from points of its box, so both
    are a little off the exact `camera_truth`, which takes a hundred times as long.
    """
    pinhole = hang_camera(spec)
    sizes = sizes_of(looks)
    poses = poses[balls_in_view(poses, sizes, pinhole)]
    away = np.hypot(*(poses.xy - pinhole.center[:2]).T)
    poses = poses[np.lexsort((away, poses.moment))]
    outlines = outlines_of(poses, looks, pinhole)
    large = np.flatnonzero((outlines.box[:, 2:] - outlines.box[:, :2]).max(axis=1) >= LEAST)
    poses, outlines = poses[large], outlines[large]
    sight = _sight(poses, outlines, sizes, pinhole, occluders=occluders)
    return _gather(poses, looks, outlines, pinhole, sight=sight)


def _gather(
    poses: Poses,
    looks: Looks,
    outlines: Outlines,
    pinhole: Pinhole,
    *,
    sight: Sight,
) -> Seen:
    size = (pinhole.width, pinhole.height)
    cut = outlines.box.clip(0, [*size, *size])
    rows = np.flatnonzero((cut[:, 2:] > cut[:, :2]).all(axis=1))
    rows = rows[np.lexsort((poses.actor[rows], poses.moment[rows]))]
    hidden_by = np.where(sight.hider[rows] < 0, NOBODY, poses.actor[sight.hider[rows]] + 1)
    truth = CameraTruth(
        frame=poses.moment[rows].astype(np.int64),
        object_id=poses.actor[rows] + 1,
        class_id=looks.class_id[poses.actor[rows]].astype(np.int32),
        whole=outlines.box[rows].astype(np.float32),
        xyxy=cut[rows].astype(np.float32),
        visible=sight.visible[rows].astype(np.float32),
        visibility=sight.share[rows].astype(np.float32),
        ground=poses.xy[rows],
    )
    return Seen(truth, _bearing(poses[rows], pinhole), hidden_by.astype(np.int64))


def sizes_of(looks: Looks) -> F64:
    """(A, 3) m: length, width and height of everybody, people of usual size."""
    usual = np.array([(m.length, m.width, m.height) for m in MODELS] + [PERSON])
    return np.asarray(usual[looks.body])  # PERSON is -1, the last


def balls_in_view(poses: Poses, sizes: F64, pinhole: Pinhole, *, more: float = 0.0) -> I64:
    """Rows whose ball around them, `more` m larger than they are, touches the picture."""
    size = sizes[poses.actor]
    seen = pinhole.to_camera(np.column_stack([poses.xy, size[:, 2] / 2]))
    pixels = pinhole.to_image(seen)
    scale = pinhole.intrinsics[0, 0] / np.maximum(seen[:, 2], 0.5)
    ball = ((np.hypot(size[:, 0], size[:, 2]) * 0.55 + more) * scale)[:, None]
    near = (pixels > -ball) & (pixels < np.array((pinhole.width, pinhole.height)) + ball)
    near |= np.abs(seen[:, 2:]) < more
    large = ball[:, 0] * 2 >= LEAST
    return np.flatnonzero(near.all(axis=1) & large & (seen[:, 2] > LEAST_DEPTH - more))


def _sight(
    poses: Poses,
    outlines: Outlines,
    sizes: F64,
    pinhole: Pinhole,
    *,
    occluders: Sequence[Occluder],
) -> Sight:
    """What is seen of each pose, near ones first in each frame."""
    count = len(poses)
    footprints = Footprints(poses.xy, poses.heading, sizes[poses.actor, :2] / 2)
    offsets, before = things_before(footprints, outlines.box, occluders, pinhole)
    shapes = [(one.x, one.y, *one.mask.shape[::-1]) for one in occluders]
    extent = np.array(shapes, np.int64).reshape(-1, 4)
    masks = [np.empty(0, np.uint8), *(one.mask.ravel() for one in occluders)]
    things = Things(
        offsets=offsets,
        before=before,
        extent=extent,
        start=offsets_of(extent[:, 2] * extent[:, 3]),
        masks=np.concatenate(masks),
    )
    first = np.searchsorted(poses.moment, poses.moment).astype(np.int64)
    bodies = Bodies(first, outlines.box, outlines.slant, outlines.person)
    sight = Sight(np.empty(count), np.empty((count, 4)), np.empty(count, np.int64))
    measure(bodies, things, np.array([pinhole.width, pinhole.height], np.int64), sight)
    return sight


def _bearing(poses: Poses, pinhole: Pinhole) -> F64:
    to_eye = pinhole.center[:2] - poses.xy
    ahead = (to_eye * poses.heading).sum(axis=1)
    left = to_eye[:, 1] * poses.heading[:, 0] - to_eye[:, 0] * poses.heading[:, 1]
    return np.asarray(np.arctan2(left, ahead))
