"""A client of PostgreSQL that stands still in the middle of a statement, and holds its locks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Final

import psycopg
import pytest
from tests.support.cable import Cable
from tests.support.postgres import Postgres
from tests.support.stored import tracks
from tests.support.waiting import until

from camweave.core.errors import OutputError
from camweave.core.frame import CameraId
from camweave.store.store import open_store
from camweave.store.values import Batch, CameraState, RunId

A: Final = CameraId("a")
LARGE: Final = 2 << 20  # bytes of a state, which take the cable a while
RATE: Final = 2.0**20  # bytes/s
STANDING: Final = (
    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'ClientRead'"
)
SOON: Final = 20.0  # s


def batch(run: RunId, n: int, size: int) -> Batch:
    """A frame, and so many bytes that are remembered after it."""
    state = CameraState(camera=A, epoch=0, frame=n, version=1, state=bytes([n]) * size)
    return Batch.of(run, [tracks("a", n, 1, 2)], state)


def until_in_the_middle(server: Postgres) -> None:
    """Wait until the server has a statement in part, and waits for the rest."""
    with psycopg.connect(server.url, autocommit=True) as looking:
        until(lambda: looking.execute(STANDING).fetchone() == (1,), within=SOON)


def test_who_waits_for_it_goes_on_and_it_finds_itself_late_when_it_does(
    postgres: Postgres,
) -> None:
    url = postgres.fresh("standing_still")
    with (
        Cable(postgres.port, rate=RATE) as cable,
        open_store(url) as near,
        open_store(url.replace(f":{postgres.port}/", f":{cable.port}/")) as far,
        ThreadPoolExecutor(1) as pool,
    ):
        run = near.begin_run("yard", "run")
        near.write(batch(run, 0, 1))
        writing = pool.submit(far.write, batch(run, 1, LARGE))
        until_in_the_middle(postgres)
        with cable.silent():
            assert near.write(batch(run, 1, 10)).frames == 1
        assert writing.result(SOON).frames == 0
        rows, state = near.tracks(run, A), near.camera_state(run, A)
        assert (rows.frame.tolist(), rows.track_id.tolist()) == ([0, 1], [1, 2, 1, 2])
        assert state is not None
        assert (state.frame, len(state.state)) == (1, 10)


@contextmanager
def another_program(server: Postgres, url: str) -> Iterator[psycopg.Connection]:
    """Holds what cameras' lines remember, in the middle of a statement."""
    with closing(psycopg.connect(url, application_name="another")) as made:
        made.execute("BEGIN")
        wire = made.pgconn
        wire.enter_pipeline_mode()
        wire.send_query_params(b"SELECT 1 FROM camera_state FOR UPDATE", None)
        wire.send_flush_request()
        wire.flush()
        until_in_the_middle(server)
        yield made


def test_another_program_is_never_ended(postgres: Postgres) -> None:
    url = postgres.fresh("another_stands_still")
    with open_store(url, patience=2.5) as store:  # s: two tries
        run = store.begin_run("yard", "run")
        store.write(batch(run, 0, 1))
        with another_program(postgres, url) as other:
            with pytest.raises(OutputError, match="another process keeps writing"):
                store.write(batch(run, 1, 1))
            other.pgconn.pipeline_sync()
            other.pgconn.flush()
            other.pgconn.consume_input()
            assert other.pgconn.status == psycopg.pq.ConnStatus.OK
        assert store.write(batch(run, 1, 1)).frames == 1
