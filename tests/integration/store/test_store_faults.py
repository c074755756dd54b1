"""What happens to a store when things break: nothing is lost, doubled, or there by half."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread, Timer
from time import monotonic

import numpy as np
import pytest
from tests.support.postgres import Postgres
from tests.support.stored import tracks

from camweave.core.errors import JobError, OutputError
from camweave.core.frame import CameraId
from camweave.core.tracks import Tracks
from camweave.store.store import Store, open_store
from camweave.store.values import Batch, CameraState, RunId

A = CameraId("a")
KILLS = {"sqlite": 15, "postgresql": 5}

# Python starts slowly; so one process makes those that are killed. Told a number, it makes one that
# writes from there on, frame after frame, and says of each when it is written.
A_WRITER = r"""
import os, sys
from tests.integration.store.test_store_faults import batch
from camweave.store.store import open_store

for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        with open_store(sys.argv[1]) as store:
            run, n = store.begin_run("yard", "run"), int(line)
            while True:
                store.write(batch(run, n))
                os.write(1, b"%d\n" % n)  # in one piece, or not at all
                n += 1
    os.write(1, b"pid %d\n" % pid)
    os.waitpid(pid, 0)
    os.write(1, b"gone\n")
"""


def frame(n: int) -> Tracks:
    return tracks("a", n, *range(1, 2 + n % 5))


def batch(run: RunId, n: int) -> Batch:
    """A frame, and what is remembered after it."""
    state = CameraState(camera=A, epoch=0, frame=n, version=1, state=str(n).encode())
    return Batch.of(run, [frame(n)], state)


def whole(store: Store) -> int:
    """How many frames there are: all from 0 on, with all their rows and the state after them."""
    run = store.runs()[0].id
    rows = store.tracks(run, A)
    frames = len(rows.frame)
    assert rows.frame.tolist() == list(range(frames))
    assert rows.track_id.tolist() == [i for n in range(frames) for i in frame(n).track_id.tolist()]
    state = store.camera_state(run, A)
    assert frames == (0 if state is None else state.frame + 1)
    return frames


def test_what_was_written_outlives_kill_9_of_the_writer(url: str) -> None:
    open_store(url).close()
    dice = np.random.default_rng(7)
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", A_WRITER, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    ) as maker:
        assert maker.stdin is not None
        assert maker.stdout is not None
        acknowledged = 0
        for _ in range(KILLS[url.partition(":")[0]]):
            maker.stdin.write(f"{acknowledged}\n")
            maker.stdin.flush()
            pid, enough = 0, acknowledged + int(dice.integers(1, 12))
            while not pid or acknowledged < enough:
                word, *rest = maker.stdout.readline().split()
                if word == "pid":
                    pid = int(rest[0])
                else:
                    acknowledged = int(word) + 1
            os.kill(pid, signal.SIGKILL)
            while (word := maker.stdout.readline().strip()) != "gone":
                acknowledged = int(word) + 1
            with open_store(url) as store:
                there = whole(store)
            assert there in {acknowledged, acknowledged + 1}  # that one was killed before it spoke
            acknowledged = there
        maker.stdin.close()
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_two_writers_of_one_camera_write_each_frame_once(url: str) -> None:
    open_store(url).close()
    told: list[int] = []

    def work() -> None:
        with open_store(url) as store:
            run = store.begin_run("yard", "run")
            told.extend(store.write(batch(run, n)).frames for n in range(40))

    workers = [Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert len(told) == 80
    assert sum(told) == 40
    with open_store(url) as store:
        assert whole(store) == 40


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    open_store(f"sqlite:///{path}").close()
    return path


def test_a_writer_waits_while_the_store_is_locked_and_readers_do_not(file: Path) -> None:
    with open_store(f"sqlite:///{file}") as store:
        run = store.begin_run("yard", "run")
        store.write(batch(run, 0))
        with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            release = Timer(1.0, lambda: other.execute("ROLLBACK"))
            began = monotonic()
            release.start()
            assert whole(store) == 1
            assert monotonic() - began < 0.9
            assert store.write(batch(run, 1)).frames == 1
            assert monotonic() - began >= 1.0
            release.join()
        assert whole(store) == 2


def test_a_store_that_stays_locked_is_told_so_when_patience_ends(file: Path) -> None:
    with open_store(f"sqlite:///{file}", patience=0.3) as store:
        run = store.begin_run("yard", "run")
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(OutputError, match=r"store\.db: another process keeps writing"):
                store.write(batch(run, 0))
        assert store.write(batch(run, 0)).frames == 1


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 3 MB; the test is skipped where it cannot be mounted."""
    # Not in pytest's folders: one that is still mounted would be in its way.
    place = Path(tempfile.mkdtemp(prefix="camweave-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    try:
        if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("a disk can only be mounted by root")
        yield place
        subprocess.run(["umount", "--lazy", str(place)], check=True)
    finally:
        place.rmdir()


def test_a_full_disk_is_an_error_and_writing_goes_on_when_there_is_space(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    with open_store(f"sqlite:///{small_disk}/store.db") as store:
        run, n = store.begin_run("yard", "run"), 0
        error = None
        while error is None:
            try:
                store.write(
                    Batch.of(run, [frame(k) for k in range(n, n + 50)], state_after(n + 49))
                )
                n += 50
            except OutputError as full:
                error = full
        assert "store.db: the disk is full; free some space" in str(error)
        assert n > 0
        assert whole(store) == n
        ballast.unlink()
        assert store.write(Batch.of(run, [frame(n)], state_after(n))).frames == 1
        assert whole(store) == n + 1
    with closing(sqlite3.connect(small_disk / "store.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def state_after(n: int) -> CameraState:
    return CameraState(camera=A, epoch=0, frame=n, version=1, state=bytes(100))


@pytest.fixture(scope="module")
def mortal() -> Iterator[Postgres]:
    """A server that tests may kill, and that waits for the disk."""
    with Postgres(durable=True) as server:
        yield server


def away(server: Postgres, seconds: float) -> Thread:
    """Kill a server without a goodbye; it comes back a while later."""
    server.kill()
    back = Timer(seconds, server.start)
    back.start()
    return back


def test_a_server_that_was_killed_is_found_again_and_nothing_is_lost(mortal: Postgres) -> None:
    with open_store(mortal.fresh("mortal")) as store:
        run = store.begin_run("yard", "run")
        for n in range(5):
            store.write(batch(run, n))
        back = away(mortal, 0.5)
        began = monotonic()
        store.write(batch(run, 4))  # nobody could say whether it is there
        assert monotonic() - began < 0.5 + 5.0
        assert whole(store) == 5
        back.join()


def test_a_server_that_does_not_come_back_is_told_when_patience_ends(mortal: Postgres) -> None:
    with open_store(mortal.fresh("gone"), patience=0.3) as store:
        run = store.begin_run("yard", "run")
        mortal.kill()
        try:
            with pytest.raises(JobError, match=r"store postgresql://camweave@127\.0\.0\.1") as told:
                store.write(batch(run, 0))
            assert "\n" not in str(told.value)
        finally:
            mortal.start()
        assert store.write(batch(run, 0)).frames == 1
