"""What a tracker in another process is given and gives back: arrays in an .npz. NumPy only."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

WARM_FRAMES = 30  # tracked once before the clock starts


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame's detections."""

    xyxy: Array  # (N, 4) float32 px
    score: Array  # (N,) float32
    embedding: Array | None = None  # (N, D) float32 of unit length


Step = Callable[[Seen], tuple[Array, Array]]
"""One frame in; track ids (T,) and their xyxy (T, 4) out."""


@dataclass(frozen=True)
class Stream:
    """The detections of one sequence: N boxes in F frames."""

    name: str
    fps: float  # frames/s
    offsets: Array  # (F + 1,) where each frame's boxes begin
    xyxy: Array  # (N, 4) float32 px
    score: Array  # (N,) float32, as in the file
    embedding: Array | None = None  # (N, D) float32 of unit length
    people: bool = True  # else vehicles: the authors' filters against wide boxes are then off

    @property
    def frames(self) -> int:
        """F."""
        return len(self.offsets) - 1

    def between(self, first: int, last: int) -> "Stream":
        """Frames `first` up to `last`, that one not included; they count from 0 again."""
        offsets = self.offsets[first : last + 1]
        rows = slice(int(offsets[0]), int(offsets[-1]))
        return replace(
            self,
            offsets=offsets - offsets[0],
            xyxy=self.xyxy[rows],
            score=self.score[rows],
            embedding=None if self.embedding is None else self.embedding[rows],
        )

    def each(self) -> Iterator[Seen]:
        """Frame by frame, in arrays of their own."""
        looks = self.embedding
        for a, b in pairwise(self.offsets.tolist()):
            look = None if looks is None else looks[a:b].copy()
            yield Seen(self.xyxy[a:b].copy(), self.score[a:b].copy(), look)

    def save(self, folder: Path) -> Path:
        """Write it for another process."""
        path = folder / f"{self.name}.npz"
        columns = {name: value for name, value in vars(self).items() if value is not None}
        np.savez(path, allow_pickle=False, **columns)
        return path

    @classmethod
    def load(cls, path: Path) -> "Stream":
        """Read what `save` wrote."""
        with np.load(path) as file:
            return cls(
                path.stem,
                float(file["fps"]),
                file["offsets"],
                file["xyxy"],
                file["score"],
                file.get("embedding"),
                bool(file["people"]),
            )


@dataclass(frozen=True)
class Outcome:
    """What a tracker made of a stream."""

    rows: Array  # (K, 6) frame (the first is 0), id, x, y, w, h
    seconds: float  # CPU time of the calls to the tracker alone

    def save(self, path: Path) -> None:
        """Write it for the process that asked."""
        np.savez(path, rows=self.rows, seconds=self.seconds)

    @classmethod
    def load(cls, path: Path) -> "Outcome":
        """Read what `save` wrote."""
        with np.load(path) as file:
            return cls(file["rows"], float(file["seconds"]))


Follow = Callable[[Stream], Outcome]
"""A whole stream in; what was made of it out."""


def frame_by_frame(make: Callable[[Stream], Step]) -> Follow:
    """Turn a maker of trackers (told whose stream it is) into one that follows a whole stream."""

    def follow(stream: Stream) -> Outcome:
        step = make(stream)
        frames = list(stream.each())
        started = process_time()
        found = [step(seen) for seen in frames]
        seconds = process_time() - started
        return Outcome(_rows(found), seconds)

    return follow


def serve(follower: Callable[[str], Follow]) -> None:
    """The main of a runner: `python -m ... TRACKER OUT_FOLDER STREAM.npz ...`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tracker")
    parser.add_argument("folder", type=Path)
    parser.add_argument("streams", type=Path, nargs="+")
    arguments = parser.parse_args()
    follow = follower(arguments.tracker)
    streams = [Stream.load(path) for path in arguments.streams]
    follow(streams[0].between(0, min(WARM_FRAMES, streams[0].frames)))
    for stream in streams:
        follow(stream).save(arguments.folder / f"{stream.name}.npz")


def _rows(found: list[tuple[Array, Array]]) -> Array:
    every = [np.empty((0, 6))]
    for frame, (ids, xyxy) in enumerate(found):
        boxes = np.asarray(xyxy, np.float64).reshape(-1, 4)
        where = np.full(len(boxes), frame)
        every.append(np.column_stack([where, ids, boxes[:, :2], boxes[:, 2:] - boxes[:, :2]]))
    return np.concatenate(every)
