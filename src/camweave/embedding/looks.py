"""The appearance of tracklets: their best crops, cut from the video in one pass and embedded.

A crop is embedded if its frame comes: a tracklet that goes on beyond the end of its video keeps
what was seen until then, and has no crops at all where nothing of it was. `Looks` counts both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from camweave.core.arrays import F32, I64, U8, Bool
from camweave.core.errors import InputError
from camweave.core.frame import Frame
from camweave.core.stages import Embedder
from camweave.core.tracks import Appearance, Tracklets
from camweave.embedding.choice import choose, offsets_of, quality
from camweave.embedding.params import CropParams
from camweave.ops.crops import cut, sharpness

IN_HAND = 32  # crops held at once; their frames are let go


@dataclass(frozen=True, slots=True)
class Looks:
    """Tracklets with their appearance, and what became of the crops that were chosen."""

    tracklets: Tracklets
    chosen: int  # crops that were worth a look
    missing: int  # of them, those whose frame never came
    blurred: int  # left out for others of the same tracklet that are sharper
    failed: int  # for which the embedder had no vector
    without: int  # tracklets that have no crop in the end

    def __str__(self) -> str:
        told = [f"{len(self.tracklets)} tracklets", f"{self.chosen} crops"]
        counts = {
            "in frames that the video does not have": self.missing,
            "left out as blurred": self.blurred,
            "without a vector": self.failed,
        }
        told += [f"{count} {what}" for what, count in counts.items() if count]
        if self.without:
            told.append(f"{self.without} tracklets have none")
        return ", ".join(told)


def embed_tracklets(
    frames: Iterable[Frame],
    tracklets: Tracklets,
    embedder: Embedder,
    params: CropParams | None = None,
) -> Tracklets:
    """The tracklets with the appearance of their best crops; `look_at` says more."""
    return look_at(frames, tracklets, embedder, params).tracklets


def look_at(
    frames: Iterable[Frame],
    tracklets: Tracklets,
    embedder: Embedder,
    params: CropParams | None = None,
) -> Looks:
    """Cut the best crops of each tracklet out of its camera's frames, and embed them.

    Frames come in order of index, once, and none is asked for behind the last that is needed;
    those without a chosen crop (`choice.frames_needed`) may be left out.

    Raises:
        InputError: the frames are not of the size that the tracklets were made on.
        JobError: the embedder failed.
    """
    p = params or CropParams()
    told = quality(tracklets)
    rows = choose(tracklets, p, told)
    sharp = np.full(len(rows), np.nan, np.float32)  # stays where the frame never came
    vectors = np.zeros((len(rows), embedder.dimension), np.float32)
    crops = crops_at(frames, tracklets, rows)
    while some := list(islice(crops, IN_HAND)):
        places = [place for place, _ in some]
        vectors[places] = embedder.embed([crop for _, crop in some])
        sharp[places] = [sharpness(crop) for _, crop in some]
    there = ~np.isnan(sharp)
    failed = there & ~vectors.any(axis=1)
    kept = there & ~failed
    blurred = kept & _blurred(np.where(kept, sharp, np.nan), offsets_of(tracklets, rows), p)
    kept &= ~blurred
    offsets = offsets_of(tracklets, rows[kept])
    look = Appearance(offsets, rows[kept], vectors[kept], (told[rows] * sharp)[kept])
    return Looks(
        tracklets=replace(tracklets, appearance=look),
        chosen=len(rows),
        missing=int((~there).sum()),
        blurred=int(blurred.sum()),
        failed=int(failed.sum()),
        without=int((np.diff(offsets) == 0).sum()),
    )


def crops_at(frames: Iterable[Frame], tracklets: Tracklets, rows: I64) -> Iterator[tuple[int, U8]]:
    """The crop of each of `rows` with its place among them, in order of frame; copies of frames.

    Frames come in order of index; none is asked for behind the last that is needed.

    Raises:
        InputError: the frames are not of the size that the tracklets were made on.
    """
    order = np.argsort(tracklets.frame[rows], kind="stable")
    numbers = tracklets.frame[rows][order]
    place = 0
    for frame in frames if len(rows) else ():
        place = max(place, int(np.searchsorted(numbers, frame.stamp.index)))
        while place < len(order) and numbers[place] == frame.stamp.index:
            _check_size(frame, tracklets)
            yield int(order[place]), cut(frame.image, tracklets.xyxy[rows[order[place]]]).copy()
            place += 1
        if place == len(order):
            return


def _check_size(frame: Frame, tracklets: Tracklets) -> None:
    height, width = frame.image.shape[:2]
    if tracklets.width and (tracklets.width, tracklets.height) != (width, height):
        raise InputError(
            f"camera {frame.stamp.camera}: the tracklets were made on "
            f"{tracklets.width}x{tracklets.height}, the video is {width}x{height}. "
            "Give the video they were made on"
        )


def _blurred(sharp: F32, offsets: I64, p: CropParams) -> Bool:
    """(E,) the crops that are blurred beside the others of their tracklet, `enough` kept of each.

    NaN says that there is no such crop.
    """
    blurred = np.zeros(len(sharp), np.bool_)
    for begin, end in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
        own = sharp[begin:end]
        count = int(np.count_nonzero(~np.isnan(own)))
        if count <= p.enough:
            continue
        worst_first = np.argsort(own)[: count - p.enough]  # NaN comes last, and is not counted
        low = own[worst_first] < p.blurred * np.nanmedian(own)
        blurred[begin + worst_first[low]] = True
    return blurred
