"""The path linker's passes: learn what every cue says here, then weave the paths."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.sightings import Sightings
from camweave.linking.appearance import Curve, embedded
from camweave.linking.fragments import LONGEST, learn_continuity, misses
from camweave.linking.kinds import Kinds
from camweave.linking.paths.chains import Chains, chains_of
from camweave.linking.paths.curves import Looking, path_curve
from camweave.linking.paths.layout import Layout
from camweave.linking.paths.learning import Ends, find_ways, make_transits, passages_by_gap
from camweave.linking.paths.meetings import Meetings
from camweave.linking.paths.nodes import Nodes
from camweave.linking.paths.odds import only_next, posteriors
from camweave.linking.paths.pairs import Census, Pairs, kind_nats
from camweave.linking.paths.stepping import Steps
from camweave.linking.paths.successors import successors
from camweave.linking.paths.testimony import Told, without_own
from camweave.linking.paths.zoned import by_zones
from camweave.linking.transit import Transits

ROUNDS: Final = 2  # of learning ways from odds, and odds from ways
LEAST: Final = 1.0  # nats that a passage needs
LIKELY: Final = 0.5  # odds, all rivals in view, that a passage needs in the end
RIGHT: Final = 0.8  # and that those between cameras have on average
SETTLED: Final = 0.01  # change of any pair's odds by which another weaving would tell nothing new
HOPELESS: Final = -8.0  # nats by one tracklet alone, from which no path brings a pair back
ACCIDENT: Final = 1e-5  # share of pairs that odds take for passages by accident


@dataclass(frozen=True, slots=True, eq=False)
class Cues:
    """What each of E pairs rests on, in nats."""

    pairs: Pairs
    appearance: F64  # (E,)
    place: F64  # (E,) whether the one goes on where the other broke off
    transition: F64  # (E,)
    attributes: F64  # (E,) the classes

    @property
    def nats(self) -> F64:
        """(E,) all together."""
        return self.appearance + self.place + self.transition + self.attributes

    def __getitem__(self, keep: I64) -> "Cues":
        return Cues(
            self.pairs[keep],
            self.appearance[keep],
            self.place[keep],
            self.transition[keep],
            self.attributes[keep],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Woven:
    """The passages that were chosen, what they rest on, and what was learned."""

    cues: Cues
    odds: F64  # (E,)
    chosen: I64  # (K,) rows of the pairs
    transits: Transits
    curve: Curve  # of paths


@dataclass(frozen=True, slots=True, eq=False)
class Loom:
    """What paths are woven of."""

    sightings: Sightings
    nodes: Nodes
    ends: Ends
    looking: Looking
    layout: Layout
    learn: bool  # ways and windows, beside those that are drawn
    kinds: Kinds


def weaving(
    loom: Loom, pairs: Pairs, census: Census, meetings: Meetings, *, weavings: int
) -> Steps[Woven]:
    """The best paths through the nodes, of these pairs, woven anew until nothing changes.

    `meetings` are of views that do not overlap: those are two objects.
    """
    cues, transits = yield from learning(loom, pairs, census)
    n, curve = len(loom.nodes), loom.looking.across.curve
    cues = cues[np.flatnonzero(cues.nats >= HOPELESS)]
    chosen = successors(cues.pairs, cues.nats, n, LEAST)
    told, settled = np.full(len(cues.pairs), np.inf), True
    for _ in range(weavings):
        yield
        chains = chains_of(loom.nodes, cues.pairs, chosen)
        yield
        curve = _curve_of(chains, loom.nodes, meetings, loom.looking)
        yield
        cues = _seen_along(cues, chains, loom.nodes, curve)
        yield
        if not loom.layout.zoned:  # those keep what a pair told itself: it would, again and again
            before, told = told, only_next(cues.pairs, posteriors(cues.pairs, cues.nats, n), n)
            more = cues.pairs, cues.appearance, told, census.gaps * ACCIDENT
            cues, transits = yield from _round(loom, *more, _missed(loom, cues.pairs))
            settled = bool(np.all(np.abs(told - before) < SETTLED))
        last, chosen = chosen, successors(cues.pairs, cues.nats, n, LEAST)
        if settled and np.array_equal(last, chosen):
            break
    yield
    odds = posteriors(cues.pairs, cues.nats, n)
    return Woven(cues, odds, chosen[odds[chosen] >= LIKELY], transits, curve)


def mostly_right(woven: Woven, nodes: Nodes) -> Woven:
    """Without the least likely passages between cameras, where all are too doubtful together.

    What is kept has odds of `RIGHT` on average: so few of it are wrong, however poor looks are.
    """
    pairs, chosen = woven.cues.pairs, woven.chosen
    across = ~_again(nodes, pairs)[chosen]
    odds = np.sort(woven.odds[chosen[across]])[::-1]
    count = int(np.sum(np.cumsum(odds) >= RIGHT * np.arange(1, len(odds) + 1)))
    least = odds[count - 1] if count else np.inf
    return replace(woven, chosen=chosen[~across | (woven.odds[chosen] >= least)])


def learning(
    loom: Loom, pairs: Pairs, census: Census, rounds: int = ROUNDS
) -> Steps[tuple[Cues, Transits]]:
    """What the pairs rest on, one by one: ways, rates and continuity learned in turns."""
    nodes, looking = loom.nodes, loom.looking
    known = _known(nodes, pairs)
    soon = _again(nodes, pairs) & (pairs.gap <= LONGEST)
    appearance = np.where(known, _alike(loom, pairs), 0.0)
    likely = looking.chance(appearance + kind_nats(loom.kinds, loom.nodes, pairs), soon)
    weight = np.where(known, likely, looking.across.share)
    miss = _missed(loom, pairs)
    yield
    accidents = census.gaps * looking.across.false
    yield
    cues, transits = yield from _round(loom, pairs, appearance, weight, accidents, miss)
    accidents = census.gaps * ACCIDENT
    for _ in range(rounds - 1):
        yield
        weight = posteriors(pairs, cues.nats, len(nodes))
        cues, transits = yield from _round(loom, pairs, appearance, weight, accidents, miss)
    yield
    return cues, transits


def _alike(loom: Loom, pairs: Pairs) -> F64:
    """(E,) what looks say of the pairs one by one.

    What they say in one camera is learned from who may come back soon; of who comes back later they
    say no more than they would of two cameras.
    """
    again, looking = _again(loom.nodes, pairs), loom.looking
    told = looking.nats(pairs.similarity, again)
    late = again & (pairs.gap > LONGEST)
    return np.where(late, np.minimum(told, looking.across.curve.nats(pairs.similarity)), told)


def _round(  # noqa: PLR0917 - one round's own
    loom: Loom, pairs: Pairs, appearance: F64, weight: F64, accidents: F64, miss: F64
) -> Steps[tuple[Cues, Transits]]:
    """What each pair rests on, with what its and others' odds (E,) say of this site."""
    nodes, ends = loom.nodes, loom.ends
    telling = weight if loom.learn else np.zeros(len(weight))
    seen = passages_by_gap(ends, pairs, telling)
    yield
    ways = find_ways(seen, accidents, ends, loom.layout)
    yield
    transits = make_transits(ways, ends, loom.layout, pairs, weight)
    transits = by_zones(transits, loom.layout, ends, pairs, telling)
    yield
    again = _again(nodes, pairs)
    one, other = nodes.last[pairs.one[again]], nodes.first[pairs.other[again]]
    going_on = learn_continuity(loom.sightings, one, other, weight[again])
    place = np.zeros(len(pairs))
    place[again] = going_on.nats(miss, pairs.gap[again])
    told = without_own(transits, ways, Told(ends, pairs, seen, telling, weight))
    return Cues(pairs, appearance, place, told, kind_nats(loom.kinds, loom.nodes, pairs)), transits


