"""Who is who outlives the process, whatever ends it; what is damaged is kept and begins anew."""

import logging
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import time

import pytest
from tests.support.waiting import until
from tests.unit.linking.live.live_world import A, B, Visit, line, tracklets_of

from camweave.app.jobs.live.gathering import Instant
from camweave.app.jobs.live.linking import Linking
from camweave.app.jobs.live.memory import Memory
from camweave.app.jobs.live.storing import StoringParams
from camweave.app.site.embedders import AnyEmbedderParams
from camweave.app.site.load import parse_site
from camweave.app.site.model import Site
from camweave.core.errors import InputError, OutputError
from camweave.core.events import Event
from camweave.core.frame import CameraId
from camweave.core.identities import TrackletKey
from camweave.embedding.params import HistogramParams
from camweave.linking.live.feed import Feed
from camweave.linking.live.live import LiveLinker
from camweave.linking.live.moving import of_cameras
from camweave.linking.live.summing import summed_up
from camweave.linking.registry.params import RegistryParams
from camweave.linking.registry.registry import Registry
from camweave.store.store import open_store

LIMITS = RegistryParams(memory=3600.0, most_overlap=0.0)
LOOKS = HistogramParams()
SITE = f"""
site: street
cameras: [{{name: {A}, source: a.mp4}}, {{name: {B}, source: b.mp4}}]
detector: {{kind: motion}}
"""


@dataclass
class Lived:
    """What came of a process."""

    after: dict[CameraId, int]  # the tracklet numbers that it went on from
    registry: Registry

    def who(self, camera: CameraId, number: int) -> int:
        return int(self.registry.identity_of(TrackletKey(camera, number)))


def site_in(folder: Path, looks: AnyEmbedderParams = LOOKS) -> Site:
    site = parse_site(SITE, "site.yaml", folder)
    return site.model_copy(update={"embedder": looks})


def remembering(folder: Path, looks: AnyEmbedderParams = LOOKS) -> Memory:
    return Memory(url_in(folder), site_in(folder, looks), LIMITS)


def lived(folder: Path, *visits: Visit, looks: AnyEmbedderParams = LOOKS) -> Lived:
    """A process from start to end that sees these visits, in s after its start.

    All is told in no time; so the next one's clock goes on from the last thing that was told.
    """
    with remembering(folder, looks) as memory:
        known = memory.recalled
        after = {camera: known.last_tracklet_id(camera) for camera in (A, B)}
        linker = linker_of(memory)
        with Linking(linker, memory.hear) as linking:
            see(memory, linking, [later(each, known.gone) for each in visits])
        return Lived(after, linker.registry)


def linker_of(memory: Memory) -> LiveLinker:
    known = memory.recalled
    linker = LiveLinker(line(5.0, 20.0), registry=known.registry)
    if known.sightings is not None and len(known.sightings):
        linker.restore(of_cameras(summed_up(known.sightings, known.gone - 1.0), linker.cameras))
    return linker


def later(visit: Visit, seconds: float) -> Visit:
    return replace(visit, begin=visit.begin + seconds, end=visit.end + seconds)


def see(memory: Memory, linking: Linking, visits: list[Visit], since: float = 0.0) -> None:
    """Tell the linker of 20 s, interval by interval."""
    feeds = {c: Feed.of_tracklets(tracklets_of(c, visits)) for c in (A, B)}
    growing = {camera: feed.growing() for camera, feed in feeds.items()}
    for step in range(1, 40):
        time = memory.recalled.gone + since + 0.5 * step
        for camera, feed in feeds.items():
            growing[camera].gather(feed.until(time))
        instant = Instant(time, tuple(each.snapshot(time) for each in growing.values()))
        memory.gather(instant)
        linking.tell(instant)
    linking.settle()


SEEN = Visit(A, 1, 1.0, 14.0, look=3)
AGAIN = Visit(B, 5, 2.0, 9.0, look=3)  # 8 s after the last sight, where the clock goes on
NEW = Visit(A, 5, 3.0, 9.0, look=4)


def test_who_was_seen_before_is_met_again_and_somebody_new_gets_the_next_id(
    tmp_path: Path,
) -> None:
    assert lived(tmp_path, SEEN).who(A, 1) == 1
    again = lived(tmp_path, AGAIN, NEW)
    assert again.after == {A: 1, B: 0}
    assert (again.who(B, 5), again.who(A, 5)) == (1, 2)


def test_an_id_is_in_the_store_before_it_is_told(tmp_path: Path) -> None:
    told = []
    with remembering(tmp_path) as memory, open_store(url_in(tmp_path), read_only=True) as store:
        linker = linker_of(memory)

        def hear(events: tuple[Event, ...]) -> None:
            memory.hear(events)
            told.append(store.last_event("street") == events[-1].seq)

        with Linking(linker, hear) as linking:
            see(memory, linking, [SEEN])
    assert told
    assert all(told)


