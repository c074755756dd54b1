"""Workers that hand a camera to one another through a store see what one alone would have seen."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from tests.support.walk import CAMERAS, film, write_site

from camweave.app.build.sources import make_source
from camweave.app.jobs.live.line import Line
from camweave.app.jobs.roles.bench import Bench, Note
from camweave.app.jobs.roles.patience import Patience
from camweave.app.site.load import read_site
from camweave.app.site.model import Site
from camweave.broker.publisher import Sent
from camweave.core.frame import Frame
from camweave.formats.messages.packed import Address
from camweave.store.rows import Rows
from camweave.store.store import Store, open_store

WEST = CAMERAS[0]
WHO = Address("walk", "one")
COUNT = """
CREATE TABLE written (place);
CREATE TRIGGER new AFTER INSERT ON camera_look BEGIN INSERT INTO written VALUES (NEW.place); END;
CREATE TRIGGER other AFTER UPDATE ON camera_look BEGIN INSERT INTO written VALUES (NEW.place); END;
"""
TRACKERS = ("weave", "deepsort", "botsort", "bytetrack", "ocsort", "sort")


@pytest.fixture(scope="session")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some seconds of people who walk by, as videos and as what is seen in them."""
    folder = tmp_path_factory.mktemp("walk")
    film(folder)
    return folder


@pytest.fixture
def site(tmp_path: Path, filmed: Path) -> Callable[[str], Site]:
    """The site of these cameras, with a tracker of some kind."""

    def made(kind: str) -> Site:
        file = write_site(tmp_path, filmed, "walk")
        file.write_text(file.read_text().replace("tracker: {kind: weave}", f"tracker: {kind}"))
        return read_site(file)

    return made


def frames_of(filmed: Path) -> list[Frame]:
    with make_source(str(filmed / f"{WEST}.mp4")) as source:
        return [Frame(replace(each.stamp, camera=WEST), each.image) for each in source]


def bench_at(store: Store, site: Site) -> Bench:
    return Bench(site, WHO, store, Patience("test", Event()))


def rows_of(store: Store) -> Rows:
    (run,) = store.runs()
    return store.tracks(run.id, WEST)


def rows_alone(site: Site, frames: list[Frame]) -> Rows:
    """What one line sees that nobody interrupts."""
    line = Line(site.cameras[:1], 10.0)
    return Rows.of([look.tracks for frame in frames for look in line.look([frame])])


def assert_same(found: Rows, alone: Rows) -> None:
    for name in ("frame", "offsets", "track_id", "xyxy", "score", "class_id"):
        np.testing.assert_array_equal(getattr(found, name), getattr(alone, name), err_msg=name)


@pytest.mark.parametrize("kind", TRACKERS)
def test_ids_and_boxes_go_on_whoever_takes_the_next_frame(
    url: str, site: Callable[[str], Site], filmed: Path, kind: str
) -> None:
    frames, rng, pending = frames_of(filmed), np.random.default_rng(5), list[Note]()
    alone = rows_alone(site(kind), frames)
    assert len(np.unique(alone.track_id)) > 4
    with open_store(url) as store:
        pair, at, claim = [bench_at(store, site(kind)) for _ in range(2)], 0, object()
        for frame in frames:
            if rng.random() < 0.3:  # the other one's turn, when all is written
                pair[at].keep(pending)
                at, claim, pending = 1 - at, object(), []
            pair[at].hold(frame, claim)
            pending += pair[at].look([frame]).notes.values()
            if rng.random() < 0.6:
                pair[at].keep(pending)
                pending = []
        pair[at].keep(pending)
        found = rows_of(store)
    assert_same(found, alone)


def test_one_who_goes_on_though_it_lost_its_camera_spoils_nothing(
    url: str, site: Callable[[str], Site], filmed: Path
) -> None:
    """Both look at all frames for a while, and write in any order; a third one goes on."""
    frames = frames_of(filmed)
    alone = rows_alone(site("deepsort"), frames)
    with open_store(url) as store:
        one, other, third = (bench_at(store, site("deepsort")) for _ in range(3))
        for frame in frames[:20]:
            worked(one, frame, "one")
        for index, frame in enumerate(frames[20:50]):
            for bench in (one, other) if index % 3 else (other, one):
                worked(bench, frame, str(id(bench)))
        for frame in frames[50:]:
            worked(third, frame, "third")
        found = rows_of(store)
    assert_same(found, alone)


def test_what_did_not_arrive_is_known_to_whoever_goes_on_though_two_took_turns_at_it(
    url: str, site: Callable[[str], Site], filmed: Path
) -> None:
    """Neither of two that go on beside each other, each taking the other's state, tells any."""
    frames = frames_of(filmed)[:9]
    with open_store(url) as store:
        stale, rightful, third = (bench_at(store, site("weave")) for _ in range(3))
        for frame in frames[:3]:
            told(stale, frame)
        told(rightful, frames[3])
        told(stale, frames[3])  # it is not the only one, and reads where the other is
        for frame in frames[4:8]:
            told(stale, frame)
        unsent = third.hold(frames[8], "third").unsent
    assert [at for _, at in sorted(unsent)] == [*range(8)]


def test_what_came_before_is_forgotten_when_what_follows_has_arrived(
    url: str, site: Callable[[str], Site], filmed: Path
) -> None:
    frames = frames_of(filmed)[:6]
    with open_store(url) as store:
        one, other, third = (bench_at(store, site("weave")) for _ in range(3))
        told(one, frames[0])
        told(other, frames[1])
        arrived = told(other, frames[2])
        arrived.arrived = arrived.over = True
        told(other, frames[3])
        unsent = third.hold(frames[4], "third").unsent
    assert [at for _, at in sorted(unsent)] == [1, 3]


def told(bench: Bench, frame: Frame) -> Sent:
    """Look at a frame and write what came of it; the result, on its way."""
    held = bench.hold(frame, bench)
    (result,) = bench.keep([*bench.look([frame]).notes.values()])
    sent = Sent(result, "west.found", 0.0, keep=True)
    held.out.append((held.at, result, sent))
    return sent


def worked(bench: Bench, frame: Frame, claim: object) -> None:
    """Look at a frame, where it is new, and write what came of it."""
    if bench.hold(frame, claim).at < (frame.stamp.epoch, frame.stamp.index):
        bench.keep([*bench.look([frame]).notes.values()])


def test_of_a_frame_only_its_new_looks_are_written(
    tmp_path: Path, site: Callable[[str], Site], filmed: Path
) -> None:
    seen, there = 0, 0
    with open_store(f"sqlite:///{tmp_path}/s.db") as store:
        bench = bench_at(store, site("deepsort"))
        (run,) = store.runs()
        with closing(sqlite3.connect(tmp_path / "s.db")) as other:
            other.executescript(COUNT)
        for frame in frames_of(filmed):
            bench.hold(frame, "mine")
            (note,) = bench.look([frame]).notes.values()
            bench.keep([note])
            embedding = note.found.detections.embedding
            seen += 0 if embedding is None else int(embedding.any(1).sum())
            state = store.camera_state(run.id, WEST)
            assert state is not None
            there += len(state.looks)
    with closing(sqlite3.connect(tmp_path / "s.db")) as other:
        ((written,),) = other.execute("SELECT count(*) FROM written").fetchall()
    assert 20 < written <= seen
    assert there > 10 * written
