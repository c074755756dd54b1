"""Boxes found by somebody else's detector, as their file lists them: checked, then made a log."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NoReturn

import numpy as np

from camweave.core.arrays import F64, I32, I64, Bool
from camweave.core.detections import DetectionLog
from camweave.core.errors import FileFormatError
from camweave.core.frame import CameraId
from camweave.formats.frame_times import times_of_frames
from camweave.formats.members import MOST_FRAMES

NUMBER: Final = r"-?\d{1,9}(\.0*)?"
LARGEST: Final = 1e9  # px


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """K boxes of one recording in the order of their file, not looked at yet."""

    path: Path
    place: I64  # (K,) line, or entry, from 1, for messages
    unit: str  # "line" or "entry"
    frame: F64  # (K,) 0 is the first
    xyxy: F64  # (K, 4) px
    score: F64  # (K,)
    class_id: I32  # (K,)
    class_names: tuple[str, ...] = ()
    time: F64 | None = None  # (K,) s

    def log(self, camera: CameraId, fps: float) -> DetectionLog:
        """All of it in order of frame, at `fps` frames/s where there are no times.

        Raises:
            FileFormatError: a row that cannot be; its line or entry is named.
        """
        self.check()
        frame = self.frame.astype(np.int64)
        rows = np.argsort(frame, kind="stable")
        return DetectionLog(
            camera=camera,
            fps=fps,
            width=0,
            height=0,
            frame_times=self.frame_times(frame, fps),
            frame=frame[rows],
            xyxy=self.xyxy[rows].astype(np.float32),
            score=self.score[rows].astype(np.float32),
            class_id=self.class_id[rows],
            class_names=self.class_names,
        )

    def kept(self, rows: Bool) -> "Found":
        """Those rows only."""
        return replace(
            self,
            place=self.place[rows],
            frame=self.frame[rows],
            xyxy=self.xyxy[rows],
            score=self.score[rows],
            class_id=self.class_id[rows],
            time=None if self.time is None else self.time[rows],
        )

    def check(self) -> None:
        """Refuse what no box, frame or score can be."""
        columns = np.column_stack([self.frame, self.xyxy, self.score])
        self.refuse(~np.isfinite(columns).all(axis=1), "expected finite numbers")
        frame = self.frame
        outside = (frame < 0) | (frame >= MOST_FRAMES) | (frame != np.floor(frame))
        self.refuse(outside, f"expected a frame number from 0 to {MOST_FRAMES}")
        self.refuse((np.abs(self.xyxy) >= LARGEST).any(axis=1), "expected a box in px")
        inside_out = (self.xyxy[:, 2:] < self.xyxy[:, :2]).any(axis=1)
        self.refuse(
            inside_out, "expected a box whose right and bottom are not before its left and top"
        )

    def refuse(self, bad: Bool | np.bool_, why: str) -> None:
        """Refuse the file, naming the first bad row, where there is one."""
        if bad.any():
            refuse_place(self.path, self.unit, int(self.place[np.argmax(bad)]), why)

    def frame_times(self, frame: I64, fps: float) -> F64:
        """(F,) s of every frame: from the rows that say, and between them; else from the rate."""
        count = int(frame.max(initial=-1)) + 1
        if self.time is None or not count:
            return np.arange(count) / fps
        self.refuse(~np.isfinite(self.time), "expected a time in seconds")
        return times_of_frames(frame, self.time, fps, self.refuse)


def refuse_place(path: Path, unit: str, place: int, why: str) -> NoReturn:
    """Refuse a file for one of its lines (`file:7:`) or entries (`file: entry 7:`)."""
    where = f"{path}:{place}" if unit == "line" else f"{path}: {unit} {place}"
    raise FileFormatError(f"{where}: {why}")


def no_rate(path: Path) -> FileFormatError:
    """What to say where nothing tells the frame rate."""
    return FileFormatError(f"{path}: does not say its frame rate; give it (--fps)")


def numbered_classes(labels: Sequence[str]) -> tuple[I32, tuple[str, ...]]:
    """(K,) class numbers of labels: the numbers themselves, or places in the names returned.

    >>> numbered_classes(["van", "car", "van"])
    (array([1, 0, 1], dtype=int32), ('car', 'van'))
    """
    if all(re.fullmatch(NUMBER, label) for label in labels):
        return np.array([int(float(label)) for label in labels], np.int32), ()
    names = sorted(set(labels))
    number = {name: at for at, name in enumerate(names)}
    return np.array([number[label] for label in labels], np.int32), tuple(names)
