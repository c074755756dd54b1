"""What a tracker by appearance is shown on top of the boxes, and the gallery it keeps of it."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, F64
from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import InputError
from camweave.core.remembered import Remembered
from camweave.tracking.kept_looks import KeptLooks
from camweave.tracking.table import Table

STILL: Final = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])  # a camera that does not move
STILL.setflags(write=False)


class Given(NamedTuple):
    """The last three arguments of an entry that looks."""

    embedding: F32  # (N, D), or (0, D) where there is none
    camera_motion: F64  # (2, 3), of a log (F, 2, 3)
    gallery: F32  # (S, G, D)


class Gallery:
    """Room for `kept` looks of every track; their length is that of the first embedding seen.

    Its arrays are made, not filled: memory is taken as the tracker writes to it.
    """

    def __init__(self, kept: int, looks: Callable[[Table], npt.NDArray[Any]]) -> None:
        """`looks` tells how many of each track there were so far; the last `kept` are here."""
        self.kept = kept
        self._looks = looks
        self._remembered = KeptLooks(kept)
        self.block = np.empty((0, kept, 0), np.float32)

    def of_frame(self, detections: Detections, slots: int) -> Given:
        """What this frame shows. Nothing has changed until it is given to `keep`.

        Raises:
            InputError: its embeddings are of another length than those before.
        """
        block, embedding = self.block, detections.embedding
        size = block.shape[2]
        if embedding is None:
            embedding = np.empty((0, size), np.float32)
        elif size and embedding.shape[1] != size:
            raise InputError(
                f"camera {detections.stamp.camera!r}: frame {detections.stamp.index} has "
                f"embeddings of {embedding.shape[1]} numbers, those before had {size}. "
                "Begin a new tracker for another model"
            )
        if block.shape[2] != embedding.shape[1] or len(block) < slots:
            block = self._made(slots, embedding.shape[1])
        motion = detections.camera_motion
        return Given(embedding, STILL if motion is None else motion, block)

    def keep(self, given: Given) -> None:
        """From now on this is the gallery."""
        self.block = given.gallery

    def of_log(self, log: DetectionLog, slots: int) -> Given:
        """All that the log shows, and a new gallery."""
        embedding, motion = log.embedding, log.camera_motion
        if embedding is None:
            embedding = np.empty((0, 0), np.float32)
        if motion is None:
            motion = np.broadcast_to(STILL, (log.frame_count, 2, 3))
        block = np.empty((slots, self.kept, embedding.shape[1]), np.float32)
        return Given(embedding, motion, block)

    def remembered(self, tracks: Table) -> dict[int, F32]:
        """The looks of these tracks; of those that it told before, the same arrays."""
        return self._remembered.told(self.block, tracks, self._looks(tracks))

    def resume(self, remembered: Remembered, tracks: Table, slots: int) -> None:
        """Hold the looks of these tracks from now on.

        Raises:
            InputError: these are not their looks. Nothing has changed then.
        """
        self.block = self._remembered.read(remembered, tracks, self._looks(tracks), slots)

    def _made(self, slots: int, size: int) -> F32:
        block = np.empty((slots, self.kept, size), np.float32)
        before = self.block
        if before.shape[2] == size:
            block[: len(before)] = before
        return block
