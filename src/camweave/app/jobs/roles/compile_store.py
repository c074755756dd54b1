"""A video from the store and the file that was watched: pictures of one, rows of the other."""

from dataclasses import dataclass
from pathlib import Path
from threading import Event

import numpy as np

from camweave.app.build.sources import make_source
from camweave.app.jobs.roles.compile_film import Compiled, Film
from camweave.app.jobs.roles.compile_ids import ids_of
from camweave.app.jobs.watching import DEPTH
from camweave.app.runtime.ahead import ahead
from camweave.app.runtime.progress import Progress, silent
from camweave.core.errors import InputError, JobError
from camweave.core.frame import CameraId, Frame, Stamp
from camweave.core.nearest import did_you_mean
from camweave.core.tracks import GlobalId, Tracks
from camweave.store.rows import Rows
from camweave.store.store import Store
from camweave.store.values import Run, kept_as


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is to be compiled from a store."""

    camera: CameraId
    source: str  # the file that was watched
    film: Path
    site: str | None = None
    run: str | None = None  # None: the latest
    partial: bool = False  # although frames of the file are not in the store


def compile_store(
    store: Store, asked: Stored, stop: Event, progress: Progress = silent
) -> Compiled:
    """Write the video; `stop` ends it where it is.

    Raises:
        InputError: the store has no such camera.
        SourceError: the file cannot be read.
        JobError: frames of it are not in the store, and that was not asked for.
        OutputError: the video cannot be written.
    """
    run = run_of(store, asked)
    known = Known(asked.camera, store.tracks(run.id, asked.camera))
    known.check(partial=asked.partial)
    who = who_of(store, run.site, asked.camera)
    names = next(each.class_names for each in run.cameras if each.name == asked.camera)
    source = make_source(asked.source, camera=asked.camera)
    left_out = 0
    with source as opened, ahead(opened, DEPTH) as frames:
        total = opened.info.frame_count
        began = 0.0 if run.recorded else run.began
        with Film(asked.film, fps=opened.info.fps, began=began) as film:
            for frame in frames:
                if stop.is_set():
                    break
                tracks = known.at(frame.stamp.index)
                if tracks is None:
                    left_out += 1
                    continue
                ids = None if who is None else ids_of(tracks, who)
                film.add(Frame(tracks.stamp, frame.image), tracks, ids, names)
                progress(asked.camera, film.frames, total)
            lack = f"{left_out} frames of the file are not in the store" if left_out else ""
            if lack and not asked.partial:
                raise JobError(f"{asked.camera}: {lack}; --partial leaves them out")
    return film.compiled(asked.camera, lack)


def run_of(store: Store, asked: Stored) -> Run:
    """The latest run that has the camera, of those that are meant.

    Raises:
        InputError: there is none.
    """
    runs = [
        each
        for each in store.runs()
        if asked.run in {None, each.name} and (asked.site is None or is_of(each, asked.site))
    ]
    having = [each for each in runs if asked.camera in {camera.name for camera in each.cameras}]
    if not having:
        names = {camera.name for each in runs for camera in each.cameras}
        hint = did_you_mean(asked.camera, sorted(names)) if names else "; no such site or run"
        raise InputError(f"{store}: no camera {asked.camera!r}{hint}")
    return having[-1]


def is_of(run: Run, site: str) -> bool:
    """Whether a run, a recording or live, is a site's."""
    return run.site in {kept_as(site, run.name, recorded=each) for each in (True, False)}


def who_of(store: Store, site: str, camera: CameraId) -> dict[int, GlobalId] | None:
    """Track id to global id of a camera's tracks; None where nobody ever linked the site."""
    confirmed = {each.identity for each in store.identities(site) if each.confirmed is not None}
    with store.export("journeys", site=site) as (columns, pieces):
        at = {name: place for place, name in enumerate(columns)}
        return {
            row[at["tracklet_id"]]: GlobalId(row[at["identity"]])
            for piece in pieces
            for row in piece
            if row[at["camera"]] == camera and row[at["identity"]] in confirmed
        } or (None if not confirmed else {})


class Known:
    """What the store has of a camera, frame by frame."""

    def __init__(self, camera: CameraId, rows: Rows) -> None:
        self._camera, self._rows = camera, rows

    def check(self, *, partial: bool) -> None:
        """See that it can be put beside a file.

        Raises:
            InputError: it was read anew meanwhile, so that no frame has one number.
            JobError: frames are missing, and that was not asked for.
        """
        rows = self._rows
        if len(np.unique(rows.epoch)) > 1:
            raise InputError(f"{self._camera}: its source began anew in this run; it was no file")
        gaps = np.flatnonzero(rows.frame != np.arange(len(rows.frame)))
        if len(gaps) and not partial:
            missing = int(rows.frame[-1]) + 1 - len(rows.frame)
            raise JobError(
                f"{self._camera}: {missing} frames are not in the store, the first is frame "
                f"{gaps[0]}; --partial leaves them out"
            )

    def at(self, index: int) -> Tracks | None:
        """Who was in a frame; None where it was not looked at."""
        rows = self._rows
        place = int(np.searchsorted(rows.frame, index))
        if place == len(rows.frame) or rows.frame[place] != index:
            return None
        own = slice(*rows.offsets[place : place + 2].tolist())
        track_id = rows.track_id[own]
        return Tracks(
            Stamp(float(rows.time[place]), self._camera, index, int(rows.epoch[place])),
            track_id,
            rows.xyxy[own],
            rows.score[own],
            rows.class_id[own],
            np.arange(len(track_id)),
        )
