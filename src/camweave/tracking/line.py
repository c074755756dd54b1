"""A tracker's Python side: its table, page and camera, and what it says when it is misused."""

import math
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import U8, Bool
from camweave.core.detections import DetectionLog, Detections
from camweave.core.errors import InputError
from camweave.core.frame import CameraId, SourceInfo, Stamp
from camweave.core.remembered import Remembered
from camweave.core.tracks import Tracklets, Tracks
from camweave.tracking.gather import Rows, sort_by_track
from camweave.tracking.looks import Gallery
from camweave.tracking.loop import TABLE_FULL, TIME_FELL, Kernels
from camweave.tracking.page import ROWS, Page
from camweave.tracking.params.checks import check
from camweave.tracking.recall import read_memory, read_slots, read_tracks, written
from camweave.tracking.table import new_table
from camweave.tracking.warm import make_kernels_ready

LONGEST_SHOWN: Final = 200  # characters of parameters that differ

GRACE = 1.5  # frames beyond patience: the frame in which it runs out, and room for a rough clock


def begin(
    kernels: Kernels, fps: float, *, patience: float, frames: float = 0.0, **values: float
) -> npt.NDArray[np.void]:
    """What a tracker knows before its first frame: its parameters, as its kernels read them.

    A track may be unseen for `patience` s, and for so many `frames` at any rate. `values` are the
    other fields of its memory, by name; those left out are 0. `fps` is the nominal rate: the
    length of the step that the noise is given for.
    """
    check("fps", fps, "more than 0 frames/s", good=0 < fps < math.inf)
    memory = np.zeros(1, kernels.memory)
    for name, value in values.items():
        memory[name] = value
    memory["rate"] = fps
    memory["wait"] = max(patience, frames / fps) + GRACE / fps
    memory["time"] = -np.inf
    return memory


def as_score(value: float) -> float:
    """What a score is held against, as float32 has it: so that a score of 0.6 reaches 0.6."""
    return float(np.float32(value))


def wants_none(detections: Detections) -> Bool:
    """(N,) no row: what a tracker by motion wants."""
    return np.zeros(len(detections.score), np.bool_)


class Params(Protocol):
    """A tracker's own: its text tells all of them."""

    @property
    def kind(self) -> str:
        """The tracker's name."""


