"""What a site that starts again reads from its store: its identities and their embeddings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import time as unix_time
from typing import Any, Final

from camweave.core.errors import FileFormatError, InputError
from camweave.core.events import Confirmed, Corrected, Created, Event, Linked, Merged
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry
from camweave.store.store import Store

LIVE: Final = "live"  # the run that goes on, however often a site starts again
STEP: Final = 1.0  # s by which the clock is ahead of all that is known, at least


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the store has of a site; of a new site nothing."""

    registry: Registry
    seq: int = 0  # of the latest event that is in the store
    sightings: Sightings | None = None  # tracklets of living identities, with embeddings
    gone: float = 0.0  # s, what the site's clock is to show now
    began: float | None = None  # s of Unix time at that clock's 0
    tracks: Mapping[CameraId, int] = field(default_factory=dict)  # the highest id of each camera
    epochs: Mapping[CameraId, int] = field(default_factory=dict)  # how many each camera had

    def last_tracklet_id(self, camera: CameraId) -> int:
        """The highest track id that a camera ever had: new ones go on from it."""
        return max(self.tracks.get(camera, 0), self.registry.last_tracklet_id(camera))


def recalled(
    store: Store, site: str, params: RegistryParams, embedder: str, *, run: str = LIVE
) -> Recalled:
    """What a store has of a live site; embeddings of other embedders are left out.

    Raises:
        CamweaveError: it cannot be read.
    """
    snapshot = store.snapshot(site)
    after = 0 if snapshot is None else int(snapshot["seq"])
    events = tuple(store.events(site, after))
    registry = registry_of(events, params, snapshot)
    before = next((each for each in store.runs() if (each.site, each.name) == (site, run)), None)
    if before is None:
        return Recalled(registry, registry.seq)
    spans = [span for each in registry.living for span in registry.members(each)]
    last = {each.name: store.last_frame(before.id, each.name) for each in before.cameras}
    stamps = {camera: stamp for camera, stamp in last.items() if stamp is not None}
    times = [*(each.time for each in events[-1:]), *(span.end for span in spans)]
    newest = max([0.0, *times, *(stamp.time for stamp in stamps.values())])
    return Recalled(
        registry,
        registry.seq,
        sightings=store.tracklets(before.id, [span.key for span in spans], embedder=embedder),
        gone=max(unix_time() - before.began, newest + STEP),
        began=before.began,
        tracks={each.name: store.last_track(before.id, each.name) for each in before.cameras},
        epochs={camera: stamp.epoch + 1 for camera, stamp in stamps.items()},
    )


def registry_of(
    events: tuple[Event, ...], params: RegistryParams, snapshot: Mapping[str, Any] | None
) -> Registry:
    """The registry that a snapshot and the events after it add up to.

    Raises:
        FileFormatError: an event is missing, or the snapshot is damaged.
    """
    try:
        return Registry.of(events, params, snapshot)
    except InputError as error:
        raise FileFormatError(f"store: {error}") from error


def standing_events(registry: Registry) -> Iterator[Event]:
    """One event per correction that was not undone."""
    for number, said in registry.corrections.items():
        yield Corrected(seq=number, time=0.0, correction=said)


def known_events(registry: Registry) -> Iterator[Event]:
    """Events from which somebody who has seen none learns of every living identity."""
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
