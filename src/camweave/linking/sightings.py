"""Finished tracklets of a site's cameras, summed up for the linker."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from camweave.core.arrays import F32, F64, I32, I64, Bool
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.sightings import Crops, Paths, Sightings
from camweave.core.tracks import Tracklets
from camweave.ops.ground import feet_of

NEAR: Final = 1.0  # s of a tracklet's begin or end that tell how it moves there


def sightings_of(
    site: Sequence[Tracklets], paths: Mapping[CameraId, Paths] | None = None
) -> Sightings:
    """One row per tracklet of all cameras, in order of camera name and tracklet id.

    Args:
        site: the tracklets of each camera, in any order of cameras. Those without a row are
            left out.
        paths: where each camera's tracklets stood on the ground, where that is known.

    Raises:
        InputError: a camera comes twice, or classes or embeddings do not fit together.
    """
    site = sorted(site, key=lambda t: t.camera)
    cameras = tuple(t.camera for t in site)
    twice = next((a for a, b in pairwise(cameras) if a == b), None)
    if twice is not None:
        raise InputError(f"camera {twice}: its tracklets are given twice; give them once")
    flat = _flatten(site)
    classes, class_id = _common_classes(site)
    first, last = flat.offsets[:-1], flat.offsets[1:] - 1
    some = np.flatnonzero(last >= first)
    first, last = first[some], last[some]
    return Sightings(
        cameras=cameras,
        size=np.array([(t.width, t.height) for t in site], np.int64).reshape(-1, 2),
        camera=np.repeat(np.arange(len(site)), [len(t) for t in site])[some].astype(np.int64),
        tracklet_id=_concatenate([t.tracklet_id for t in site], np.int64)[some],
        class_id=class_id[some],
        begin=flat.time[first],
        end=flat.time[last],
        frames=last - first + 1,
        entry=flat.xyxy[first],
        exit=flat.xyxy[last],
        entry_motion=_motion(flat, first, _last_within(flat, first, last)),
        exit_motion=_motion(flat, _first_within(flat, first, last), last),
        crops=_crops(site, some),
        paths=_paths(site, paths or {}, some),
        class_names=classes,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Flat:
    """The rows of all cameras, one after the other."""

    offsets: I64  # (M + 1,)
    time: F64  # (K,) s
    xyxy: F32  # (K, 4) px


def _flatten(site: Sequence[Tracklets]) -> _Flat:
    lengths = _concatenate([np.diff(t.offsets) for t in site], np.int64)
    return _Flat(
        offsets=_offsets(lengths),
        time=_concatenate([t.time for t in site], np.float64),
        xyxy=_rows([t.xyxy for t in site], np.float32, 4),
    )


def _last_within(flat: _Flat, first: I64, last: I64) -> I64:
    """(N,) the last row within `NEAR` s of the first."""
    return _first_where(lambda row: flat.time[row] > flat.time[first] + NEAR, first, last + 1) - 1


def _first_within(flat: _Flat, first: I64, last: I64) -> I64:
    """(N,) the first row within `NEAR` s of the last."""
    return _first_where(lambda row: flat.time[row] >= flat.time[last] - NEAR, first, last)


def _first_where(holds: Callable[[I64], Bool], low: I64, high: I64) -> I64:
    """(N,) the first row from `low` (N,) on for which something holds; `high` (N,) if none does.

    It must hold for all later rows too: rows are searched by halving, all at once.
    """
    low, top = low.copy(), high.copy()
    while np.any(low < top):
        middle = np.minimum((low + top) // 2, high - 1)
        found, open_ = holds(middle), low < top
        top = np.where(open_ & found, middle, top)
        low = np.where(open_ & ~found, middle + 1, low)
    return low


def _motion(flat: _Flat, one: I64, other: I64) -> F32:
    """(N, 2) px/s of the foot point from row `one` (N,) to row `other`; 0 for a single row."""
    step = feet_of(flat.xyxy[other]) - feet_of(flat.xyxy[one])
    span = (flat.time[other] - flat.time[one])[:, None]
    moved = np.divide(step, span, out=np.zeros_like(step), where=span > 0)
    return moved.astype(np.float32)


def _crops(site: Sequence[Tracklets], some: I64) -> Crops:
    """The crops of all cameras; a camera that was not embedded has none."""
    looks = [(t, t.appearance) for t in site if t.appearance is not None]
    sizes = {look.embedding.shape[1]: t.camera for t, look in looks if len(look)}
    if len(sizes) > 1:
        (a, one), (b, other), *_ = sorted(sizes.items())
        raise InputError(
            f"cameras {one} and {other}: embeddings of {a} and {b} numbers; embed both alike"
        )
    size = next(iter(sizes), 0)
    counts = [
        np.zeros(len(t), np.int64) if t.appearance is None else np.diff(t.appearance.offsets)
        for t in site
    ]
    kept = [(t, look) for t, look in looks if len(look)]
    return Crops(
        offsets=_offsets(_concatenate(counts, np.int64)[some]),
        time=_concatenate([t.time[look.row] for t, look in kept], np.float64),
        frame=_concatenate([t.frame[look.row] for t, look in kept], np.int64),
        embedding=_rows([look.embedding for _, look in kept], np.float32, size),
        quality=_concatenate([look.quality for _, look in kept], np.float32),
    )


def _paths(site: Sequence[Tracklets], paths: Mapping[CameraId, Paths], some: I64) -> Paths:
    """The paths of all cameras; a camera without a calibration has none."""
    for t in site:
        if t.camera in paths and len(paths[t.camera].offsets) != len(t) + 1:
            given = len(paths[t.camera].offsets) - 1
            raise InputError(f"camera {t.camera}: {given} paths for {len(t)} tracklets")
    known = [paths[t.camera] for t in site if t.camera in paths]
    counts = [
        np.diff(paths[t.camera].offsets) if t.camera in paths else np.zeros(len(t), np.int64)
        for t in site
    ]
    return Paths(
        offsets=_offsets(_concatenate(counts, np.int64)[some]),
        time=_concatenate([path.time for path in known], np.float64),
        xy=_rows([path.xy for path in known], np.float64, 2),
        sigma=_concatenate([path.sigma for path in known], np.float64),
    )


def _common_classes(site: Sequence[Tracklets]) -> tuple[tuple[str, ...], I32]:
    """All names that any camera's detector uses, and each tracklet's class among them."""
    names = tuple(dict.fromkeys(name for t in site for name in t.class_names))
    number = {name: at for at, name in enumerate(names)}
    known = [np.array([number[name] for name in t.class_names], np.int32) for t in site]
    if not names:  # numbers are all there is
        return names, _concatenate([t.class_id for t in site], np.int32)
    return names, _concatenate(
        [_renumbered(t.class_id, own) for t, own in zip(site, known, strict=True)], np.int32
    )


def _renumbered(class_id: I32, number: I32) -> I32:
    """(M,) `number` of each class; -1 for one that has no name."""
    named = (class_id >= 0) & (class_id < len(number))
    out = np.full(len(class_id), -1, np.int32)
    out[named] = number[class_id[named]]
    return out


def _offsets(lengths: I64) -> I64:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _concatenate(parts: Sequence[npt.NDArray[Any]], dtype: npt.DTypeLike) -> Any:  # noqa: ANN401 - an array of `dtype`
    """The parts in one array; of no parts, an empty one."""
    return np.concatenate(parts).astype(dtype, copy=False) if parts else np.empty(0, dtype)


def _rows(parts: Sequence[npt.NDArray[Any]], dtype: npt.DTypeLike, width: int) -> Any:  # noqa: ANN401 - as above
    """The same of matrices of this width."""
    return _concatenate([np.empty((0, width), dtype), *parts], dtype)
