"""A detector for a world that is known exactly: the truth, with the faults that detectors have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from camweave.core.arrays import F32, I32, I64
from camweave.core.detections import Detections
from camweave.core.frame import CameraId, Frame
from camweave.core.tracks import BoxTable
from camweave.detection.every import Every
from camweave.evaluation.tables import stack, within
from camweave.sources.synthetic.cameras import frame_times
from camweave.sources.synthetic.oracle import OracleParams, record
from camweave.sources.synthetic.plan import CLASS_NAMES, CameraSpec, Scenario
from camweave.sources.synthetic.scenarios import world_of
from camweave.sources.synthetic.truth import camera_truth

CHUNK: Final = 20  # frames whose truth is found at once: one by one would cost twice as much


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of one frame."""

    truth: BoxTable  # who is there
    xyxy: F32  # (N, 4) px, what a detector finds of that
    score: F32  # (N,)
    class_id: I32  # (N,)


class KnownWorld:
    """A `Detector` for frames of which all is known: it misses some, and errs a little in the rest.

    Whoever brings a frame says first, by `put`, what is known of it. A frame is told by its index;
    one that comes again when the world begins anew has the index that it had, plus `frames`.
    """

    kind: Literal["simulated"] = "simulated"
    every: Every = 1
    class_names = CLASS_NAMES

    def __init__(self) -> None:
        self._known: dict[CameraId, dict[int, Known]] = {}
        self.frames: dict[CameraId, int] = {}  # of one round of each camera

    def put(self, camera: CameraId, index: int, known: Known) -> None:
        """Take what is known of a frame of the first round."""
        self._known.setdefault(camera, {})[index] = known

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """One `Detections` per frame, in the same order."""
        found = []
        for stamp in (frame.stamp for frame in frames):
            one = self._known[stamp.camera][stamp.index % self.frames[stamp.camera]]
            found.append(Detections(stamp, one.xyxy, one.score, one.class_id))
        return found

    def truth(self, camera: CameraId, index: I64) -> BoxTable:
        """Who really is in frames (F,) of the first round; in the table they are 0, 1, 2, ..."""
        tables = [self._known[camera][at].truth for at in index.tolist()]
        return stack(
            [
                replace(table, frame=np.full(len(table), at, np.int64))
                for at, table in enumerate(tables)
            ]
        )


def known_of(world: Scenario, spec: CameraSpec) -> Iterator[Known]:
    """What is known of each frame of a camera, in order."""
    times = frame_times(spec, seconds=world.seconds, seed=world.seed)
    for first in range(0, len(times), CHUNK):
        own = times[first : first + CHUNK]
        truth = camera_truth(world_of(world), spec, own + spec.offset)
        log = record(truth, own, spec, OracleParams(seed=first, confusion=0.0)).log
        table, offsets = truth.table(), log.frame_offsets.tolist()
        for at in range(len(own)):
            rows = slice(offsets[at], offsets[at + 1])
            yield Known(within(table, at, at), log.xyxy[rows], log.score[rows], log.class_id[rows])