def _again(nodes: Nodes, pairs: Pairs) -> Bool:
    """(E,) who would come into the camera that was left."""
    return np.asarray(nodes.leaves[pairs.one] == nodes.enters[pairs.other])


def _missed(loom: Loom, pairs: Pairs) -> F64:
    """How far each of those misses the place where the one was bound for."""
    nodes, again = loom.nodes, _again(loom.nodes, pairs)
    one, other = nodes.last[pairs.one[again]], nodes.first[pairs.other[again]]
    return misses(loom.sightings, one, other, pairs.gap[again])


def _known(nodes: Nodes, pairs: Pairs) -> Bool:
    known = embedded(nodes.vector)
    return np.asarray(known[pairs.one] & known[pairs.other])


def _curve_of(chains: Chains, nodes: Nodes, meetings: Meetings, looking: Looking) -> Curve:
    """What a mean likeness of two paths says: those that met are two objects."""
    one, other = nodes.of_row[meetings.one], nodes.of_row[meetings.other]
    apart = one != other
    similarity, size = chains.similarity(one[apart], other[apart])
    return path_curve(similarity, size, looking.across)


def _seen_along(cues: Cues, chains: Chains, nodes: Nodes, curve: Curve) -> Cues:
    """The same pairs, the appearance of one path up to here held against another's from here."""
    pairs = cues.pairs
    similarity, size = chains.similarity(pairs.one, pairs.other)
    some = (chains.count_so_far[pairs.one] > 0) & (chains.count_from_here[pairs.other] > 0)
    again = _again(nodes, pairs)
    nats = np.where(some & ~again, curve.nats(similarity, np.log(size)), 0.0)
    nats = np.where(again, cues.appearance, nats)
    return replace(cues, appearance=nats)
