"""The specification's clustering as a loop over pairs, and ours held against it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition
from camweave.linking.cluster import cluster, in_order
from camweave.linking.params import LinkParams

Make = Callable[[Sequence[Any]], Sightings]
Cluster = frozenset[int]


class SlowClustering:
    """regob/vehicle_mtmc's agglomeration, with every pair possible, re-entry and a margin.

    Every step looks at all pairs of clusters, and at all pairs of their members.
    """

    def __init__(self, sightings: Sightings, topology: Topology, params: LinkParams) -> None:
        self.s, self.params = sightings, params
        self.windows = {(t.source, t.target): (t.least, t.most) for t in topology.transitions}
        self.anybody = not topology.transitions
        self.all_cameras = topology.cameras
        crops = sightings.crops
        self.look = [
            crops.embedding[crops.of(n)][0].astype(np.float64) for n in range(len(sightings))
        ]
        self.rank = np.argsort(in_order(sightings)).tolist()

    def partition(self) -> tuple[set[Cluster], list[float]]:
        clusters, merged = {frozenset([n]) for n in range(len(self.s))}, []
        while step := self.best(clusters):
            alike, one, other = step
            clusters = (clusters - {one, other}) | {one | other}
            merged.append(alike)
        return clusters, merged

    def best(self, clusters: set[Cluster]) -> tuple[float, Cluster, Cluster] | None:
        joinable = {
            pair: alike
            for pair in combinations(sorted(clusters, key=self.first), 2)
            if (alike := self.similarity(*pair)) is not None and alike >= self.params.min_similarity
        }
        order = sorted(joinable, key=lambda p: (-joinable[p], self.first(p[0]), self.first(p[1])))
        for one, other in order:
            if not any(
                joinable[one, other] - alike < self.params.margin
                for alike in self.rivals(joinable, one, other)
            ):
                return joinable[one, other], one, other
        return None

    def rivals(
        self, joinable: dict[tuple[Cluster, Cluster], float], one: Cluster, other: Cluster
    ) -> Iterator[float]:
        for pair, alike in joinable.items():
            for here, there in ((one, other), (other, one)):
                third = pair[1] if pair[0] == here else pair[0]
                if here in pair and third != there and not self.all_possible(third, there):
                    yield alike

    def similarity(self, one: Cluster, other: Cluster) -> float | None:
        pairs = list(product(one, other))
        alike = {(i, j): float(self.look[i] @ self.look[j]) for i, j in pairs}
        close = [
            alike[p] for p in pairs if alike[p] >= self.params.min_similarity and self.follows(*p)
        ]
        if not close or not self.all_possible(one, other):
            return None
        match self.params.linkage:
            case "single":
                return max(close)
            case "complete":
                return min(alike.values())
            case "average":
                return sum(alike.values()) / len(alike)
            case _:
                a, b = (np.mean([self.look[i] for i in each], axis=0) for each in (one, other))
                return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    def all_possible(self, one: Cluster, other: Cluster) -> bool:
        return all(self.possible(i, j) for i, j in product(one, other))

    def possible(self, i: int, j: int) -> bool:
        return self.comes_after(i, j) or self.comes_after(j, i)

    def comes_after(self, i: int, j: int) -> bool:
        s, (a, b) = self.s, self.cameras(i, j)
        if a == b:
            in_turn = s.begin[i] < s.begin[j] and s.end[i] < s.end[j]
            shared = s.end[i] - s.begin[j]
            return bool(in_turn and shared <= self.params.most_overlap and shared != 0) or bool(
                in_turn and shared == 0 and self.params.most_overlap > 0
            )
        if self.anybody:
            return True
        soonest = self.soonest(a, b, ())
        seen = s.end[j] if soonest < 0 else s.begin[j]
        return bool(seen - s.end[i] >= soonest - 1e-6)

    def soonest(self, a: CameraId, b: CameraId, been: tuple[CameraId, ...]) -> float:
        """By all ways over cameras not yet been to."""
        direct = self.windows.get((a, b), (np.inf, np.inf))[0]
        ways = [
            max(self.windows[a, c][0], 0) + max(self.soonest(c, b, (*been, a)), 0)
            for c in self.all_cameras
            if c not in (*been, a, b) and (a, c) in self.windows
        ]
        return min([direct, *ways])

    def follows(self, i: int, j: int) -> bool:
        if self.anybody or self.s.camera[i] == self.s.camera[j]:
            return self.possible(i, j)
        return self.in_window(i, j) or self.in_window(j, i)

    def in_window(self, i: int, j: int) -> bool:
        s, pair = self.s, self.cameras(i, j)
        if pair not in self.windows:
            return False
        least, most = self.windows[pair]
        seen = s.end[j] if least < 0 else s.begin[j]
        return bool(seen - s.end[i] >= least - 1e-6 and s.begin[j] - s.end[i] <= most + 1e-6)

    def cameras(self, i: int, j: int) -> tuple[CameraId, CameraId]:
        return self.s.cameras[self.s.camera[i]], self.s.cameras[self.s.camera[j]]

    def first(self, members: Cluster) -> int:
        return int(min(self.rank[n] for n in members))


def random_world(seed: int, make: Make, seen: Any) -> tuple[Sightings, Topology]:
    """A few objects that wander between a few cameras, as often as not where windows allow it."""
    rng = np.random.default_rng(seed)
    cameras = [CameraId(name) for name in "abcd"[: rng.integers(1, 5)]]
    objects = rng.normal(size=(4, 5))
    rows = []
    for _ in range(rng.integers(2, 15)):
        begin = float(rng.integers(0, 60)) / 2
        look = objects[rng.integers(0, 4)] + rng.normal(0, 0.6, 5)
        end = begin + float(rng.integers(0, 12)) / 2
        rows.append(seen(str(rng.choice(cameras)), begin, end, tuple(look)))
    transitions = [
        Transition(source=a, target=b, least=float(least), most=float(least + rng.integers(0, 9)))
        for a, b in product(cameras, cameras)
        if a != b and rng.random() < 0.6
        for least in [rng.integers(-3, 6)]
    ]
    kept = transitions if rng.random() < 0.7 else []
    return make(rows), Topology(cameras=tuple(cameras), transitions=tuple(kept))


def groups(labels: np.ndarray) -> set[Cluster]:
    return {frozenset(np.flatnonzero(labels == k).tolist()) for k in np.unique(labels)}


@pytest.mark.parametrize("linkage", ["single", "complete", "average", "mean"])
@settings(max_examples=120)
@given(
    seed=st.integers(0, 1_000_000),
    least=st.sampled_from([-1.0, 0.3, 0.5, 0.8]),
    margin=st.sampled_from([0.0, 0.02, 0.1, 0.3]),
    most_overlap=st.sampled_from([0.0, 0.6]),
)
def test_we_find_what_the_loop_over_all_pairs_finds(  # noqa: PLR0917 - fixtures
    make: Make,
    seen: Any,
    linkage: Any,
    seed: int,
    least: float,
    margin: float,
    most_overlap: float,
) -> None:
    sightings, topology = random_world(seed, make, seen)
    params = LinkParams(
        linkage=linkage, min_similarity=least, margin=margin, most_overlap=most_overlap
    )
    expected, merged = SlowClustering(sightings, topology, params).partition()
    found = cluster(sightings, topology, params)
    assert groups(found.labels) == expected
    np.testing.assert_allclose(found.merges.similarity, merged, atol=1e-6)
