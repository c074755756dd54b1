"""What BoT-SORT makes of looks: how unlike a track and a detection are, and a track's own look.

A track's look is the moving average of its detections' embeddings, in slot `track.slot` of the
gallery; before its first one, `look_at` is minus infinity. To be asked only where the frame has
embeddings.
"""

import numpy as np

from camweave.core.arrays import F32
from camweave.ops.compiled import inner
from camweave.tracking.desk import Detection, Look, Memory
from camweave.tracking.table import Track


@inner
def unlikeness(track: Track, one: Detection, look: Look) -> float:
    """Half the cosine distance of a track and a detection, 0 to 1; infinite where it is unknown."""
    if track.look_at == -np.inf:
        return np.inf
    kept, seen = look.gallery[track.slot, 0], look.embedding[one.row]
    both, length = 0.0, 0.0
    for d in range(len(seen)):
        both += kept[d] * seen[d]
        length += seen[d] * seen[d]
    if not 0.0 < length < np.inf:
        return np.inf
    half: float = max(0.0, 0.5 - 0.5 * both / np.sqrt(length))
    return half


@inner
def mix_in(track: Track, one: Detection, look: Look, memory: Memory) -> None:
    """Let the track's look follow that of a detection, if this one was embedded."""
    kept, seen = look.gallery[track.slot, 0], look.embedding[one.row]
    length = _length(seen)
    if not 0.0 < length < np.inf:  # zeros were not embedded; NaN is less than nothing
        return
    keep = 0.0 if track.look_at == -np.inf else memory.keep
    for d in range(len(seen)):
        before = keep * kept[d] if keep > 0.0 else 0.0  # what was never written may be anything
        kept[d] = before + (1.0 - keep) * seen[d] / length
    track.looks += 1
    length = _length(kept)
    if length > 0.0:
        for d in range(len(kept)):
            kept[d] /= length
        track.look_at = memory.time


@inner
def _length(look: F32) -> float:
    squares = 0.0
    for d in range(len(look)):
        squares += look[d] * look[d]
    length: float = np.sqrt(squares)
    return length
