"""`sightings.npz`: tracklets of all cameras summed up, so that a gallery outlives its process.

Members: schema, cameras (C,), sizes (C, 2), class_names; by tracklet camera_indices (N,),
tracklet_ids, classes, begins, ends, frame_counts, entries (N, 4), exits (N, 4), entry_motions
(N, 2), exit_motions (N, 2); by embedded crop crop_offsets (N + 1,), crop_times (E,), crop_frames,
crop_qualities, embeddings (E, D); by place on the ground path_offsets (N + 1,), path_times (P,),
path_xy (P, 2), path_sigmas.
"""

from pathlib import Path
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.errors import FileFormatError, InputError
from camweave.core.frame import CameraId
from camweave.core.sightings import Crops, Paths, Sightings
from camweave.formats.camera_name import checked_camera
from camweave.formats.members import MOST_SIDE, Members, text_array
from camweave.formats.npz import Arrays, write_npz
from camweave.formats.tracklets import later_in_group, read_offsets

KIND: Final = "sightings"
VERSION: Final = 1


def write_sightings(path: Path, sightings: Sightings) -> None:
    """Write them whole, under the schema `camweave.sightings/1`.

    Raises:
        OutputError: the file could not be written.
    """
    schema = np.array(f"camweave.{KIND}/{VERSION}")
    write_npz(path, {"schema": schema, **members_of(sightings)})


def members_of(sightings: Sightings) -> Arrays:
    """All but the schema, by name."""
    s = sightings
    return {
        "cameras": text_array(*s.cameras),
        "sizes": s.size,
        "class_names": text_array(*s.class_names),
        "camera_indices": s.camera,
        "tracklet_ids": s.tracklet_id,
        "classes": s.class_id,
        "begins": s.begin,
        "ends": s.end,
        "frame_counts": s.frames,
        "entries": s.entry,
        "exits": s.exit,
        "entry_motions": s.entry_motion,
        "exit_motions": s.exit_motion,
        **_crop_members(s.crops),
        **_path_members(s.paths),
    }


def _crop_members(crops: Crops) -> Arrays:
    return {
        "crop_offsets": crops.offsets,
        "crop_times": crops.time,
        "crop_frames": crops.frame,
        "crop_qualities": crops.quality,
        "embeddings": crops.embedding,
    }


def _path_members(paths: Paths) -> Arrays:
    return {
        "path_offsets": paths.offsets,
        "path_times": paths.time,
        "path_xy": paths.xy,
        "path_sigmas": paths.sigma,
    }


def read_sightings(path: Path) -> Sightings:
    """All of a file.

    Raises:
        FileFormatError: not such a file, of a newer version, or with a row that cannot be:
            the message names file, member and the first bad row.
    """
    m = Members.read(path)
    if "schema" not in m:
        m.fail(f"no sightings in it; found {', '.join(sorted(m.arrays)) or 'nothing'}")
    m.check_schema(KIND, VERSION)
    return sightings_in(m)


def sightings_in(m: Members) -> Sightings:
    """What these members say, whatever else is in the file.

    Raises:
        FileFormatError: a row that cannot be.
    """
    cameras, names = _cameras(m), m.texts("class_names")
    n = len(m.integers("tracklet_ids", -1))
    begin, end = _times(m, n)
    return Sightings(
        cameras=cameras,
        size=_sizes(m, len(cameras)),
        camera=_camera_indices(m, n, len(cameras)),
        tracklet_id=_ids(m, n),
        class_id=m.classes(n, names),
        begin=begin,
        end=end,
        frames=_counts(m, n),
        entry=m.boxes("entries", n),
        exit=m.boxes("exits", n),
        entry_motion=m.measures("entry_motions", n, 2),
        exit_motion=m.measures("exit_motions", n, 2),
        crops=_crops(m, n),
        paths=_paths(m, n),
        class_names=names,
    )


def _cameras(m: Members) -> tuple[CameraId, ...]:
    names = m.texts("cameras")
    if list(names) != sorted(set(names)):
        m.fail("cameras: expected names in order, each once")
    try:
        return tuple(checked_camera(name) for name in names)
    except InputError as error:
        raise FileFormatError(f"{m.path}: cameras: {error}") from error


def _sizes(m: Members, count: int) -> I64:
    size = m.integers("sizes", count, 2)
    m.refuse_rows("sizes", (size < 0) | (size > MOST_SIDE), f"expected 0 to {MOST_SIDE} px")
    return size


def _camera_indices(m: Members, n: int, cameras: int) -> I64:
    index = m.integers("camera_indices", n)
    m.refuse_rows("camera_indices", (index < 0) | (index >= cameras), f"not one of {cameras}")
    m.refuse_rows("camera_indices", np.diff(index, prepend=0) < 0, "less than the one before")
    return index


def _ids(m: Members, n: int) -> I64:
    number, camera = m.integers("tracklet_ids", n), m.integers("camera_indices", n)
    falls = np.zeros(n, np.bool_)
    falls[1:] = (np.diff(number) <= 0) & (np.diff(camera) == 0)
    m.refuse_rows("tracklet_ids", falls, "not rising within its camera")
    return number


def _times(m: Members, n: int) -> tuple[F64, F64]:
    begin, end = m.reals("begins", n), m.reals("ends", n)
    m.refuse_rows("ends", end < begin, "before its begin")
    return begin, end


def _counts(m: Members, n: int) -> I64:
    count = m.integers("frame_counts", n)
    m.refuse_rows("frame_counts", count < 0, "negative")
    return count


def _crops(m: Members, n: int) -> Crops:
    e = len(m.reals("crop_times", -1))
    frame, quality = m.integers("crop_frames", e), m.measures("crop_qualities", e)
    m.refuse_rows("crop_frames", frame < 0, "negative")
    m.refuse_rows("crop_qualities", (quality < 0) | (quality > 1), "not from 0 to 1")
    offsets = read_offsets(m, n, e, "crop_offsets")
    _refuse_falling(m, "crop_times", offsets, e)
    vectors = m.unit_vectors("embeddings", e, blank=False)
    return Crops(offsets, m.reals("crop_times", e), frame, vectors, quality)


def _paths(m: Members, n: int) -> Paths:
    p = len(m.reals("path_times", -1))
    sigma = m.reals("path_sigmas", p)
    m.refuse_rows("path_sigmas", sigma < 0, "negative")
    offsets = read_offsets(m, n, p, "path_offsets")
    _refuse_falling(m, "path_times", offsets, p)
    return Paths(offsets, m.reals("path_times", p), m.reals("path_xy", p, 2), sigma)


def _refuse_falling(m: Members, name: str, offsets: I64, rows: int) -> None:
    time = m.reals(name, rows)
    falls = np.zeros(rows, np.bool_)
    falls[1:] = np.diff(time) < 0
    m.refuse_rows(name, falls & later_in_group(offsets, rows), "before the one before it")
