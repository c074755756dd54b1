"""The origin's clustering as it is written: Python loops over pairs, for the ratio of speeds.

The algorithm of regob/vehicle_mtmc's `mtmc_clustering`, told in our own words: a heap of all pairs,
and after each merge the new cluster against every other, pair by pair.
"""

from heapq import heapify, heappop, heappush
from itertools import product

import numpy as np

from benchmarks.yardsticks import Tracks
from camweave.core.topology import Topology


def origin_loop(
    tracks: Tracks, topology: Topology, cameras: tuple[str, ...], least: float
) -> list[tuple[int, ...]]:
    """Clusters of tracklets, average linkage, from similarity `least` on."""
    n, camera = len(tracks.camera), tracks.camera.tolist()
    alike, compatible = tracks.look @ tracks.look.T, _compatible(tracks, topology, cameras)
    clusters = {i: [i] for i in range(n)}
    close = product(range(n), repeat=2)
    heap = [
        (-float(alike[i, j]), i, j)
        for i, j in close
        if i > j and compatible[i][j] and alike[i, j] >= least
    ]
    heapify(heap)
    while heap:
        _, one, other = heappop(heap)
        if one not in clusters or other not in clusters:
            continue
        joined, name = clusters.pop(one) + clusters.pop(other), 2 * n - len(clusters)
        seen = {camera[i] for i in joined}
        for third, members in clusters.items():
            pairs = list(product(joined, members))
            if seen & {camera[i] for i in members} or not any(compatible[i][j] for i, j in pairs):
                continue
            similarity = float(np.mean([alike[i, j] for i, j in pairs]))
            if similarity >= least:
                heappush(heap, (-similarity, name, third))
        clusters[name] = joined
    return [tuple(members) for members in clusters.values()]


def _compatible(tracks: Tracks, topology: Topology, cameras: tuple[str, ...]) -> list[list[bool]]:
    windows = {
        (cameras.index(t.source), cameras.index(t.target)): (t.least, t.most)
        for t in topology.transitions
    }
    columns = (tracks.camera, tracks.begin, tracks.end)
    camera, begin, end = (column.tolist() for column in columns)

    def follows(i: int, j: int) -> bool:
        window = windows.get((camera[i], camera[j]))
        if window is None or camera[i] == camera[j]:
            return False
        return bool(begin[j] <= end[i] + window[1] and end[i] + window[0] <= end[j])

    n = len(camera)
    return [[follows(i, j) or follows(j, i) for j in range(n)] for i in range(n)]
