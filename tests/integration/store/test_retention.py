"""What is let go of, and what stays."""

import pytest
from tests.support.sightings import some_sightings
from tests.support.stored import tracks
from tests.unit.linking.registry_world import because, minted, seen

from camweave.core.frame import CameraId
from camweave.linking.registry.registry import Registry
from camweave.store import retention
from camweave.store.rows import Rows
from camweave.store.store import open_store
from camweave.store.values import Batch

A = CameraId("a")


@pytest.fixture(autouse=True)
def _little_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few frames take several transactions."""
    monkeypatch.setattr(retention, "AT_ONCE", 7)


def test_what_is_older_goes_and_what_is_younger_stays_to_the_frame(url: str) -> None:
    with open_store(url) as store:
        early = store.begin_run("site", "early", began=1000.0)
        late = store.begin_run("site", "late", began=1020.0)
        for run in (early, late):
            store.write(Batch.of(run, [tracks("a", n, 1, 2, fps=1.0) for n in range(40)]))
        gone = store.prune(older_than=40.0, now=1065.0)  # before 1025
        assert (gone.frames, gone.rows) == (25 + 5, 2 * (25 + 5))
        assert store.tracks(early, A).frame.tolist() == list(range(25, 40))
        assert store.tracks(late, A).frame.tolist() == list(range(5, 40))
        assert store.tracks(late, A).track_id.tolist() == [1, 2] * 35
        info = store.info()
        assert (info.oldest, info.newest) == (1025.0, 1059.0)
        assert store.prune(older_than=40.0, now=1065.0).frames == 0


def test_tracklets_visits_and_links_go_and_ids_and_corrections_stay(url: str) -> None:
    registry = Registry()
    first = registry.mint([seen("a1", 0, 1), seen("b2", 3, 4)], 5, [because("a1", "b2")])
    other = registry.mint([seen("a5", 6, 7)], 8)
    events = [*first, *other, *registry.merge_by_hand(minted(first), minted(other), 9)]
    with open_store(url) as store:
        run = store.begin_run("site", "run", began=0.0)
        looks = some_sightings([3])
        store.write(Batch(run=run, tracklets=(looks,), events=tuple(events)))
        gone = store.prune(older_than=0.0, now=5.0)
        assert gone.visits == 2
        assert gone.tracklets == int((looks.end < 5.0).sum())
        assert [visit.tracklet_id for visit in store.journey("site", 2)] == [5]
        assert store.info().counts["link"] == 0
        assert store.resolve("site", 2) == 1
        assert store.corrections("site") == registry.corrections
        assert gone.events == 0  # nothing else tells what they do
        store.keep_snapshot("site", registry.snapshot())
        assert store.prune(older_than=0.0, now=8.5).events == len([*first, *other])
        assert store.last_event("site") == registry.seq
        more = registry.mint([seen("a9", 11, 12)], 12)
        assert store.write(Batch(run=run, events=more)).events == len(more)


def test_what_is_too_large_loses_its_oldest(url: str) -> None:
    with open_store(url) as store:
        run = store.begin_run("site", "run", began=0.0)
        for begin in range(0, 800, 200):
            frames = [tracks("a", n, *range(40)) for n in range(begin, begin + 200)]
            store.write(Batch(run=run, rows=Rows.of(frames)))
        store.vacuum()
        before = store.info()
        gone = store.prune(larger_than=before.used * 6 // 10)
        after = store.info()
        assert 800 * 0.3 < gone.frames < 800 * 0.6
        assert after.used <= before.used * 6 // 10
        assert after.newest == before.newest
        assert after.oldest == gone.frames / 10
        assert store.prune(larger_than=before.used).frames == 0


def test_all_of_it_can_go_and_writing_goes_on(url: str) -> None:
    with open_store(url) as store:
        run = store.begin_run("site", "run", began=0.0)
        store.write(Batch.of(run, [tracks("a", n, 1) for n in range(9)]))
        assert store.prune(larger_than=0).frames == 9
        assert store.info().oldest is None
        assert store.write(Batch.of(run, [tracks("a", 9, 1)])).frames == 1
