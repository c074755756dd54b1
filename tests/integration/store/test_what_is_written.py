"""What is written is there, once, however often and in whatever order it is written."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.sightings import equal, some_sightings
from tests.support.stored import tracks

from camweave.core.errors import InputError
from camweave.core.events import Confirmed
from camweave.core.frame import CameraId
from camweave.core.sightings import Paths, Sightings
from camweave.core.tracks import GlobalId, Tracks
from camweave.store.rows import Rows
from camweave.store.store import Store, open_store
from camweave.store.values import Batch, Camera, CameraState, RunId

A = CameraId("a")


def same(one: Rows, other: Rows) -> bool:
    names = ("camera", "epoch", "frame", "time", "offsets", "track_id", "xyxy", "score", "class_id")
    columns = all(np.array_equal(getattr(one, n), getattr(other, n)) for n in names)
    return columns and one.cameras == other.cameras


def state(camera: str, frame: int, epoch: int = 0) -> CameraState:
    body = f"{camera} {epoch} {frame}".encode()
    return CameraState(camera=CameraId(camera), epoch=epoch, frame=frame, version=1, state=body)


def test_columns_come_back_as_they_were_to_the_last_bit(url: str) -> None:
    frames = [
        tracks("a", n, *range(n % 4), 2**40 + n, epoch=n // 50, class_id=n) for n in range(99)
    ]
    with open_store(url) as store:
        run = store.begin_run("site", "run")
        written = store.write(Batch.of(run, [*frames, tracks("b", 0, 1)]))
        assert (written.frames, written.rows) == (100, sum(map(len, frames)) + 1)
        assert same(store.tracks(run, A), Rows.of(frames))
        assert same(store.tracks(run, A, 2.0, 4.0), Rows.of(frames[20:40]))
        assert same(store.tracks(run, A, 4.5, inf), Rows.of(frames[45:]))
        last = store.last_frame(run, A)
        assert last == frames[-1].stamp
        assert len(store.tracks(run, CameraId("nobody"))) == 0


def test_a_frame_in_which_nothing_is_seen_is_kept_too(url: str) -> None:
    with open_store(url) as store:
        run = store.begin_run("site", "run")
        store.write(Batch.of(run, [tracks("a", 0), tracks("a", 1)]))
        assert store.tracks(run, A).frame.tolist() == [0, 1]
        assert store.info().counts["track_point"] == 0


def test_frames_between_two_epochs_are_not_mixed_though_their_clock_steps_back(url: str) -> None:
    frames = [tracks("a", 5, 1), tracks("a", 2, 7, epoch=1), tracks("a", 6, 2, epoch=1)]
    with open_store(url) as store:
        run = store.begin_run("site", "run")
        store.write(Batch.of(run, frames))
        assert same(store.tracks(run, A, 0.5, 0.7), Rows.of([frames[0], frames[2]]))


BATCHES = st.lists(
    st.tuples(
        st.sets(st.tuples(st.sampled_from("ab"), st.integers(0, 1), st.integers(0, 7)), max_size=5),
        st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 7)), max_size=2),
        st.none() | st.integers(1, 3),
    ),
    min_size=1,
    max_size=5,
)


def seen(camera: str, epoch: int, index: int) -> Tracks:
    return tracks(camera, index, *range(1, 1 + index % 4), epoch=epoch)


def grown(times: int) -> Sightings:
    """Two tracklets that have been seen for some time."""
    base = some_sightings([1, 1], seed=times)
    return replace(base, frames=base.frames * 0 + times, cameras=(A, CameraId("b")))


def plain(store: Store, run: RunId) -> list[object]:
    """All that a store tells of a run."""
    told: list[object] = []
    for camera in (A, CameraId("b")):
        rows = store.tracks(run, camera)
        told += [rows.epoch.tolist(), rows.frame.tolist(), rows.track_id.tolist()]
        told += [rows.xyxy.tolist(), store.camera_state(run, camera)]
    tracklets = store.tracklets(run)
    return [*told, tracklets.frames.tolist(), tracklets.crops.embedding.tolist()]


@settings(max_examples=8)
@given(BATCHES, st.data())
def test_any_order_of_batches_repeated_leads_to_the_same_rows(
    stores: tuple[Store, Store],
    given_batches: list[Any],
    data: st.DataObject,
) -> None:
    order = data.draw(st.permutations(range(len(given_batches))))
    again = data.draw(st.lists(st.sampled_from(range(len(given_batches))), max_size=4))
    for store in stores:
        name = str(len(store.runs()))
        runs = [store.begin_run("site", f"{name} {which}") for which in ("straight", "shuffled")]
        told = []
        for run, turns in zip(runs, (range(len(given_batches)), [*order, *again]), strict=True):
            for turn in turns:
                frames, states, times = given_batches[turn]
                store.write(
                    Batch(
                        run=run,
                        rows=Rows.of(seen(*each) for each in frames),
                        tracklets=() if times is None else (grown(times),),
                        states=tuple(state(*each) for each in states),
                    )
                )
            told.append(plain(store, run))
        assert told[0] == told[1]


def test_of_two_states_of_a_camera_the_later_one_stays(url: str) -> None:
    with open_store(url) as store:
        run = store.begin_run("site", "run")
        assert store.camera_state(run, A) is None
        for each in (state("a", 5), state("a", 7), state("a", 6), state("a", 2, epoch=1)):
            store.write(Batch(run=run, states=(each,)))
        assert store.camera_state(run, A) == state("a", 2, epoch=1)


def test_tracklets_come_back_with_their_looks(url: str) -> None:
    told = some_sightings([2, 0, 3], seed=4)
    nowhere = Paths(np.zeros(6, np.int64), np.zeros(0), np.zeros((0, 2)), np.zeros(0))
    names = told.class_names
    cameras = [
        Camera(name=name, width=int(w), height=int(h), class_names=names)
        for name, (w, h) in zip(told.cameras, told.size, strict=True)
    ]
    with open_store(url) as store:
        run = store.begin_run("site", "run", cameras=cameras)
        store.write(Batch(run=run, tracklets=(told,)))
        assert equal(store.tracklets(run), replace(told, paths=nowhere))


def test_a_run_is_the_one_of_its_name_at_its_site(url: str) -> None:
    with open_store(url) as store:
        first = store.begin_run("site", "run", began=100.0)
        assert store.begin_run("site", "run", began=500.0) == first
        assert store.begin_run("another", "run", began=50.0) != first
        store.write(Batch.of(first, [tracks("a", 0)]))
        known = Camera(name=A, width=640, height=360, fps=25.0, class_names=("person",))
        assert store.begin_run("site", "run", cameras=[known]) == first
        other, run = store.runs()
        assert (run.id, run.site, run.began, run.cameras) == (first, "site", 100.0, (known,))
        assert other.site == "another"


def test_a_batch_of_no_run_is_refused(url: str) -> None:
    with open_store(url) as store, pytest.raises(InputError, match="no run 77"):
        store.write(Batch.of(RunId(77), [tracks("a", 0)]))


def test_a_batch_is_written_wholly_or_not_at_all(place: Callable[[], str]) -> None:
    """Its events do not follow on anything: so its frames are not there either."""
    wrong = Confirmed(seq=5, time=0.0, identity=GlobalId(1))
    with open_store(place()) as store:
        run = store.begin_run("site", "run")
        with pytest.raises(InputError, match="expected event 1"):
            store.write(Batch(run=run, rows=Rows.of([tracks("a", 0, 1)]), events=(wrong,)))
        assert store.last_frame(run, A) is None


def test_the_specification_finds_its_table(
    url: str, rows_of: Callable[[str, str], tuple[list[str], list[tuple[object, ...]]]]
) -> None:
    with open_store(url) as store:
        run = store.begin_run("site", "run", began=86_400.0)
        store.write(Batch.of(run, [tracks("a", 15, 7, class_id=2)]))
    columns = "id frame_id track_id object_class_id confidence x_min y_min x_max y_max timestamp"
    names, found = rows_of(url, "SELECT * FROM object_tracks")
    assert names == columns.split()
    ((*_, timestamp),) = found
    assert found[0][:4] == ("site/run/a/0/15/7", 15, 7, 2)
    assert str(timestamp).startswith("1970-01-02 00:00:01.5")