class Line:
    """Runs one tracker's kernels over the frames of one camera. Keeps the live tracks."""

    def __init__(
        self,
        kernels: Kernels,
        params: Params,
        memory: npt.NDArray[np.void],
        *,
        learned: tuple[str, ...] = (),
        gallery: Gallery | None = None,
    ) -> None:
        """`memory` was begun with `params`; `learned` are those of its own fields that change.

        The `gallery` keeps the looks of a tracker whose kernels look.
        """
        make_kernels_ready(kernels)
        self.kernels = kernels
        self.memory = memory
        self._kind, self._made_with = params.kind, _text(params, float(memory["rate"][0]))
        self._learned = learned
        self._frame = kernels.frame
        self.tracks = new_table(kernels.track)
        self.gallery = gallery
        self._page = Page(ROWS)
        self._row = 0  # of the page; the next to be written
        self._camera: CameraId | None = None

    def update(self, detections: Detections) -> Tracks:
        """The confirmed tracks seen in this frame, in order of id.

        Raises:
            InputError: the frame is older than the one before it, or another camera's, or its
                embeddings are of another length. Nothing has changed then.
        """
        stamp, score = detections.stamp, detections.score
        if stamp.camera != self._camera:
            self._meet(stamp.camera)
        first = self._row
        if first + len(score) > self._page.rows:
            self._page = Page(max(len(score), ROWS))
            first = 0
        if self.gallery is None:
            last = self._frame(
                self.tracks,
                self.memory,
                detections.xyxy,
                score,
                detections.class_id,
                stamp.time,
                self._page.block,
                first,
            )
        else:
            last = self._look(self.gallery, detections, first)
        if last == TIME_FELL:
            raise InputError(_wrong_time(stamp, float(self.memory["time"][0])))
        if last == TABLE_FULL:
            self._widen(len(score))
            return self.update(detections)
        self._row = last
        return self._page.cut(stamp, slice(first, last))

    def _look(self, gallery: Gallery, detections: Detections, first: int) -> int:
        given = gallery.of_frame(detections, len(self.tracks))
        found = detections.xyxy, detections.score, detections.class_id
        time, page = detections.stamp.time, self._page.block
        last: int = self._frame(self.tracks, self.memory, *found, time, page, first, *given)
        if last >= 0:
            gallery.keep(given)
        return last

    def wanted(self, detections: Detections) -> Bool:
        """(N,) the rows that the tracker's third kernel wants embedded; none if it has none.

        Raises:
            InputError: the frame's embeddings are of another length than those before.
        """
        gallery, wanted = self.gallery, self.kernels.wanted
        if gallery is None or wanted is None:
            return wants_none(detections)
        given = gallery.of_frame(detections, len(self.tracks))
        found = detections.xyxy, detections.score, detections.class_id
        rows: Bool = wanted(self.tracks, self.memory, *found, detections.stamp.time, *given)
        return rows

    def track(self, log: DetectionLog, memory: npt.NDArray[np.void]) -> Tracklets:
        """The tracklets of a whole recording: what `update` gives from `memory` on, faster.

        Raises:
            InputError: a frame is older than the one before it.
        """
        _check_times(log)
        page, tracks = Page(len(log)), new_table(self.kernels.track)
        looks: tuple[Any, ...] = ()
        if self.gallery is not None:
            looks = self.gallery.of_log(log, len(tracks))
        found = (log.xyxy, log.score, log.class_id)
        count = self.kernels.log(
            tracks, memory, log.frame_times, log.frame, *found, page.block, *looks
        )
        shown, here = page.shown, slice(count)
        frame = log.frame[shown.detection[here]]
        rows = Rows(
            shown.track_id[here],
            frame,
            log.frame_times[frame],
            shown.xyxy[here],
            shown.score[here],
            shown.class_id[here],
            shown.detection[here],
        )
        info = SourceInfo(log.camera, log.width, log.height, log.fps)
        return sort_by_track(rows, np.arange(1, memory["named"][0] + 1), info, log.class_names)

    def remembered(self) -> Remembered:
        """What it knows now: of the live tracks, not of the table that they lie in."""
        tracks = self.tracks[: self.memory["live"][0]]
        arrays = {"made_with": self._made_with, **written(self.memory, self._learned, tracks)}
        version = self.kernels.version
        if self.gallery is None:
            return Remembered(self._kind, version, arrays)
        arrays["slots"] = tracks["slot"].copy()
        return Remembered(self._kind, version, arrays, self.gallery.remembered(tracks))

    def resume(self, remembered: Remembered) -> None:
        """Know this from now on, of the camera whose frame comes next.

        Raises:
            InputError: another kind of tracker remembers it, or one with other parameters; it is
                of another version, or damaged. Nothing has changed then.
        """
        remembered.check(self._kind, self.kernels.version)
        made_with: U8 = remembered.array("made_with", np.uint8, -1)
        if not np.array_equal(made_with, self._made_with):
            raise InputError(_other_parameters(self._kind, made_with, self._made_with))
        memory = read_memory(remembered, self.memory, self._learned)
        tracks = read_tracks(remembered, self.kernels.track, memory)
        if self.gallery is not None:
            live = int(memory["live"][0])
            tracks = read_slots(remembered, tracks, live)
            self.gallery.resume(remembered, tracks[:live], len(tracks))
        self.memory, self.tracks, self._camera = memory, tracks, None

    def _meet(self, camera: CameraId) -> None:
        if self._camera is not None:
            raise InputError(
                f"camera {camera!r}: this tracker follows camera {self._camera!r}. "
                "Make one for each camera"
            )
        self._camera = camera

    def _widen(self, births: int) -> None:
        live, before = int(self.memory["live"][0]), self.tracks
        self.tracks = new_table(self.kernels.track, 2 * (live + births))
        self.tracks[: len(before)] = before


def _text(params: Params, fps: float) -> U8:
    """Parameters as text, `name=value` each."""
    named = repr(params).partition("(")[2].removesuffix(")")
    return np.frombuffer(f"{named}, fps={fps}".encode(), np.uint8)


def _other_parameters(kind: str, there: U8, here: U8) -> str:
    then, now = (bytes(text).decode(errors="replace").split(", ") for text in (there, here))
    was, are = (
        ", ".join(each for each in one if each not in other)[:LONGEST_SHOWN]
        for one, other in ((then, now), (now, then))
    )
    return (
        f"{kind}: what is remembered was made with {was!r}, and this one with {are!r}. "
        "Go on with the same parameters, or begin anew"
    )


def _check_times(log: DetectionLog) -> None:
    times = log.frame_times
    before = np.concatenate(([-np.inf], times[:-1]))
    wrong = np.flatnonzero(~((times >= before) & np.isfinite(times)))
    if len(wrong):
        frame = int(wrong[0])
        stamp = Stamp(float(times[frame]), log.camera, frame)
        raise InputError(_wrong_time(stamp, float(before[frame])))


def _wrong_time(stamp: Stamp, before: float) -> str:
    return (
        f"camera {stamp.camera!r}: frame {stamp.index} is of {stamp.time} s, after one of "
        f"{before} s. Times must be finite and never fall: begin a new tracker where they do"
    )
