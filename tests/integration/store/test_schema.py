"""How tables come to be, and what is refused: each with one line that says what to do."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Insert, insert, text
from tests.support.ports import free_port
from tests.support.postgres import Postgres
from tests.support.stored import tracks

from camweave.core.errors import CamweaveError, InputError, JobError, OutputError
from camweave.core.events import Created
from camweave.core.tracks import GlobalId
from camweave.store import migrations
from camweave.store.access import Access
from camweave.store.address import address_of
from camweave.store.migrating import make, revision_of, upgrade
from camweave.store.schema import BOXES, CROPS, HEAD, MOTIONS, metadata
from camweave.store.store import open_store, upgrade_store
from camweave.store.values import Batch

EARLIER = [f"{n:04}" for n in range(1, int(HEAD))]


def access_to(url: str) -> Access:
    return Access(address_of(url), read_only=False, patience=1.0)


def test_the_steps_lead_to_the_tables_that_the_code_knows(url: str) -> None:
    open_store(url).close()
    access = access_to(url)
    with access.open() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
    access.close()
    steps = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert steps.get_heads() == [HEAD]


@pytest.mark.parametrize("revision", EARLIER)
def test_a_store_of_an_earlier_camweave_keeps_its_rows(url: str, revision: str) -> None:
    access = access_to(url)
    access.write(lambda connection: upgrade(connection, access.address, revision))
    access.write(lambda connection: [connection.execute(each) for each in some_rows(revision)])
    access.close()
    with pytest.raises(InputError, match="camweave db upgrade"):
        open_store(url)
    assert upgrade_store(url) == (revision, HEAD)
    with open_store(url) as store:
        (run,) = store.runs()
        assert store.tracks(run.id, run.cameras[0].name).track_id.tolist() == [9]
        store.write(Batch.of(run.id, [tracks("a", 1, 2)]))
        if revision >= "0002":
            told = store.tracklets(run.id)
            assert told.crops.embedding.tolist() == [[1.0, 0.0]]
            assert not len(store.tracklets(run.id, embedder="reid a.onnx").crops.time)
        if revision >= "0003":
            (visit,) = store.journey("yard", 1)
            assert store.path("yard", visit).track_id.tolist() == [9]
            assert list(store.events("yard")) == [Created(seq=1, time=0.0, identity=GlobalId(1))]


def some_rows(revision: str) -> list[Insert]:
    """A row in tables of this revision."""
    rows: dict[str, dict[str, object]] = {
        "site": {"id": 1, "name": "yard"},
        "run": {"id": 1, "site_id": 1, "name": "monday", "began": 0.0},
        "camera": {
            "id": 1, "run_id": 1, "name": "a", "width": 6, "height": 4, "fps": 1.0,
            "class_names": "[]",
        },
        "frame": {"camera_id": 1, "epoch": 0, "frame": 0, "time": 0.0},
        "track_point": {
            "camera_id": 1, "epoch": 0, "frame": 0, "track_id": 9, "time": 0.0, "x_min": 1.0,
            "y_min": 2.0, "x_max": 3.0, "y_max": 4.0, "score": 0.5, "class_id": 0,
        },
        "camera_state": {"camera_id": 1, "epoch": 0, "frame": 0, "version": 1, "state": b"x"},
    }  # fmt: skip
    if revision >= "0002":
        places = dict.fromkeys((*BOXES, *MOTIONS), 0.0)
        looks = zip(CROPS, (bytes(8), bytes(8), bytes(4), b"\0\0\x80?" + bytes(4)), strict=True)
        rows["tracklet"] = {
            "camera_id": 1, "tracklet_id": 9, "class_id": 0, "began": 0.0, "ended": 1.0,
            "frames": 5, "crops": 1, "dimensions": 2, **places, **dict(looks),
        }  # fmt: skip
    if revision >= "0003":
        body = '{"v":1,"event":"created","seq":1,"time":0.0,"identity":1}'
        rows["event"] = {"site_id": 1, "seq": 1, "time": 0.0, "kind": "created", "body": body}
        rows["identity"] = {"site_id": 1, "identity": 1, "created": 0.0}
        rows["visit"] = {
            "camera": "a", "tracklet_id": 9, "site_id": 1, "identity": 1, "began": 0.0,
            "ended": 1.0, "growing": 0,
        }  # fmt: skip
    return [insert(metadata.tables[name]).values(row) for name, row in rows.items()]


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(url: str) -> None:
    assert upgrade_store(url) == (None, HEAD)
    assert upgrade_store(url) == (HEAD, HEAD)


def test_a_store_of_a_newer_camweave_is_left_alone(url: str) -> None:
    open_store(url).close()
    access = access_to(url)
    newer = text("UPDATE alembic_version SET version_num = '0900'")
    access.write(lambda connection: connection.execute(newer))
    for opening in (open_store, upgrade_store):
        with pytest.raises(InputError, match=r"newer camweave \(schema 0900.*Upgrade camweave"):
            opening(url)
    assert access.read(revision_of) == "0900"
    access.close()


def test_two_who_open_an_empty_store_at_once_both_find_it_made(url: str) -> None:
    """The second one looked while there was nothing, too."""
    access = access_to(url)
    assert access.read(revision_of) is None
    open_store(url).close()
    access.write(lambda connection: make(connection, access.address))
    assert access.read(revision_of) == HEAD
    access.close()


def test_a_store_that_is_only_read_is_not_made(place: Callable[[], str]) -> None:
    with pytest.raises(InputError, match=r"no such file|nothing was written to it yet"):
        open_store(place(), read_only=True)


def test_who_only_reads_cannot_write(url: str) -> None:
    with open_store(url) as store:
        run = store.begin_run("yard", "monday")
    with open_store(url, read_only=True) as store:
        assert len(store.runs()) == 1
        with pytest.raises(OutputError, match="it can only be read"):
            store.write(Batch.of(run, [tracks("a", 0, 1)]))


WRONG = "s3cret"


def refused(url: str, kind: type[CamweaveError], *words: str) -> None:
    """It is refused with one line of these words, in which there is no password."""
    with pytest.raises(kind) as caught:
        open_store(url)
    message = str(caught.value)
    assert all(each in message for each in words), message
    assert "\n" not in message
    assert WRONG not in message


def test_what_is_no_sqlite_store_is_named(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database, but long enough to be looked at" * 40)
    refused(f"sqlite:///{tmp_path}/text.db", InputError, "text.db", "not a SQLite database")
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE invoices (number INTEGER)")
    other.close()
    refused(f"sqlite:///{tmp_path}/other.db", InputError, "another program's tables (invoices)")
    (tmp_path / "folder.db").mkdir()
    refused(f"sqlite:///{tmp_path}/folder.db", InputError, "folder.db", "cannot be opened")


def test_what_is_no_postgresql_store_is_named(postgres: Postgres) -> None:
    gone = f"postgresql://me:s3cret@127.0.0.1:{free_port()}/site"
    refused(gone, JobError, "postgresql://me:***@127.0.0.1", "nobody listens there")
    refused("postgresql://me:s3cret@nowhere.invalid/site", JobError, "no machine is known")
    refused(postgres.url_of("missing", password=WRONG), InputError, "no such user or database")
    refused(postgres.url_of("postgres", user="reader"), InputError, "no such user or database")


def test_a_wrong_password_is_told_without_either() -> None:
    right = "the-r1ght-one"
    with Postgres(password=right) as server:
        refused(server.url_of("postgres", password=WRONG), InputError, "wrong user or password")
        with open_store(server.url) as store:
            assert right not in str(store)


def test_tables_can_be_read_by_name() -> None:
    """The list of tables in the documentation is the list of tables."""
    page = (Path(__file__).parents[3] / "docs" / "store.md").read_text(encoding="utf-8")
    assert not [name for name in metadata.tables if f"| `{name}` |" not in page]
