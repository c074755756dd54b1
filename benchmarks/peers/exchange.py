"""What a tracker in another process is given and gives back: arrays in an .npz. NumPy only."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Step = Callable[[Array, Array], tuple[Array, Array]]
"""One frame's xyxy (N, 4) and score (N,) in; track ids (T,) and their xyxy (T, 4) out."""

WARM_FRAMES = 30  # tracked once before the clock starts


@dataclass(frozen=True)
class Stream:
    """The detections of one sequence: N boxes in F frames."""

    name: str
    fps: float  # frames/s
    offsets: Array  # (F + 1,) where each frame's boxes begin
    xyxy: Array  # (N, 4) float32 px
    score: Array  # (N,) float32

    @property
    def frames(self) -> int:
        """F."""
        return len(self.offsets) - 1

    def first(self, frames: int) -> "Stream":
        """The beginning of it."""
        offsets = self.offsets[: frames + 1]
        return Stream(
            self.name, self.fps, offsets, self.xyxy[: offsets[-1]], self.score[: offsets[-1]]
        )

    def save(self, folder: Path) -> Path:
        """Write it for another process."""
        path = folder / f"{self.name}.npz"
        np.savez(path, fps=self.fps, offsets=self.offsets, xyxy=self.xyxy, score=self.score)
        return path

    @classmethod
    def load(cls, path: Path) -> "Stream":
        """Read what `save` wrote."""
        with np.load(path) as file:
            return cls(path.stem, float(file["fps"]), file["offsets"], file["xyxy"], file["score"])


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


def frame_by_frame(make: Callable[[float], Step]) -> Callable[[Stream], Outcome]:
    """Turn a maker of trackers (told the frame rate) into one that follows a whole stream."""

    def follow(stream: Stream) -> Outcome:
        step = make(stream.fps)
        offsets = stream.offsets.tolist()
        frames = [(stream.xyxy[a:b].copy(), stream.score[a:b].copy()) for a, b in pairwise(offsets)]
        started = process_time()
        found = [step(xyxy, score) for xyxy, score in frames]
        seconds = process_time() - started
        return Outcome(_rows(found), seconds)

    return follow


def serve(follow: Callable[[Stream], Outcome]) -> None:
    """The main of a runner: `python -m ... OUT_FOLDER STREAM.npz ...`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("streams", type=Path, nargs="+")
    arguments = parser.parse_args()
    streams = [Stream.load(path) for path in arguments.streams]
    follow(streams[0].first(WARM_FRAMES))
    for stream in streams:
        follow(stream).save(arguments.folder / f"{stream.name}.npz")


def _rows(found: list[tuple[Array, Array]]) -> Array:
    every = [np.empty((0, 6))]
    for frame, (ids, xyxy) in enumerate(found):
        boxes = np.asarray(xyxy, np.float64).reshape(-1, 4)
        where = np.full(len(boxes), frame)
        every.append(np.column_stack([where, ids, boxes[:, :2], boxes[:, 2:] - boxes[:, :2]]))
    return np.concatenate(every)
