"""What a site that starts again knows of before: its identities, and how they looked."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import time as unix_time
from typing import Final

from camweave.core.errors import CamweaveError, FileFormatError, InputError
from camweave.core.events import Closed, Confirmed, Created, Event, Linked, Merged
from camweave.core.frame import CameraId
from camweave.core.tracks import GlobalId
from camweave.formats.atomic import cannot_write
from camweave.formats.gallery import SavedGallery, read_gallery
from camweave.formats.journal import Journal
from camweave.linking.live.moving import without_looks
from camweave.linking.live.state import LiveState
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry

log = logging.getLogger(__name__)

JOURNAL: Final = "identities.jsonl"
GALLERY: Final = "gallery.npz"
IDS: Final = re.compile(rb'"(?:identity|into|alias)":(\d{1,15})|"next_id":(\d{1,15})')
STEP: Final = 1.0  # s by which the clock is ahead of all that is known, at least


@dataclass(slots=True)
class Recalled:
    """What there is from before; of a new site nothing."""

    journal: Journal  # open
    registry: Registry
    gallery: LiveState | None
    gone: float  # s of the site's clock that have passed by now

    def last_tracklet_id(self, camera: CameraId) -> int:
        """The highest number of a camera's tracklets: those to come are numbered on."""
        state = self.gallery
        known = state is not None and camera in state.sightings.cameras
        seen = state.after(camera) if state is not None and known else 0
        return max(seen, self.registry.last_tracklet_id(camera))


def recalled(folder: Path, params: RegistryParams, embedder: str) -> Recalled:
    """What the folder tells; what is damaged in it is kept under another name, and begins anew.

    Looks of another embedder are not compared with those to come: they are left out.

    Raises:
        OutputError: it cannot be written to, or another process writes to it.
    """
    saved = _gallery_in(folder / GALLERY)
    least = 1 if saved is None else saved.next_id
    journal, registry, newest = _journal_in(folder / JOURNAL, params, least)
    time = max(newest, 0.0 if saved is None else saved.time)
    began = _began(journal.path, newest) if saved is None else saved.began
    gone = max(unix_time() - began, time + STEP) if registry.seq else 0.0
    try:
        journal.append(registry.end_growing(gone))
    except BaseException:
        journal.close()
        raise
    return Recalled(journal, registry, None if saved is None else _state(saved, embedder), gone)


def known_events(registry: Registry) -> Iterator[Event]:
    """Events that tell of every living identity, for who has heard of none."""
    seq, time = registry.seq, 0.0
    for identity in registry.living:
        yield Created(seq=seq, time=time, identity=identity)
        for span in registry.members(identity):
            yield Linked(seq=seq, time=time, identity=identity, span=span)
        if registry.status(identity) == "confirmed":
            yield Confirmed(seq=seq, time=time, identity=identity)
        for alias in registry.aliases(identity):
            yield Created(seq=seq, time=time, identity=alias)
            yield Merged(seq=seq, time=time, identity=identity, alias=alias, tracklets=())


def _state(saved: SavedGallery, embedder: str) -> LiveState:
    state = LiveState(saved.time, saved.sightings, saved.total, saved.count)
    if saved.embedder == embedder:
        return state
    log.warning(
        "memory: looks were embedded by %s, now %s: they begin anew", saved.embedder, embedder
    )
    return without_looks(state)


def _gallery_in(path: Path) -> SavedGallery | None:
    if not path.exists():
        return None
    try:
        return read_gallery(path)
    except FileFormatError as error:
        _put_aside(path, error, "looks begin anew")
        return None


def _journal_in(path: Path, params: RegistryParams, least: int) -> tuple[Journal, Registry, float]:
    """The journal, open; the registry that it leads to; the time of its last event, s."""
    try:
        return _opened(path, params)
    except InputError as error:
        last = max(least, 1 + _highest_id(path)) - 1
        _put_aside(path, error, f"who is who begins anew, with id {last + 1}")
    journal, registry, _ = _opened(path, params)
    if last:
        given: list[Event] = [
            Created(seq=1, time=0.0, identity=GlobalId(last)),
            Closed(seq=2, time=0.0, identity=GlobalId(last)),
        ]
        journal.append(given)
        registry = Registry.of(given, params)
    return journal, registry, 0.0


def _opened(path: Path, params: RegistryParams) -> tuple[Journal, Registry, float]:
    """As above.

    Raises:
        InputError: it is damaged.
    """
    journal = Journal(path, sync="never").__enter__()
    try:
        told = journal.recorded
        registry = Registry.of(told.events, params, told.snapshot)
    except CamweaveError:
        journal.close()
        raise
    for note in told.notes:
        log.warning("memory: %s", note)
    times = [event.time for event in told.events[-1:]]
    if told.snapshot is not None:
        times.append(float(told.snapshot.get("time") or 0.0))
    return journal, registry, max(times, default=0.0)


def _began(path: Path, newest: float) -> float:
    """S of Unix time at the clock's 0, as far as can be told from the journal alone."""
    return path.stat().st_mtime - newest


def _highest_id(path: Path) -> int:
    """The highest id that a damaged journal speaks of, so that none is given out twice."""
    found = (one or other for one, other in IDS.findall(path.read_bytes()))
    return max(map(int, found), default=0)


def _put_aside(path: Path, why: CamweaveError, then: str) -> None:
    """Give a damaged file another name, and say so."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    kept = path.with_name(f"{path.name}.damaged-{now}")
    try:
        path.rename(kept)
    except OSError as error:
        raise cannot_write(kept, error) from error
    log.error("memory: %s; kept as %s, %s", why, kept.name, then)
