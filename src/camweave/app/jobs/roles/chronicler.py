"""What a linker finds, to the store: events once and in order, tracklets with their looks."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from camweave.app.jobs.live.gathering import Instant
from camweave.core.errors import JobError
from camweave.core.events import Event
from camweave.linking.registry.registry import Registry
from camweave.store.store import Store
from camweave.store.values import Batch, RunId

Patiently = Callable[[Callable[[], object]], object]

GROWN: Final = 3.0  # s of the site's clock between two writes of tracklets that grow, live
MANY: Final = 5000  # events after which the registry is written down whole, live


class Chronicler:
    """Writes what became known, once, and sees that what is there is the same. One caller.

    Tracklets are written when they have ended; with `goes_on`, those that grow are now and then,
    so that whoever starts again knows who was in view.
    """

    def __init__(
        self,
        store: Store,
        run: RunId,
        site: str,
        patiently: Patiently,
        *,
        embedder: str,
        goes_on: bool,
    ) -> None:
        """`site` is the name under which the store keeps who is who, `embedder` whose looks are."""
        self._store, self._run, self._site, self._patiently = store, run, site, patiently
        self._embedder, self._goes_on = embedder, goes_on
        self._last = store.last_event(site)
        self._known = iter(store.events(site))
        self._kept, self._grown = self._last, float("-inf")
        self.repeated = 0  # events that were there

    def write(self, events: tuple[Event, ...]) -> None:
        """Write those that are not there.

        Raises:
            JobError: what is there is something else.
        """
        for event in events:
            if event.seq <= self._last:
                self._compare(event)
        fresh = tuple(event for event in events if event.seq > self._last)
        if fresh:
            self._write(Batch(run=self._run, events=fresh))

    def keep(self, instant: Instant) -> None:
        """Write the tracklets that have ended, or are to be known, and what they look like."""
        grown = self._goes_on and instant.time >= self._grown + GROWN
        if grown:
            self._grown = instant.time
        told = tuple(
            each.sightings if grown else each.sightings.only(np.flatnonzero(each.ended))
            for each in instant.snapshots
            if (len(each.sightings) and grown) or each.ended.any()
        )
        if told:
            self._write(Batch(run=self._run, tracklets=told, embedder=self._embedder))

    def sum_up(self, registry: Registry) -> None:
        """Write down now and then what all events add up to: who starts again reads those after."""
        if self._goes_on and registry.seq >= self._kept + MANY:
            self._kept, told = registry.seq, registry.snapshot()
            self._patiently(partial(self._store.keep_snapshot, self._site, told))

    def _write(self, batch: Batch) -> None:
        self._patiently(partial(self._store.write, batch))

    def _compare(self, event: Event) -> None:
        self.repeated += 1
        if next(self._known, None) != event:
            raise JobError(
                f"site {self._site}: event {event.seq} in the store is another than was found now: "
                "the run's results, the linker's parameters or camweave itself have changed. Link "
                "it as another run, or in another store"
            )
