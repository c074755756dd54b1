"""What is in a video that was written."""

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt


def frames_in(path: Path) -> list[tuple[float, npt.NDArray[np.uint8]]]:
    """The time, s, and the (H, W, 3) BGR of each frame that can be played."""
    found = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            assert frame.time is not None
            found.append((frame.time, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)))
    return found
