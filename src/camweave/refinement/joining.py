"""Pieces put together: who goes on as whom, decided for all at once.

Every end is held against every later start, and the matching with the most evidence in all is
taken (`ops.assignment`), in rounds: a path of several pieces shows its motion better than one.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from camweave.core.arrays import F64, I32, I64, Bool
from camweave.ops.assignment import assign
from camweave.refinement.evidence import motion_evidence, return_odds
from camweave.refinement.habits import Habits, misses
from camweave.refinement.looks import Looks
from camweave.refinement.motion import Lines, first_lines, last_lines
from camweave.refinement.params import RefineParams
from camweave.refinement.pieces import NONE, Chains, Pieces, merged, spread
from camweave.refinement.sway import Sway

ROUNDS: Final = 6
BLOCK: Final = 200_000  # pairs at a time
FAINT: Final = 4.0  # nats below what a join needs: a rival that still counts
AHEAD: Final = 1.0  # s: an end leads out of the image if it does so within this time


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is known of the pieces beyond their paths."""

    habits: Habits
    looks: Looks  # of the pieces
    class_id: I32  # (P,)
    torn: Bool  # (P,) it was cut from the piece before for reasons that a join must not undo
    image: tuple[float, float, float, float]  # px: left, top, right, bottom
    sway: Sway  # of the camera, which the places of the pieces are told without


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Which piece goes on as which."""

    after: I64  # (P,) the next piece of the same path, or NONE
    evidence: F64  # (P,) nats for it; 0 where there is none
    own: F64  # (P,) nats for the tracker's own link from a piece to the next; -inf unknown


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Q candidates: the path `end` may go on as the path `start`."""

    end: I64  # (Q,)
    start: I64  # (Q,)
    evidence: F64  # (Q,) nats
    own: Bool  # (Q,) the tracker made them one


def link(pieces: Pieces, scene: Scene, params: RefineParams) -> Links:
    """The links with the most evidence in all; each piece goes on as one at most."""
    count = len(pieces)
    links = Links(np.full(count, NONE), np.zeros(count), np.full(count, -np.inf))
    for _ in range(ROUNDS):
        head = chain_of(links.after)
        chains = merged(pieces, head)
        known = replace(scene, looks=scene.looks.of_chains(head))
        pairs = _against_rivals(_candidates(chains, pieces.fore, known, params), len(chains.first))
        links.own[chains.last[pairs.end[pairs.own]]] = pairs.evidence[pairs.own]
        chosen = _best(pairs, len(chains.first), params.least_evidence)
        if not len(chosen):
            break
        end = chains.last[pairs.end[chosen]]
        links.after[end] = chains.first[pairs.start[chosen]]
        links.evidence[end] = pairs.evidence[chosen]
    return links


def chain_of(after: I64) -> I64:
    """(P,) the first piece of the path that each is in."""
    head = np.arange(len(after))
    linked = np.flatnonzero(after != NONE)
    head[after[linked]] = linked
    while True:  # each look doubles the reach
        further = head[head]
        if np.array_equal(further, head):
            return head
        head = further


def _candidates(chains: Chains, fore: I64, scene: Scene, params: RefineParams) -> Pairs:
    """Pairs of an end and a later start that have some evidence, and the tracker's own."""
    path = chains.path
    by_time = np.argsort(path.first_time, kind="stable")
    times = path.first_time[by_time]
    lo = np.searchsorted(times, path.last_time, side="right")
    hi = np.searchsorted(times, path.last_time + params.most_gap, side="right")
    sides = (last_lines(path, params.window), first_lines(path, params.window))
    parts = []
    for block in _blocks(hi - lo):
        owner, place = spread(lo[block], hi[block])
        end, start = block[owner], by_time[place]
        own = fore[chains.first[start]] == chains.last[end]
        allowed = (end != start) & ~(own & scene.torn[chains.first[start]])
        pairs = Pairs(end[allowed], start[allowed], np.empty(0), own[allowed])
        nats = _weighed(pairs, chains, sides, (scene, params))
        keep = np.flatnonzero(pairs.own | (nats > params.least_evidence - FAINT))
        parts.append(Pairs(pairs.end[keep], pairs.start[keep], nats[keep], pairs.own[keep]))
    return _stacked(parts)


