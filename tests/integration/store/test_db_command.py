"""`camweave db`, as it is typed."""

import csv
import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.support.stored import tracks
from tests.unit.linking.registry_world import seen

from camweave.app.cli.main import run as run_command
from camweave.linking.registry.registry import Registry
from camweave.store.rows import Rows
from camweave.store.store import open_store
from camweave.store.values import Batch

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def camweave(capsys: pytest.CaptureFixture[str]) -> Run:
    """Status, standard output and standard error of a command."""

    def run(*words: object) -> tuple[int, str, str]:
        status = run_command([str(each) for each in words])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def filled(url: str) -> str:
    with open_store(url) as store:
        run = store.begin_run("yard", "monday", began=100.0)
        frames = [tracks("a", n, 1, 2) for n in range(30)] + [tracks("b", 0, 7)]
        events = Registry().mint([seen("a1", 0, 3)], 4)
        store.write(Batch(run=run, rows=Rows.of(frames), events=events))
        store.write(Batch.of(store.begin_run("yard", "tuesday"), [tracks("a", 0, 5)]))
    return url


def test_a_store_is_made_and_told_of(camweave: Run, url: str) -> None:
    assert camweave("db", "upgrade", "--store", url)[:2] == (0, "made, schema 0005\n")
    assert camweave("db", "upgrade", "--store", url)[1] == "up to date, schema 0005\n"
    status, out, _ = camweave("db", "info", "--store", url, "--json")
    assert status == 0
    told = json.loads(out)
    assert told["counts"]["frame"] == 0
    assert told["used"] > 0
    assert "nothing yet" in camweave("db", "info", "--store", url)[1]


def test_every_table_can_be_exported(camweave: Run, filled: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    for name, rows in {"tracks": 62, "journeys": 1, "identities": 1, "events": 2}.items():
        status, said, _ = camweave("db", "export", name, "-o", out, "--store", filled)
        assert (status, said) == (0, f"{out}: {rows} rows\n")
    for name in ("links", "tracklets"):
        assert camweave("db", "export", name, "-o", out, "--store", filled)[0] == 0
    camweave("db", "export", "tracks", "-o", out, "--store", filled, "--run", "monday")
    table = list(csv.DictReader(out.read_text().splitlines()))
    assert len(table) == 61
    assert {(row["track_id"], row["identity"]) for row in table if row["camera"] == "a"} == {
        ("1", "1"),
        ("2", ""),
    }
    assert float(table[1]["captured"]) == 100.0 + float(table[1]["time"])
    box = tracks("a", 0, 1, 2).xyxy[0]
    assert [float(table[0][side]) for side in ("x_min", "y_max")] == pytest.approx([box[0], box[3]])


@pytest.mark.skipif(find_spec("duckdb") is None, reason="no DuckDB; pip install camweave[parquet]")
def test_parquet_holds_the_same_rows(camweave: Run, filled: str, tmp_path: Path) -> None:
    from importlib import import_module

    out = tmp_path / "out.parquet"
    assert camweave("db", "export", "tracks", "-o", out, "--store", filled)[0] == 0
    duckdb = import_module("duckdb")
    with duckdb.connect() as connection:
        count, highest = connection.execute(
            "SELECT count(*), max(track_id) FROM read_parquet(?)", [str(out)]
        ).fetchone()
    assert (count, highest) == (62, 7)


def test_an_export_that_cannot_be_is_refused(camweave: Run, filled: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    status, _, error = camweave("db", "export", "trcks", "-o", out, "--store", filled)
    assert (status, error) == (2, "camweave: export: no 'trcks' (did you mean 'tracks'?)\n")
    status, _, error = camweave(
        "db", "export", "tracks", "-o", tmp_path / "x.cvs", "--store", filled
    )
    assert (status, error) == (2, "camweave: export: no format 'cvs' (did you mean 'csv'?)\n")
    assert not list(tmp_path.glob("*.csv*"))


def test_pruning_says_what_is_gone(camweave: Run, filled: str) -> None:
    status, out, _ = camweave("db", "prune", "--older-than", "1d", "--store", filled)
    assert (status, out) == (0, "gone: 31 frames, 61 rows, 0 tracklets, 0 visits, 0 events\n")
    assert camweave("db", "vacuum", "--store", filled)[0] == 0
    assert camweave("db", "prune", "--store", filled)[0] == 2
    assert camweave("db", "prune", "--larger-than", "5 apples", "--store", filled)[0] == 2


def test_a_site_file_names_its_store(
    camweave: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative to the file, from wherever it is asked."""
    site = tmp_path / "site.yaml"
    cameras = "site: yard\ncameras: [{name: a, source: a.mp4}]\n"
    site.write_text(f"{cameras}store: sqlite:///yard.db\n")
    assert camweave("db", "upgrade", site)[0] == 0
    assert (tmp_path / "yard.db").exists()
    site.write_text(cameras)
    status, _, error = camweave("db", "info", site)
    assert status == 2
    assert "it names no store" in error
    assert "which store?" in camweave("db", "info")[2]
    monkeypatch.setenv("CAMWEAVE_STORE", f"sqlite:///{tmp_path}/yard.db")
    assert "yard.db" in camweave("db", "info")[1]


def test_a_password_is_in_no_message(camweave: Run) -> None:
    secret = "s3cret"  # noqa: S105 - nobody's
    for url in (f"postgresql://me:{secret}@127.0.0.1:1/x", f"mysql://me:{secret}@db/x"):
        status, out, error = camweave("db", "info", "--store", url)
        assert status in {1, 2}
        assert error.count("\n") == 1
        assert secret not in out + error