def test_the_clock_goes_on_for_as_long_as_nobody_was_there(tmp_path: Path) -> None:
    with remembering(tmp_path) as memory:
        assert memory.recalled.gone == 0.0
    lived(tmp_path, SEEN)
    begun(tmp_path, time() - 500.0)
    with remembering(tmp_path) as memory:
        assert memory.recalled.gone == pytest.approx(500.0, abs=5.0)


@pytest.mark.parametrize("began", [0.0, 4e9])
def test_a_host_whose_date_was_set_does_not_turn_the_clock_back(
    tmp_path: Path, began: float
) -> None:
    lived(tmp_path, SEEN)
    begun(tmp_path, began)
    with remembering(tmp_path) as memory:
        assert memory.recalled.gone >= SEEN.end + 1.0


def test_a_damaged_store_is_kept_aside_and_no_id_is_given_out_twice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lived(tmp_path, SEEN, NEW)
    file = tmp_path / "camweave.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + bytes(4000) + whole[4100:])
    again = lived(tmp_path, AGAIN)
    assert again.who(B, 5) == 3
    (told,) = errors(caplog)
    assert "camweave.db: damaged" in told
    assert "who is who begins anew, with id 3" in told
    assert len(list(tmp_path.glob("camweave.db.damaged-*"))) == 1
    assert lived(tmp_path, NEW).who(A, 5) == 4


def test_what_was_never_a_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "camweave.db").write_text("a letter to somebody " * 100)
    with pytest.raises(InputError, match="not a SQLite database"):
        lived(tmp_path, SEEN)
    assert [each.name for each in tmp_path.iterdir()] == ["camweave.db"]


def test_looks_of_another_embedder_are_not_compared(tmp_path: Path) -> None:
    lived(tmp_path, SEEN)
    again = lived(tmp_path, AGAIN, looks=HistogramParams(bands=5))
    assert again.who(A, 1) == 1
    assert again.who(B, 5) == 2


def test_a_site_is_kept_by_one_process(tmp_path: Path) -> None:
    with remembering(tmp_path):
        with pytest.raises(OutputError, match="another process watches site street"):
            lived(tmp_path, SEEN)
        with open_store(url_in(tmp_path)) as store, store.claim("another site"):
            pass
    assert lived(tmp_path, SEEN).who(A, 1) == 1


def test_who_starts_again_reads_what_events_add_up_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camweave.app.jobs.live.memory.SNAPSHOT_EVENTS", 1)
    monkeypatch.setattr("camweave.app.jobs.live.memory.SNAPSHOT_PERIOD", 0.0)
    lived(tmp_path, SEEN)
    with open_store(url_in(tmp_path)) as store:
        kept = store.snapshot("street")
        assert kept is not None
        assert kept["seq"] == store.last_event("street")
    assert lived(tmp_path, AGAIN, NEW).who(B, 5) == 1


def test_a_disk_that_is_full_is_told_once_and_made_up_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with remembering(tmp_path) as memory:
        with Linking(linker_of(memory), memory.hear) as linking:
            most = (tmp_path / "camweave.db-wal").stat().st_size
            with limited(resource.RLIMIT_FSIZE, most):
                see(memory, linking, [SEEN])
                until(lambda: bool(errors(caplog)), within=10)
        assert len(errors(caplog)) == 1
    assert lived(tmp_path, AGAIN).who(B, 5) == 1


@pytest.mark.parametrize("more", [True, False])
def test_more_events_than_can_wait_are_made_up_for_by_what_they_add_up_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: bool
) -> None:
    few = partial(StoringParams, events=3)
    monkeypatch.setattr("camweave.app.jobs.live.memory.StoringParams", few)
    with remembering(tmp_path) as memory, Linking(linker_of(memory), memory.hear) as linking:
        with limited(resource.RLIMIT_FSIZE, (tmp_path / "camweave.db-wal").stat().st_size):
            see(memory, linking, [SEEN])
            assert memory.storing.behind
        if more:
            until(lambda: memory.storing.up, within=10)
            see(memory, linking, [later(NEW, 20.0)], since=20.0)
            until(lambda: not memory.storing.behind, within=10)
    again = lived(tmp_path, AGAIN)
    assert again.who(A, 1) == 1
    assert (again.who(A, 5) == 2) == more
    met = 3 if more else 1  # too late to be who was seen 40 s ago, or just in time
    assert again.who(B, 5) == met


@contextmanager
def limited(what: int, most: int) -> Iterator[None]:
    """This process may use no more of it; a file that would be larger is an error, no signal."""
    before = resource.getrlimit(what)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(what, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(what, before)
        signal.signal(signal.SIGXFSZ, ignored)


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder}/camweave.db"


def begun(folder: Path, at: float) -> None:
    """Let the store say that its run began then."""
    with closing(sqlite3.connect(folder / "camweave.db")) as store, store:
        store.execute("UPDATE run SET began = ?", (at,))


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
