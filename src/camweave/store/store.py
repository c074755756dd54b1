"""The store: what was seen, who is who, where workers stopped; on SQLite or PostgreSQL."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from math import inf
from time import time as unix_time
from typing import Any, Final, Self, TypeVar

from sqlalchemy.engine import Connection

from camweave.core.corrections import Correction
from camweave.core.errors import InputError
from camweave.core.events import Event
from camweave.core.frame import CameraId, Stamp
from camweave.core.identities import Link, TrackletKey
from camweave.core.nearest import did_you_mean
from camweave.core.sightings import Sightings
from camweave.store import (
    event_rows,
    exporting,
    measuring,
    retention,
    runs,
    seen,
    states,
    tracklets,
    who,
)
from camweave.store.access import Access
from camweave.store.address import address_of
from camweave.store.claims import claimed
from camweave.store.migrating import make, refuse_other, revision_of, upgrade
from camweave.store.rows import NO_ROWS, Rows
from camweave.store.schema import HEAD
from camweave.store.values import (
    Batch,
    Camera,
    CameraState,
    Info,
    Pruned,
    Run,
    RunId,
    StoredIdentity,
    Visit,
    Written,
)
from camweave.store.writing import cameras_in, write_batch

PATIENCE: Final = 10.0  # s
EVENTS_AT_ONCE: Final = 1000

T = TypeVar("T")


def open_store(url: str, *, read_only: bool = False, patience: float = PATIENCE) -> "Store":
    """Open a store, `sqlite:///FILE` or `postgresql://...`; one that is empty is made.

    Once it is open, whatever is asked of it waits up to `patience` s while another process holds
    it, or its server is gone.

    Raises:
        InputError: no such address, wrong user or password, another program's file, or tables of
            an older or newer camweave.
        OutputError: it is to be written, and can only be read.
        JobError: its server does not answer.
        MissingExtra: what talks to PostgreSQL is not installed.
    """
    access = Access(address_of(url), read_only=read_only, patience=patience)
    try:
        found = access.read(revision_of, again=False)
        if found is None and not read_only:
            access.write(lambda connection: make(connection, access.address))
        else:
            refuse_other(found, access.address)
        if not read_only:
            access.write(lambda _: None)  # fails now, not after an hour of work
    except BaseException:
        access.close()
        raise
    return Store(access)


def upgrade_store(url: str) -> tuple[str | None, str]:
    """Bring a store's tables to what this camweave writes: the revision they had, and have now.

    Raises:
        InputError: as `open_store`; tables of a newer camweave stay as they are.
        OutputError: it can only be read.
        JobError: its server does not answer.
    """
    access = Access(address_of(url), read_only=False, patience=PATIENCE)
    try:
        found = access.read(revision_of, again=False)
        if found is None:
            access.write(lambda connection: make(connection, access.address))
        else:
            access.write(lambda connection: upgrade(connection, access.address))
    finally:
        access.close()
    return found, HEAD


def looked_at(url: str) -> Info | None:
    """What a store is, without a change to it; None where there is nothing in it yet.

    Raises:
        CamweaveError: as `open_store`.
    """
    access = Access(address_of(url), read_only=True, patience=0.0)
    try:
        found = access.read(revision_of, again=False)
        if found is None:
            return None
        refuse_other(found, access.address)
        return access.read(lambda connection: measuring.info(connection, access.address))
    finally:
        access.close()


class Store:
    """A store that is open. Close it, or use it with `with`; several threads may ask it at once.

    Everything that is written may be written again: it is there once. So who does not know
    whether a `write` went well writes again. Whatever is asked raises a `JobError` where it may go
    well later, and an `InputError` where it will not.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._cameras: dict[RunId, dict[CameraId, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __str__(self) -> str:
        return str(self._access.address)

    def close(self) -> None:
        """Let go of it; safe to call twice."""
        self._access.close()

    def claim(self, site: str) -> AbstractContextManager[None]:
        """Be the only process that gives out a site's identities, until the block ends.

        Raises:
            OutputError: another process is.
        """
        return claimed(self._access, site)

    # What is written.

    def begin_run(
        self, site: str, name: str, *, began: float | None = None, cameras: Iterable[Camera] = ()
    ) -> RunId:
        """The run of this name at a site, begun where there is none.

        `began` is s since 1970 at 0 of the clock that stamps its frames; None: now, as far as
        anybody knows.
        """
        at, given = unix_time() if began is None else began, tuple(cameras)
        return self._access.write(lambda c: runs.begin_run(c, site, name, began=at, cameras=given))

    def write(self, batch: Batch) -> Written:
        """Write all of a batch, or nothing of it; what of it was new.

        Raises:
            InputError: no such run, or events that do not follow on those there are.
            OutputError: it cannot be written now.
        """
        ids = self._ids(batch.run, cameras_in(batch))
        return self._access.write(lambda connection: write_batch(connection, batch, ids))

    def keep_snapshot(self, site: str, snapshot: Mapping[str, Any]) -> None:
        """Keep what a registry remembers (`Registry.snapshot`); events before may be pruned."""

        def keep(connection: Connection) -> None:
            at = runs.site_id(connection, site)
            event_rows.keep_snapshot(connection, -1 if at is None else at, snapshot)

        self._access.write(keep)

    def make_up(self, run: RunId, snapshot: Mapping[str, Any], known: Iterable[Event]) -> None:
        """Go on from what a registry remembers, where events before it were let go.

        `known` tells of everybody in it, as if they had just been met, and of each correction
        that stands, by its number.
        """
        given = tuple(known)

        def made(connection: Connection) -> None:
            event_rows.make_up(connection, runs.site_of(connection, run), snapshot, given)

        self._access.write(made)

    # What cameras saw.

    def runs(self) -> tuple[Run, ...]:
        """All runs, the earliest first."""
        return self._access.read(lambda connection: tuple(runs.runs(connection)))

    def tracks(self, run: RunId, camera: CameraId, since: float = -inf, until: float = inf) -> Rows:
        """What a camera saw from `since` on until before `until`, s on the site's clock."""
        return self._of_camera(
            run,
            camera,
            lambda c, at: seen.read_rows(c, camera, at, since=since, until=until),
            NO_ROWS,
        )

    def tracklets(
        self, run: RunId, of: Iterable[TrackletKey] | None = None, *, embedder: str | None = None
    ) -> Sightings:
        """The tracklets of a run, or some of them, and what they look like.

        With an `embedder` the looks of others, which cannot be compared with its own, are left
        out.
        """
        keys = None if of is None else tuple(of)

        def asked(connection: Connection) -> Sightings:
            cameras = runs.cameras_of(connection, run)
            return tracklets.read_tracklets(connection, run, cameras, of=keys, embedder=embedder)

        return self._access.read(asked)

    def class_names_of(self, site: str, of: Iterable[TrackletKey]) -> dict[TrackletKey, str]:
        """What tracklets are, of those whose class is known."""
        keys = tuple(of)
        nothing: dict[TrackletKey, str] = {}
        return self._of_site(site, lambda c, at: tracklets.class_names_of(c, at, keys), nothing)

    def last_frame(self, run: RunId, camera: CameraId) -> Stamp | None:
        """The latest frame that is written; None before the first."""
        return self._of_camera(run, camera, lambda c, at: seen.last_frame(c, camera, at), None)

    def last_track(self, run: RunId, camera: CameraId) -> int:
        """The highest number that a camera's tracks were given; 0 before the first."""
        return self._of_camera(run, camera, seen.last_track, 0)

    def camera_state(self, run: RunId, camera: CameraId) -> CameraState | None:
        """What a camera's line remembered after the latest frame for which that was written."""
        return self._of_camera(run, camera, lambda c, at: states.camera_state(c, camera, at), None)

    # Who is who.

    def identities(self, site: str) -> tuple[StoredIdentity, ...]:
        """All that stand for themselves, rising."""
        return self._of_site(site, who.identities, ())

    def resolve(self, site: str, identity: int) -> int:
        """The identity that an id stands for today; itself, where it is no alias."""
        return self._of_site(site, lambda c, at: who.resolve(c, at, identity), identity)

    def journey(self, site: str, identity: int) -> tuple[Visit, ...]:
        """Where and when an identity, or an alias of one, was seen, in order of time."""
        return self._of_site(site, lambda c, at: who.journey(c, at, identity), ())

    def path(self, site: str, visit: Visit) -> Rows:
        """The boxes of one tracklet of a journey."""
        return self._of_site(site, lambda c, at: _path(c, at, visit), NO_ROWS)

    def links(self, site: str, identity: int) -> tuple[Link, ...]:
        """Why its tracklets are one: the links that hold, in the order in which they came."""
        return self._of_site(site, lambda c, at: who.links(c, at, identity), ())

    def corrections(self, site: str) -> dict[int, Correction]:
        """What people said and did not take back, by number."""
        return self._of_site(site, who.corrections, {})

    def events(self, site: str, after: int = 0) -> Iterator[Event]:
        """What became known, in order, from the event after `after` on.

        Raises:
            FileFormatError: one is damaged, or of a newer version.
        """
        while True:
            page = self._page(site, after)
            yield from page
            if len(page) < EVENTS_AT_ONCE:
                return
            after = page[-1].seq

    def last_event(self, site: str) -> int:
        """The number of the latest event; 0 before the first."""
        return self._of_site(site, event_rows.last_event, 0)

    def snapshot(self, site: str) -> dict[str, Any] | None:
        """What a registry remembered when that was kept last; its `seq` is the event it follows."""
        return self._of_site(site, event_rows.snapshot, None)

    # How it is kept.

    def prune(
        self,
        *,
        older_than: float | None = None,
        larger_than: int | None = None,
        now: float | None = None,
    ) -> Pruned:
        """Let go of what is too old, and of the oldest of what is too much; what that was.

        `older_than` is s since it was captured, `larger_than` bytes of all there is. It goes a
        little at a time, so that writers go on. Identities, aliases and corrections stay. Files
        shrink when `vacuum` is called.
        """
        at = unix_time() if now is None else now
        return retention.prune(self._access, older_than, larger_than, at)

    def vacuum(self) -> None:
        """Give what is free back to the disk; on SQLite that needs as much again meanwhile."""
        if self._access.address.kind == "sqlite":
            self._access.statement("VACUUM")
            self._access.statement("ANALYZE")
            self._access.statement("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            self._access.statement("VACUUM (ANALYZE)")

    def info(self) -> Info:
        """How large it is, and how much is in it."""
        return self._access.read(lambda c: measuring.info(c, self._access.address))

    @contextmanager
    def export(
        self, what: str, *, site: str | None = None, run: str | None = None
    ) -> Iterator[tuple[Mapping[str, type], Iterator[exporting.Piece]]]:
        """Columns and rows of a table for other programs, of one site or run, or of all.

        There are `tracks`, `tracklets`, `journeys`, `identities`, `links` and `events`. Rows come
        in pieces, read as they are asked for.

        Raises:
            InputError: no such export.
        """
        if what not in exporting.EXPORTS:
            raise InputError(f"export: no {what!r}{did_you_mean(what, exporting.EXPORTS)}")
        chosen = exporting.EXPORTS[what]
        with self._access.open() as connection:
            yield chosen.columns, exporting.pieces(connection, chosen, site, run)

    def _page(self, site: str, after: int) -> tuple[Event, ...]:
        nothing: tuple[Event, ...] = ()
        return self._of_site(site, lambda c, at: _page(c, at, after), nothing)

    def _ids(self, run: RunId, cameras: Iterable[CameraId]) -> dict[CameraId, int]:
        """The numbers of cameras, which a run has from now on."""
        known = self._cameras.get(run, {})
        missing = sorted(set(cameras) - set(known))
        if missing:

            def added(connection: Connection) -> dict[CameraId, int]:
                runs.site_of(connection, run)
                runs.add_cameras(connection, run, [Camera(name=each) for each in missing])
                return runs.camera_ids(connection, run)

            known = self._cameras[run] = self._access.write(added)
        return known

    def _of_camera(
        self, run: RunId, camera: CameraId, work: Callable[[Connection, int], T], nothing: T
    ) -> T:
        def asked(connection: Connection) -> T:
            at = runs.camera_ids(connection, run).get(camera)
            return nothing if at is None else work(connection, at)

        return self._access.read(asked)

    def _of_site(self, site: str, work: Callable[[Connection, int], T], nothing: T) -> T:
        def asked(connection: Connection) -> T:
            at = runs.site_id(connection, site)
            return nothing if at is None else work(connection, at)

        return self._access.read(asked)


def _page(connection: Connection, site: int, after: int) -> tuple[Event, ...]:
    return tuple(event_rows.read_events(connection, site, after, EVENTS_AT_ONCE))


def _path(connection: Connection, site: int, visit: Visit) -> Rows:
    for at in runs.cameras_named(connection, site, visit.camera):  # the latest run first
        found = seen.read_path(connection, at, visit)
        if len(found):
            return found
    return NO_ROWS
