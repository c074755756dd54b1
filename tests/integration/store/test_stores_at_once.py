"""Stores that are made at the same time, by threads of one process."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from camweave.store.store import open_store

STORES, EACH = 6, 2


def test_threads_may_make_stores_at_once(tmp_path: Path) -> None:
    def made(number: int) -> str:
        url = f"sqlite:///{tmp_path}/{number % STORES}.db"
        with open_store(url) as store:
            store.begin_run("yard", f"run {number}")
        return url

    with ThreadPoolExecutor(STORES * EACH) as pool:
        urls = set(pool.map(made, range(STORES * EACH)))
    for url in urls:
        with open_store(url, read_only=True) as store:
            assert len(store.runs()) == EACH
