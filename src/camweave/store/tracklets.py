"""Tracklets and their embeddings in the store; of two versions the one of more frames stays."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import attrgetter, itemgetter
from typing import Any, Final

import numpy as np
from sqlalchemy import bindparam, text
from sqlalchemy.engine import Connection, RowMapping

from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.core.sightings import Crops, Paths, Sightings
from camweave.store.schema import BOXES, CROPS, MOTIONS
from camweave.store.values import Camera

PLACES: Final = (*BOXES, *MOTIONS)
KEY: Final = ("camera_id", "tracklet_id")
REST: Final = (
    "class_id", "began", "ended", "frames", *PLACES, "crops", "dimensions", *CROPS,
    "embedder",
)  # fmt: skip
COLUMNS: Final = (*KEY, *REST)
WRITE: Final = text(
    f"INSERT INTO tracklet ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{c}' for c in COLUMNS)}) "  # noqa: S608 - our own names
    "ON CONFLICT (camera_id, tracklet_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in REST)
    + " WHERE excluded.frames > tracklet.frames"
    " OR (excluded.frames = tracklet.frames AND excluded.crops > tracklet.crops)"
)
READ: Final = text(
    "SELECT camera.name AS camera, tracklet.* FROM tracklet "
    "JOIN camera ON camera.id = tracklet.camera_id WHERE camera.run_id = :run "
    "ORDER BY camera.name, tracklet.tracklet_id"
)
READ_SOME: Final = text(
    "SELECT camera.name AS camera, tracklet.* FROM tracklet "
    "JOIN camera ON camera.id = tracklet.camera_id WHERE camera.run_id = :run "
    "AND camera.name = :camera AND tracklet_id IN :numbers"
).bindparams(bindparam("numbers", expanding=True))
NAMES: Final = text(
    "SELECT tracklet_id, tracklet.class_id, camera.class_names FROM tracklet "
    "JOIN camera ON camera.id = tracklet.camera_id JOIN run ON run.id = camera.run_id "
    "WHERE run.site_id = :site AND camera.name = :camera AND tracklet_id IN :numbers "
    "ORDER BY run.id"
).bindparams(bindparam("numbers", expanding=True))
AT_ONCE: Final = 500  # tracklets of one query


def write_tracklets(
    connection: Connection, told: Sightings, ids: Mapping[CameraId, int], embedder: str
) -> None:
    """Write tracklets that are new, or that were seen in more frames than the stored version."""
    rows = [{**row, "embedder": embedder} for row in _rows(told, ids)]
    if rows:
        connection.execute(WRITE, rows)


def _rows(told: Sightings, ids: Mapping[CameraId, int]) -> Iterator[dict[str, Any]]:
    places = np.hstack([told.entry, told.exit, told.entry_motion, told.exit_motion]).tolist()
    crops = told.crops
    for row, place in enumerate(places):
        own = crops.of(row)
        yield {
            "camera_id": ids[told.cameras[told.camera[row]]],
            "tracklet_id": int(told.tracklet_id[row]),
            "class_id": int(told.class_id[row]),
            "began": float(told.begin[row]),
            "ended": float(told.end[row]),
            "frames": int(told.frames[row]),
            **dict(zip(PLACES, place, strict=True)),
            "crops": own.stop - own.start,
            "dimensions": crops.embedding.shape[1],
            "crop_time": crops.time[own].astype("<f8").tobytes(),
            "crop_frame": crops.frame[own].astype("<i8").tobytes(),
            "crop_quality": crops.quality[own].astype("<f4").tobytes(),
            "crop_embedding": crops.embedding[own].astype("<f4").tobytes(),
        }


def read_tracklets(
    connection: Connection,
    run: int,
    cameras: Sequence[Camera],
    *,
    of: Iterable[TrackletKey] | None = None,
    embedder: str | None = None,
) -> Sightings:
    """The tracklets of a run, or those in `of`; ground paths are not stored.

    With an `embedder`, embeddings made by others are left out.
    """
    rows = (
        connection.execute(READ, {"run": run}).mappings().all()
        if of is None
        else list(_some(connection, run, of))
    )
    names = tuple(each.name for each in cameras)
    at = {name: place for place, name in enumerate(names)}
    places = np.array([[row[name] for name in PLACES] for row in rows], np.float32)
    entry, leave, entry_motion, exit_motion = np.split(
        places.reshape(-1, len(PLACES)), [4, 8, 10], axis=1
    )
    return Sightings(
        cameras=names,
        size=np.array([[c.width, c.height] for c in cameras], np.int64).reshape(-1, 2),
        camera=np.array([at[row["camera"]] for row in rows], np.int64),
        tracklet_id=np.array([row["tracklet_id"] for row in rows], np.int64),
        class_id=np.array([row["class_id"] for row in rows], np.int32),
        begin=np.array([row["began"] for row in rows], np.float64),
        end=np.array([row["ended"] for row in rows], np.float64),
        frames=np.array([row["frames"] for row in rows], np.int64),
        entry=entry,
        exit=leave,
        entry_motion=entry_motion,
        exit_motion=exit_motion,
        crops=_crops(rows, embedder),
        paths=Paths.none(len(rows)),
        class_names=next((c.class_names for c in cameras if c.class_names), ()),
    )


def _some(connection: Connection, run: int, of: Iterable[TrackletKey]) -> Iterator[RowMapping]:
    """The rows of these tracklets, as far as they exist, by camera and number."""
    for camera, numbers in _pages(of):
        asked = {"run": run, "camera": camera, "numbers": numbers}
        found = connection.execute(READ_SOME, asked).mappings().all()
        yield from sorted(found, key=itemgetter("tracklet_id"))


def class_names_of(
    connection: Connection, site: int, of: Iterable[TrackletKey]
) -> dict[TrackletKey, str]:
    """The class name of each tracklet, by the latest run that has it."""
    names: dict[TrackletKey, str] = {}
    for camera, numbers in _pages(of):
        asked = {"site": site, "camera": camera, "numbers": numbers}
        for row in connection.execute(NAMES, asked):
            known = json.loads(row.class_names)
            if 0 <= row.class_id < len(known):
                names[TrackletKey(camera, row.tracklet_id)] = known[row.class_id]
    return names


def _pages(keys: Iterable[TrackletKey]) -> Iterator[tuple[CameraId, list[int]]]:
    """Tracklet ids by camera, at most `AT_ONCE` at a time."""
    for camera, own in groupby(sorted(set(keys)), attrgetter("camera")):
        while numbers := [key.tracklet_id for key in islice(own, AT_ONCE)]:
            yield camera, numbers


def _crops(rows: Sequence[RowMapping], embedder: str | None) -> Crops:
    ours = [embedder in {None, row["embedder"]} for row in rows]
    width = max((row["dimensions"] for row, own in zip(rows, ours, strict=True) if own), default=0)
    known = [
        row["crops"] if own and row["dimensions"] == width else 0
        for row, own in zip(rows, ours, strict=True)
    ]

    def whole(name: str, kind: str) -> Any:  # noqa: ANN401 - a column of any type
        parts = (bytes(row[name]) for row, kept in zip(rows, known, strict=True) if kept)
        return np.frombuffer(b"".join(parts), kind).astype(kind.lstrip("<"))

    return Crops(
        offsets=np.concatenate([[0], np.cumsum(known)]).astype(np.int64),
        time=whole("crop_time", "<f8"),
        frame=whole("crop_frame", "<i8"),
        embedding=whole("crop_embedding", "<f4").reshape(sum(known), width),
        quality=whole("crop_quality", "<f4"),
    )
