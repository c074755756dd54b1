"""Objects found by a network: frames in, boxes out, several frames side by side."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np

from camweave.core.arrays import F32, I32, I64
from camweave.core.detections import Detections
from camweave.core.errors import InputError
from camweave.core.frame import Frame
from camweave.detection.class_names import VEHICLES, names_for, wanted_classes
from camweave.detection.every import Every, checked_every
from camweave.detection.layouts.layout import Candidates
from camweave.detection.layouts.recognise import AUTO
from camweave.detection.network import Network
from camweave.detection.one_thread import ONE_THREAD
from camweave.inference.opening import Backend, open_session
from camweave.inference.side_by_side import side_by_side
from camweave.ops.boxes import TWIN, clip, nms
from camweave.ops.images import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class YoloParams:
    """Knobs of `Yolo`."""

    kind: Literal["yolo"] = "yolo"
    model: str  # .onnx, .xml, or the folder of an OpenVINO export
    classes: tuple[str, ...] = ()  # names to keep; empty keeps all
    score: float = 0.1  # least confidence; ByteTrack's second round lives on the faint ones
    nms: float = 0.65  # overlap from which the lesser of two boxes of one class falls
    layout: str = AUTO  # or the name of one: `camweave models inspect` lists them
    backend: Backend = "auto"
    threads: int = 0  # runs side by side; 0: one per core
    size: int = 0  # px of the canvas' sides where the model leaves them free; 0: what it states
    batch: int = 1  # images of one run where the model leaves it free; on a GPU, 8 is good
    every: Every = 1  # live: ticks from one detection to the next, or auto

    def __post_init__(self) -> None:
        checked_every("yolo", self.every)
        if not (0 <= self.score < 1 and 0 < self.nms <= 1):
            raise InputError("yolo: score is 0 to below 1, nms is above 0 to 1")
        if min(self.threads, self.size) < 0 or self.batch < 1:
            raise InputError("yolo: threads and size are 0 or more, batch is 1 or more")


class Yolo:
    """A `Detector` that runs a network of any known layout. It remembers nothing.

    Frames go side by side, each on one core (docs/adr/0005-inference-side-by-side.md).

    Raises:
        ModelError: the model cannot be read, or its layout is not known.
        MissingExtra: what runs such a model is not installed.
        InputError: a class that the model does not know.
    """

    def __init__(self, params: YoloParams) -> None:
        session = open_session(params.model, backend=params.backend, threads=params.threads)
        self.params = params
        self.network = Network(session, layout=params.layout, size=params.size, batch=params.batch)
        self._names = names_for(self.network.layout.class_count, session.class_names)
        # False at both ends, where ids that the names do not know end up.
        self._wanted = np.pad(wanted_classes(params.classes, self._names), 1)
        self._kin = _kin(self._names)

    @property
    def class_names(self) -> tuple[str, ...]:
        """What `class_id` counts."""
        return self._names

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """One `Detections` per frame, in the same order, the surest first."""
        share = -(-len(frames) // self.network.session.threads)
        bursts = _bursts(frames, max(1, min(share, self.network.burst)))
        return [found for burst in self._look(bursts, len(frames)) for _, found in burst]

    def detect_each(self, frames: Iterable[Frame]) -> Iterator[tuple[Frame, Detections]]:
        """Each frame with what is in it; frames are fetched beside the inference, a few ahead.

        Whichever thread is free fetches the next few, so that reading costs no extra thread.
        """
        bursts = _bursts(frames, self.network.burst)
        for burst in self._look(bursts, self.network.session.threads):
            yield from burst

    def _look(
        self, bursts: Iterable[list[Frame]], most: int
    ) -> Iterator[list[tuple[Frame, Detections]]]:
        seats = max(1, min(self.network.session.threads, most))
        if seats == 1:
            return side_by_side(self._job, bursts, 1)
        return self._look_side_by_side(bursts, seats)

    def _look_side_by_side(
        self, bursts: Iterable[list[Frame]], seats: int
    ) -> Iterator[list[tuple[Frame, Detections]]]:
        with ONE_THREAD:
            yield from side_by_side(self._job, bursts, seats)

    def _job(self, seat: int, frames: list[Frame]) -> list[tuple[Frame, Detections]]:
        seen = self.network.look(seat, [frame.image for frame in frames], self.params.score)
        return [
            (frame, self._detections(frame, candidates, fit))
            for frame, (candidates, fit) in zip(frames, seen, strict=True)
        ]

    def _detections(self, frame: Frame, candidates: Candidates, fit: Fit) -> Detections:
        """The objects among the candidates, as boxes of the frame."""
        keep = self._wanted.take(candidates.class_id + 1, mode="clip")
        rows = np.flatnonzero(keep & np.isfinite(candidates.xyxy).all(axis=1))
        xyxy, score = candidates.xyxy[rows], candidates.score[rows]
        class_id = candidates.class_id[rows]
        # A model that removes doubles itself can still give one object two names.
        limit = TWIN if self.network.layout.suppressed else self.params.nms
        best = nms(xyxy, score, self._kin[class_id], limit)
        xyxy = clip(fit.back(xyxy[best]), fit.image_width, fit.image_height)
        best, xyxy = _not_empty(best, xyxy)
        return Detections(frame.stamp, xyxy, np.minimum(score[best], np.float32(1)), class_id[best])


def _not_empty(rows: I64, xyxy: F32) -> tuple[I64, F32]:
    """Without the boxes that have no inside, as those beyond the edge of the image."""
    inside = (xyxy[:, 2:] > xyxy[:, :2]).all(axis=1)
    return rows[inside], xyxy[inside]


def _bursts(frames: Iterable[Frame], size: int) -> Iterator[list[Frame]]:
    """The frames, `size` at a time; the last list may be shorter."""
    fresh = iter(frames)
    while burst := list(islice(fresh, size)):
        yield burst


def _kin(names: Sequence[str]) -> I32:
    """(C,) which classes are suppressed together: each for itself, but all vehicles as one.

    A car is often seen as a truck too; a person and a bicycle on one spot are two objects.
    """
    vehicles = [row for row, name in enumerate(names) if name.lower() in VEHICLES]
    kin = np.arange(len(names), dtype=np.int32)
    kin[vehicles] = min(vehicles, default=0)
    return kin
