"""What is put into stores by tests: frames with tracks, the smallest that tell something."""

import numpy as np

from camweave.core.frame import CameraId, Stamp
from camweave.core.tracks import Tracks


def tracks(
    camera: str, index: int, *ids: int, epoch: int = 0, fps: float = 10.0, class_id: int = 0
) -> Tracks:
    """A frame in which these tracks are seen; what else there is of it follows from its name."""
    rng = np.random.default_rng([index, epoch, *camera.encode()])
    n = len(ids)
    corner = rng.uniform(0, 600, (n, 2))
    return Tracks(
        stamp=Stamp(time=index / fps, camera=CameraId(camera), index=index, epoch=epoch),
        track_id=np.array(ids, np.int64),
        xyxy=np.hstack([corner, corner + 50]).astype(np.float32),
        score=rng.random(n).astype(np.float32),
        class_id=np.full(n, class_id, np.int32),
        detection=np.full(n, -1),
    )
