"""The queries of docs/store.md, run as they stand on both engines."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.sightings import some_sightings
from tests.support.stored import tracks
from tests.unit.linking.registry_world import because, minted, seen

from camweave.linking.registry.registry import Registry
from camweave.store.rows import Rows
from camweave.store.store import open_store
from camweave.store.values import Batch

PAGE = Path(__file__).parents[3] / "docs" / "store.md"
FOUND = re.findall(r"\n([^\n]+)\n\n```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
QUERIES = {title.split(":")[0].split(",")[0].rstrip("."): query for title, query in FOUND}
GIVEN = {"site": "yard", "camera": "a", "since": 0.0, "until": 3.0, "identity": 1}

# Identity 1 was in a (track 1), then in b (track 2), then, as identity 2 until that was merged, in
# a again (track 5). Identity 3 was in a (track 3) all the time, and is there still.
EXPECTED: dict[str, list[tuple[Any, ...]]] = {
    "Who was where": [(1, 1, 0.0, 1.0), (3, 3, 0.0, 8.0)],
    "The journey of one identity": [
        ("a", 0.0, 1.0, 1.0), ("b", 3.0, 4.0, 1.0), ("a", 6.0, 7.0, 1.0)
    ],
    "Who is in view now": [(3, "a", 0.0)],
    "Different people or vehicles per hour": [(0, 2)],
    "Origin and destination": [("a", "a", 2)],
    "From camera to camera": [("a", "b", 1, 2.0, 2.0, 2.0), ("b", "a", 1, 2.0, 2.0, 2.0)],
    "How long they stay": [("a", 2, 1.0, 1.0), ("b", 1, 1.0, 1.0)],
    "How full it was": [("a", 0.0, 2), ("a", 1.0, 2), ("a", 6.0, 2)],
    "Why an identity is one": [
        ("b", 2, "a", 5, "follows", 2.0, None, 0.0), ("a", 1, "b", 2, "follows", 3.0, None, 0.0)
    ],
    "How much was looked at": [("a", 8, 0.875), ("b", 8, 0.125)],
}  # fmt: skip


@pytest.fixture
def filled(url: str) -> str:
    """A store in which something happened."""
    seen_by_a = {0: (1, 3), 1: (1, 3), 2: (3,), 3: (3,), 4: (3,), 6: (5, 3), 7: (3,)}
    frames = [tracks("a", n, *seen_by_a.get(n, ()), fps=1.0) for n in range(8)]
    frames += [tracks("b", n, *((2,) if n == 3 else ()), fps=1.0) for n in range(8)]
    registry = Registry()
    first = registry.mint([seen("a1", 0, 1), seen("b2", 3, 4)], 5, [because("a1", "b2")])
    other = registry.mint([seen("a5", 6, 7)], 8)
    why = because("b2", "a5", 2.0)
    events = (
        *first,
        *other,
        *registry.mint([seen("a3", 0, 8, growing=True)], 8),
        *registry.merge(minted(first), minted(other), 9, link=why),
    )
    with open_store(url) as store:
        run = store.begin_run("yard", "monday", began=7200.0)
        looks = some_sightings([2, 1], seed=1)
        store.write(Batch(run=run, rows=Rows.of(frames), tracklets=(looks,), events=events))
        elsewhere = store.begin_run("elsewhere", "monday")
        span = seen("a1", 0, 100)
        store.write(Batch(run=elsewhere, events=Registry().mint([span], 101)))
        store.write(Batch.of(elsewhere, [tracks("a", 0, 1, 2, 3, 4)]))
    return url


def test_there_are_ten_queries_at_least() -> None:
    assert len(QUERIES) == len(FOUND) >= 10
    assert set(EXPECTED) <= set(QUERIES)


def test_each_query_tells_what_its_title_says(
    filled: str, rows_of: Callable[..., tuple[list[str], list[tuple[Any, ...]]]]
) -> None:
    for title, query in QUERIES.items():
        asked = {name: value for name, value in GIVEN.items() if f":{name}" in query}
        _, found = rows_of(filled, query, **asked)
        assert found, title
        if title in EXPECTED:
            assert found[: len(EXPECTED[title])] == EXPECTED[title], title


def test_the_boxes_of_an_identity_are_those_of_its_tracks(
    filled: str, rows_of: Callable[..., tuple[list[str], list[tuple[Any, ...]]]]
) -> None:
    _, found = rows_of(filled, QUERIES["Every box of one identity"], site="yard", identity=1)
    assert [row[:3] for row in found] == [
        ("a", 0, 0.0), ("a", 1, 1.0), ("b", 3, 3.0), ("a", 6, 6.0)
    ]  # fmt: skip
    with open_store(filled) as store:
        paths = [store.path("yard", visit) for visit in store.journey("yard", 1)]
    assert [len(path) for path in paths] == [2, 1, 1]
    assert found[2][3:] == pytest.approx(paths[1].xyxy[0].tolist())
