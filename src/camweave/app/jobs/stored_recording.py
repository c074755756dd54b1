"""A recording into a store: what was seen, who is who, and why, as a run of its own."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from camweave.app.build.topology import Ground
from camweave.app.jobs.followed import logs_beside
from camweave.app.jobs.held import JOURNAL, events_of
from camweave.app.jobs.link_inputs import Given
from camweave.app.jobs.linked_site import LinkedSite
from camweave.app.site.embedders import embedder_name
from camweave.app.site.model import Site
from camweave.core.arrays import F64
from camweave.core.errors import InputError
from camweave.core.events import Confirmed, Event, Linked, Span
from camweave.core.frame import CameraId
from camweave.core.identities import Link, TrackletKey
from camweave.core.tracks import UNLINKED, GlobalId, Tracklets
from camweave.formats.detections import read_detections
from camweave.formats.identities import IdentityTable
from camweave.formats.journal import read_journal
from camweave.formats.layout import Clock
from camweave.linking.registry.registry import Registry
from camweave.linking.sightings import sightings_of
from camweave.store.rows import Rows
from camweave.store.store import Store, open_store
from camweave.store.values import Batch, Camera, kept_as

FRAMES_AT_ONCE: Final = 20_000  # of one transaction: others write, too


def store_recording(
    site: Site,
    known: Sequence[Tracklets],
    times: Mapping[CameraId, F64],
    events: Sequence[Event] = (),
) -> str:
    """Write a recording of a site's cameras to its store, as a new run; the name it has there.

    `times` (F,) s are those of all frames of a camera, those in which nobody was seen included.
    The events come last: a run that has them is whole.

    Raises:
        CamweaveError: the store cannot be used, or the site names none.
    """
    if site.store is None:
        raise InputError(f"site {site.site}: it names no store")
    with open_store(site.store.get_secret_value()) as store:
        name = free_name(store, site.site)
        kept = kept_as(site.site, name, recorded=True)
        run = store.begin_run(kept, name, cameras=map(camera_of, known))
        embedders = {each.name: embedder_name(each.embedder) for each in site.cameras}
        for each in known:
            for rows in _pieces(Rows.recorded(each, times.get(each.camera))):
                store.write(Batch(run=run, rows=rows))
            embedder = embedders.get(each.camera, "")
            told = sightings_of([each])
            store.write(Batch(run=run, tracklets=(told,), embedder=embedder))
        store.write(Batch(run=run, events=tuple(events)))
    return kept


def free_name(store: Store, site: str) -> str:
    """A name for a run of a recording that no other has: the date."""
    date = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    taken = {run.name for run in store.runs() if run.site == kept_as(site, run.name, recorded=True)}
    names = (date, *(f"{date}-{n}" for n in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)


def camera_of(known: Tracklets) -> Camera:
    """What is known of a recording's camera."""
    return Camera(
        name=known.camera,
        width=known.width,
        height=known.height,
        fps=known.fps,
        class_names=known.class_names,
    )


def frame_times(given: Given, ground: Ground) -> dict[CameraId, F64]:
    """When every frame of a camera was taken, on the site's clock, where `batch` noted it.

    Raises:
        FileFormatError: what was noted cannot be read.
    """
    found = {}
    for name, path in logs_beside(given).items():
        clock = ground.clocks.get(CameraId(name), Clock())
        found[CameraId(name)] = read_detections(path).frame_times / clock.scale + clock.offset
    return found


def told_of(made: LinkedSite, folder: Path | None) -> tuple[Event, ...]:
    """All that became known of a recording's identities, with the evidence of each link.

    Where people corrected them, it begins with the folder's journal.
    """
    found, rows = made.identities, made.sightings
    table = IdentityTable(
        identities=found,
        begin=rows.begin,
        end=rows.end,
        frames=rows.frames,
        class_id=rows.class_id,
        aliases=made.aliases,
        next_id=made.next_id,
    )
    corrected = folder is not None and (folder / JOURNAL).is_file()
    before = (
        read_journal(folder / JOURNAL).events
        if folder is not None and corrected
        else tuple(events_of(table))
    )
    return (*before, *_with_reasons(before, table))


def _with_reasons(before: Sequence[Event], table: IdentityTable) -> Iterator[Event]:
    """That all of them are confirmed, and why each tracklet is where it is."""
    registry, found = Registry.of(before), table.identities
    time = float(table.end.max(initial=0.0))
    seq = registry.seq
    why = brought_by(found.links)
    for row in np.flatnonzero(found.identity != UNLINKED).tolist():
        key = TrackletKey(found.cameras[found.camera[row]], int(found.tracklet_id[row]))
        if key in why:
            seq, identity = seq + 1, GlobalId(int(found.identity[row]))
            span = Span(key, float(table.begin[row]), float(table.end[row]))
            yield Linked(seq=seq, time=time, identity=identity, span=span, link=why[key])
    for each in np.unique(found.identity[found.identity != UNLINKED]).tolist():
        if registry.status(each) == "tentative":
            seq += 1
            yield Confirmed(seq=seq, time=time, identity=GlobalId(each))


def brought_by(links: Sequence[Link]) -> dict[TrackletKey, Link]:
    """Of each tracklet but the first of its identity, a link that leads to it from another."""
    ways: dict[TrackletKey, list[Link]] = {}
    for link in links:
        ways.setdefault(link.one, []).append(link)
        ways.setdefault(link.other, []).append(link)
    found: dict[TrackletKey, Link] = {}
    met: set[TrackletKey] = set()
    for first in ways:
        waiting = [] if first in met else [first]
        met.update(waiting)
        while waiting:
            key = waiting.pop()
            for link in ways[key]:
                end = link.other if link.one == key else link.one
                if end not in met:
                    met.add(end)
                    found[end] = link
                    waiting.append(end)
    return found


def _pieces(rows: Rows) -> Iterator[Rows]:
    for start in range(0, len(rows.frame), FRAMES_AT_ONCE):
        yield rows.only(np.arange(start, min(start + FRAMES_AT_ONCE, len(rows.frame))))
