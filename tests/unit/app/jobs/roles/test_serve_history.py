"""What a page knows is what the store says, from wherever its events begin."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.support.waiting import until

from camweave.app.jobs.live.chronicle import Chronicle
from camweave.app.jobs.roles.serve_history import Before, History
from camweave.core.events import Event, Span
from camweave.core.frame import CameraId
from camweave.core.identities import Link, TrackletKey
from camweave.core.wishes import Merge
from camweave.formats.messages.packed import Address
from camweave.linking.registry.registry import Registry
from camweave.store.store import Store, open_store
from camweave.store.values import Batch, Camera, RunId

HERE = Address("yard", "live")
WEST, EAST = CameraId("west"), CameraId("east")
SOON = 20.0  # s


def seen(camera: CameraId, number: int, begin: float) -> Span:
    return Span(TrackletKey(camera, number), begin, begin + 2)


class Told:
    """A store that a linker writes to."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/yard.db"
        self.store: Store = open_store(self.url)
        self.run: RunId = self.store.begin_run(
            "yard", "live", began=1e9, cameras=[Camera(name=WEST), Camera(name=EAST)]
        )
        self.registry = Registry()

    def write(self, *events: tuple[Event, ...]) -> int:
        """Write these; the number of the last."""
        told = tuple(event for each in events for event in each)
        self.store.write(Batch(run=self.run, events=told))
        return told[-1].seq

    def somebody(self, number: int, time: float) -> int:
        """Who comes by in the west."""
        at = seen(WEST, number, time)
        minted = self.registry.mint([at], time)
        who = self.registry.identity_of(at.key)
        return self.write(minted, self.registry.confirm(who, time))


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    made = Told(tmp_path)
    yield made
    made.store.close()


@contextmanager
def following(told: Told, chronicle: Chronicle) -> Iterator[History]:
    with History(told.url, HERE, chronicle) as history:
        yield history


def test_what_is_written_meanwhile_is_heard_once_and_in_order(told: Told) -> None:
    chronicle = Chronicle()
    told.somebody(1, 1.0)
    with following(told, chronicle) as history:
        assert history.wait(told.registry.seq, SOON)
        last = told.somebody(2, 5.0)
        last = told.write(told.registry.say(Merge(1, 2), 6.0, who="Ada"))
        history.wake()
        assert history.wait(last, SOON)
        with chronicle.open() as known:
            (only,) = known.book.newest()
            assert (only, known.book.card(only).aliases) == (1, (2,))
            kinds = [each.kind for each in known.happenings.after(0)]
        assert kinds == ["corrected", "merged"]


def test_who_was_closed_before_the_snapshot_is_counted_and_found(told: Told) -> None:
    told.somebody(1, 1.0)
    told.somebody(2, 2.0)
    told.write(told.registry.close(1, 90.0))
    told.store.keep_snapshot("yard", told.registry.snapshot())
    link = Link(one=TrackletKey(WEST, 2), other=TrackletKey(EAST, 1), how="follows", evidence=3.0)
    last = told.write(told.registry.link(2, seen(EAST, 1, 95.0), 96.0, link))
    chronicle = Chronicle()
    with following(told, chronicle) as history:
        assert history.wait(last, SOON)
        assert history.links(2) == (link,)
    with chronicle.open() as known:
        assert known.book.newest() == [2, 1]
        assert known.book.card(1).status == "closed"
        assert known.book.card(2).cameras == (WEST, EAST)
        assert known.book.counts((WEST, EAST)).in_all == (2,)


def test_before_there_is_a_store_it_is_waited_for(tmp_path: Path) -> None:
    met: list[Before] = []
    url, chronicle = f"sqlite:///{tmp_path}/yard.db", Chronicle()
    with History(url, HERE, chronicle, met=met.append) as history:
        assert (history.links(1), history.trouble) == (None, "")
        made = Told(tmp_path)
        last = made.somebody(1, 1.0)
        until(lambda: history.wait(last, 0.1), within=SOON)
        assert [each.camera.name for each in met] == [EAST, WEST]
        made.store.close()