def _weighed(
    pairs: Pairs, chains: Chains, sides: tuple[Lines, Lines], how: tuple[Scene, RefineParams]
) -> F64:
    """(Q,) nats for each pair, before its rivals are looked at."""
    end, start, (scene, params) = pairs.end, pairs.start, how
    times = (chains.path.last_time[end], chains.path.first_time[start])
    gap = times[1] - times[0]
    here = (sides[0][end], sides[1][start])
    nats = motion_evidence(misses(*here, gap), scene.habits)
    nats += scene.looks.evidence(end, start)
    other = scene.class_id[chains.last[end]] != scene.class_id[chains.first[start]]
    odds = return_odds(gap, scene.habits.births, params)
    odds -= params.border * _leaving(here, times, scene)
    odds = np.where(pairs.own, np.maximum(odds, params.trust), odds)
    total: F64 = nats + odds - params.other_class * other
    return total


def _against_rivals(pairs: Pairs, count: int) -> Pairs:
    """The same pairs, each new one held against all others that have its end or its start.

    A link that could as well go elsewhere is worth less. The tracker's own knew its rivals.
    """
    odds = np.exp(pairs.evidence)
    by_end = np.bincount(pairs.end, odds, count)[pairs.end]
    by_start = np.bincount(pairs.start, odds, count)[pairs.start]
    rivals = np.maximum(by_end + by_start - 2 * odds, 0)
    less = np.where(pairs.own, 0.0, np.log1p(rivals))
    return replace(pairs, evidence=pairs.evidence - less)


def _blocks(widths: I64) -> list[I64]:
    """Row numbers in blocks of about `BLOCK` pairs."""
    number = np.cumsum(np.maximum(widths, 0)) // BLOCK
    return np.split(np.arange(len(widths)), np.flatnonzero(np.diff(number)) + 1)


def _stacked(parts: list[Pairs]) -> Pairs:
    return Pairs(
        np.concatenate([p.end for p in parts]),
        np.concatenate([p.start for p in parts]),
        np.concatenate([p.evidence for p in parts]),
        np.concatenate([p.own for p in parts]),
    )


def _leaving(sides: tuple[Lines, Lines], times: tuple[F64, F64], scene: Scene) -> F64:
    """(Q,) how many of a pair's two ends, at these times, lead out of the image: 0, 1 or 2."""
    (ends, starts), (last, first) = sides, times
    ahead = np.minimum(first - last, AHEAD)[:, None]
    onward = ends.place[:, :2] + ends.velocity[:, :2] * ahead + scene.sway.at(last)
    back = starts.place[:, :2] - starts.velocity[:, :2] * ahead + scene.sway.at(first)
    outside: F64 = _outside(onward, scene.image).astype(np.float64) + _outside(back, scene.image)
    return outside


def _outside(place: F64, image: tuple[float, float, float, float]) -> Bool:
    left, top, right, bottom = image
    x, y = place.T
    return np.asarray((x < left) | (x > right) | (y < top) | (y > bottom))


def _best(pairs: Pairs, count: int, least: float) -> I64:
    """Rows of the pairs with the most evidence in all: each end and each start at most once.

    Groups without a common end or start are solved apart, which is the same and takes less.
    """
    good = np.flatnonzero(pairs.evidence > least)
    end, start = pairs.end[good], pairs.start[good]
    graph = coo_array((np.ones(len(good)), (end, start + count)), shape=(2 * count, 2 * count))
    group = connected_components(graph, directed=False)[1][end]
    order = np.argsort(group, kind="stable")
    bounds = np.flatnonzero(np.diff(group[order])) + 1
    chosen = [
        rows if len(rows) == 1 else rows[_matching(end[rows], start[rows], nats, least)]
        for rows in np.split(order, bounds)
        if len(nats := pairs.evidence[good[rows]])
    ]
    every = np.concatenate([np.empty(0, np.int64), *chosen])
    return np.asarray(good[every])


def _matching(end: I64, start: I64, nats: F64, least: float) -> I64:
    """Which of a group's pairs are made."""
    rows, row = np.unique(end, return_inverse=True)
    columns, column = np.unique(start, return_inverse=True)
    cost = np.full((len(rows), len(columns)), np.inf)
    cost[row, column] = -nats
    number = np.zeros(cost.shape, np.int64)
    number[row, column] = np.arange(len(nats))
    made: I64 = number[assign(cost, -least)]
    return made
