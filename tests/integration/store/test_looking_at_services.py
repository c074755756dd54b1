"""`check` and `doctor` look at stores and brokers, and change nothing there."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.ports import free_port

from camweave.app.jobs.check import Checked, services
from camweave.app.jobs.doctor import doctor
from camweave.app.site.load import parse_site
from camweave.store.store import open_store

SITE = """
site: yard
cameras: [{name: a, source: a.mp4}]
detector: {kind: motion}
"""


def looked(folder: Path, rest: str) -> dict[str, Checked]:
    site = parse_site(f"{SITE}{rest}\n", "site.yaml", folder, {})
    return {each.what: each for each in services(site)}


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CAMWEAVE_STORE", "CAMWEAVE_BROKER"):
        monkeypatch.delenv(name, raising=False)


def test_a_site_that_talks_to_nobody_has_nothing_to_look_at(tmp_path: Path) -> None:
    assert looked(tmp_path, "") == {}


def test_a_store_is_told_with_its_engine_and_schema(tmp_path: Path, url: str) -> None:
    empty = looked(tmp_path, f"store: '{url}'")["store"]
    assert empty.good
    assert "when" in empty.text
    assert not list(tmp_path.glob("*.db"))  # a look makes none
    open_store(url).close()
    there = looked(tmp_path, f"store: '{url}'")["store"]
    assert there.good
    assert "schema 0005" in there.text


def test_a_store_of_another_camweave_is_told_with_what_to_do(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/a.db").close()
    with closing(sqlite3.connect(tmp_path / "a.db")) as store, store:
        store.execute("UPDATE alembic_version SET version_num = '0001'")
    (told,) = looked(tmp_path, "store: sqlite:///a.db").values()
    assert not told.good
    assert "camweave db upgrade" in told.text


def test_servers_that_are_not_there_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("CAMWEAVE_BROKER", f"amqp://me:s3cret@127.0.0.1:{port}/")
    told = looked(
        tmp_path,
        f"store: postgresql://me:s3cret@127.0.0.1:{port}/site\n"
        f"mqtt: {{host: 127.0.0.1, port: {port}}}",
    )
    assert list(told) == ["store", "mqtt", "broker"]
    assert not any(each.good for each in told.values())
    assert all("nobody listens there" in each.text for each in told.values()), told
    assert "s3cret" not in repr(told)


def test_doctor_looks_at_what_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMWEAVE_STORE", f"sqlite:///{tmp_path}/a.db")
    open_store(f"sqlite:///{tmp_path}/a.db").close()
    found = {each.topic: each for each in doctor()}
    assert found["CAMWEAVE_STORE"].good
    assert "schema 0005" in found["CAMWEAVE_STORE"].text
    assert "CAMWEAVE_BROKER" not in found
