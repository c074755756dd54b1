"""What a store knows of a run that a publisher goes on with."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import time as unix_time
from typing import Final

from camweave.core.errors import CamweaveError
from camweave.core.frame import CameraId, Stamp
from camweave.formats.messages.packed import Address
from camweave.store.address import address_of
from camweave.store.migrating import EmptyStoreError
from camweave.store.store import Store, open_store
from camweave.store.values import Run, kept_as

log = logging.getLogger(__name__)

PATIENCE: Final = 3.0  # s that a store is waited for


@dataclass(frozen=True, slots=True)
class Before:
    """What was worked on of a run; of a new one nothing."""

    last: Mapping[CameraId, Stamp] = field(default_factory=dict)  # each camera's last frame
    began: float | None = None  # s since 1970 at 0 of the site's clock

    @property
    def gone(self) -> float:
        """S of the site's clock that have passed by now."""
        return 0.0 if self.began is None else max(0.0, unix_time() - self.began)

    def has(self, stamp: Stamp) -> bool:
        """Whether a frame of a recording was worked on."""
        last = self.last.get(stamp.camera)
        return last is not None and (stamp.epoch, stamp.index) <= (last.epoch, last.index)

    def after(self, stamp: Stamp) -> int:
        """The epoch of a frame of a camera that is read anew: none of those before."""
        last = self.last.get(stamp.camera)
        return stamp.epoch if last is None else last.epoch + 1 + stamp.epoch


NOTHING: Final = Before()


def before_in(url: str, address: Address) -> Before:
    """What a store knows of a run; nothing where it cannot be asked: workers know what they have.

    Frames that are sent again change nothing.
    """
    place = address_of(url)
    if place.kind == "sqlite" and not place.file.exists():
        return NOTHING
    try:
        with open_store(url, read_only=True, patience=PATIENCE) as store:
            run = run_in(store, address)
            return NOTHING if run is None else _before(store, run)
    except EmptyStoreError:
        return NOTHING
    except CamweaveError as error:
        log.warning("publish: what was done before is not known, all is sent: %s", error)
        return NOTHING


def run_in(store: Store, address: Address) -> Run | None:
    """The run of this name, a recording or live; None before anything was written of it."""
    sites = {kept_as(address.site, address.run, recorded=each) for each in (True, False)}
    runs = (run for run in store.runs() if run.name == address.run and run.site in sites)
    return next(runs, None)


def _before(store: Store, run: Run) -> Before:
    found = {each.name: store.last_frame(run.id, each.name) for each in run.cameras}
    last = {camera: stamp for camera, stamp in found.items() if stamp is not None}
    return Before(last, run.began)
