"""Ways by zone: where zones are drawn, who leaves by one and comes by another has a way of its own.

A way between two cameras is parted by which of its windows hold for the places of exit and entry.
Each part has its density, its share of the way, and its places; where no window holds, there is
no way.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.linking.paths.layout import Layout, ZonedWay
from camweave.linking.paths.learning import (
    DRAWN,
    PLACES,
    Ends,
    density,
    windows_of,
    within,
)
from camweave.linking.paths.pairs import Pairs
from camweave.linking.transit import BINS, FINE, NO_EDGE, SECONDS, STEP, Transits, marks

RAREST: Final = 1e-3  # share of a camera's exits or entries that a place has, at least


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A part of a way: those who leave and come by places for which the same windows hold."""

    cells: Bool  # (Z + 1, Z + 1) by place of exit and of entry
    shape: F64  # (G,) what is expected of it
    passages: F64  # (G,)
    out: F64  # (Z,) passages by place of exit
    into: F64  # (Z,) and of entry

    @property
    def density(self) -> F64:
        """(G,) of 1/s: how long passages take; far from its windows no longer than was drawn."""
        told, drawn = density(self.passages, self.shape), density(np.zeros(BINS), self.shape)
        near = within(np.ones(BINS), self.shape) > 0
        often: F64 = np.where(near, told, np.minimum(told, drawn))
        return often


def by_zones(  # noqa: PLR0917 - as `make_transits`
    transits: Transits, layout: Layout, ends: Ends, pairs: Pairs, weight: F64
) -> Transits:
    """The same, with ways parted by the layout's zones, from pairs weighted by their odds (E,)."""
    if not layout.zoned:
        return transits
    zoned = np.broadcast_to(
        transits.edge[:, :, None, None], (*transits.edge.shape, ends.places + 1, ends.places + 1)
    ).copy()
    edge = transits.edge.copy()
    rows = [_Rows(transits.flow, transits.leaving, transits.entering, transits.samples)]
    window = [np.stack([transits.least, transits.most], axis=1)]
    for way in layout.zoned:
        a, b = way.source, way.target
        if (row := int(edge[a, b])) == NO_EDGE:
            continue
        parts = list(_parts(way, ends, pairs, weight))
        made, span = _rows(parts, ends, (a, b), transits.flow[row])
        first = sum(len(each.flow) for each in rows)
        zoned[a, b] = NO_EDGE
        for number, part in enumerate(parts):
            zoned[a, b][part.cells] = first + number
        zoned[a, b, -1, -1] = row
        edge[a, b] = first + len(parts)
        rows += [made, made.bound]
        window += [span, np.array([[span[:, 0].min(), span[:, 1].max()]])]
    bounds = np.concatenate(window)
    more = len(bounds) - len(transits.drawn)
    return replace(
        transits,
        edge=edge,
        zoned=zoned,
        flow=np.concatenate([each.flow for each in rows]),
        leaving=np.concatenate([each.leaving for each in rows]),
        entering=np.concatenate([each.entering for each in rows]),
        samples=np.concatenate([each.samples for each in rows]),
        least=bounds[:, 0].copy(),
        most=bounds[:, 1].copy(),
        drawn=np.append(transits.drawn, np.ones(more, np.bool_)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Some rows of the tables of `Transits`."""

    flow: F64  # (K, G)
    leaving: F64  # (K, Z + 1)
    entering: F64  # (K, Z + 1)
    samples: F64  # (K,)

    @property
    def bound(self) -> "_Rows":
        """One row that is as likely as the likeliest of these, at the likeliest places."""
        best = self.flow + (self.leaving.max(axis=1) + self.entering.max(axis=1))[:, None]
        level = np.zeros((1, self.leaving.shape[1]))
        return _Rows(best.max(axis=0)[None], level, level, self.samples.sum(keepdims=True))


def _parts(way: ZonedWay, ends: Ends, pairs: Pairs, weight: F64) -> Iterator[_Part]:
    """The parts of a way, with the passages of each."""
    holds = way.exits[:, :, None] & way.entries[:, None]  # (W, Z + 1, Z + 1)
    known, part = np.unique(holds.reshape(len(holds), -1), axis=1, return_inverse=True)
    part = part.reshape(holds.shape[1:])
    mine = np.flatnonzero(
        (ends.leaves[pairs.one] == way.source) & (ends.enters[pairs.other] == way.target)
    )
    out, into = ends.leaving[pairs.one[mine]], ends.entering[pairs.other[mine]]
    of_pair, mark = part[out, into], marks(pairs.gap[mine])
    for number in np.flatnonzero(known.any(axis=0)).tolist():
        here = np.flatnonzero(of_pair == number)
        odds = weight[mine[here]]
        shape = way.shape[known[:, number]].mean(axis=0)
        seen = np.bincount(mark[here], odds, BINS).astype(np.float64)
        yield _Part(
            part == number,
            shape,
            within(seen, shape),
            _by_place(out[here], odds, ends.places),
            _by_place(into[here], odds, ends.places),
        )


def _by_place(place: I64, odds: F64, places: int) -> F64:
    """(Z,) those at each place."""
    known = place >= 0
    return np.asarray(np.bincount(place[known], odds[known], places), np.float64)


def _rows(parts: list[_Part], ends: Ends, way: tuple[int, int], flow: F64) -> tuple[_Rows, F64]:
    """The tables of a way's parts, and the window of each (P, 2) s; `flow` (G,) is of them all."""
    often = _usual(ends.leaves, ends.leaving, way[0], ends.places)
    comes = _usual(ends.enters, ends.entering, way[1], ends.places)
    out = [_where(np.asarray(part.cells[:-1].any(axis=1)), part.out, often) for part in parts]
    into = [_where(np.asarray(part.cells[:, :-1].any(axis=0)), part.into, comes) for part in parts]
    total = np.array([part.passages.sum() for part in parts])
    hoped = np.sqrt([leave[1] * enter[1] for leave, enter in zip(out, into, strict=True)])
    share = (total + DRAWN * hoped / hoped.sum()) / (total.sum() + DRAWN)
    taken = np.sum(np.exp(flow) * STEP * (np.abs(SECONDS) + FINE))
    told = np.array(
        [
            part_share * taken * part.density
            for part, part_share in zip(parts, share.tolist(), strict=True)
        ]
    )
    rows = _Rows(
        np.log(np.maximum(told, 1e-12)),
        np.array([leave[0] for leave in out]),
        np.array([enter[0] for enter in into]),
        total,
    )
    seen, shape = (
        np.array(each) for each in zip(*((p.passages, p.shape) for p in parts), strict=True)
    )
    return rows, windows_of(seen, shape, np.full(len(parts), DRAWN))


def _usual(camera: I64, place: I64, mine: int, places: int) -> F64:
    """(Z,) share of a camera's exits or entries that are at each place."""
    count = _by_place(place[camera == mine], np.ones(int((camera == mine).sum())), places)
    share: F64 = np.maximum(count / max(count.sum(), 1.0), RAREST)
    return share


def _where(open_: Bool, count: F64, usual: F64) -> tuple[F64, float]:
    """(Z + 1) nats that a place says for a part; and how many use the places that it is open to."""
    own = np.where(open_, usual, 0.0)
    every = float(own.sum())
    share = (count + PLACES * own / max(every, RAREST)) / (count.sum() + PLACES)
    told = np.log(np.maximum(share, RAREST**2) / usual)
    return np.append(told, 0.0), every
