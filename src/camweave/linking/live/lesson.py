"""What tracklets teach about a site, learned in steps that each take little.

It is the batch linker's own learning, over what is remembered, cut where a pass may end.
"""

from collections.abc import Generator
from dataclasses import dataclass, fields, replace
from typing import Final, TypeAlias

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.sightings import Crops, Sightings
from camweave.linking.appearance import CameraMeans, Curve, Lens, Looks, learn_lens
from camweave.linking.fragments import learn_continuity, misses
from camweave.linking.live.calibration import HORIZON, SKEW, Calibration, opened
from camweave.linking.live.reach import reachable
from camweave.linking.live.seeing import Glass, learn_glass
from camweave.linking.paths.chains import Chains, chains_of
from camweave.linking.paths.curves import Looking, counts, learn_likeness, path_curve, relearned
from camweave.linking.paths.gated import likely_passages
from camweave.linking.paths.layout import Layout
from camweave.linking.paths.learning import Ends, find_ways, make_transits, passages_by_gap
from camweave.linking.paths.meetings import Meetings, dots, meetings_of
from camweave.linking.paths.nodes import Nodes, nodes_of
from camweave.linking.paths.odds import posteriors
from camweave.linking.paths.pairs import Census, Pairs, Reach, find_pairs
from camweave.linking.paths.successors import successors
from camweave.linking.places import PLACES, Places, learn_places
from camweave.linking.transit import Transits

LEAST: Final = 60  # tracklets from which on there is something to learn
MET: Final = 8_000  # pairs that were in view at one time that are looked at in one step
PARTS: Final = 3  # of them at most
ROUNDS: Final = 4  # of learning ways from odds, and odds from ways
WEAVINGS: Final = 2  # of matching paths to paths
PASSAGE: Final = 1.0  # nats that a passage needs
HOPELESS: Final = -8.0  # nats by one tracklet alone, from which no path brings a pair back
ACCIDENT: Final = 1e-5  # share of pairs that odds take for passages by accident
SURE: Final = 0.9  # odds of a passage that tells what changes in one object's looks
AT_ONCE: Final = 8_000  # pairs whose likeness is taken in one step
SHORTEST: Final = 60.0  # s that rates are taken over, at least


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What a lesson ends with, and the lens that the next one begins with."""

    calibration: Calibration
    glass: Glass
    lens: Lens


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is learned from: N tracklets of the latest."""

    rows: Sightings
    looks: Looks  # (N,) as embedded
    crops: Crops  # of some tracklets
    layout: Layout
    lens: Lens | None  # of the lesson before
    transits: Transits | None  # of the lesson before


@dataclass(slots=True)
class Draft:
    """What the rounds hand on to each other."""

    pairs: Pairs
    again: Bool  # (E,) pairs of one camera
    appearance: F64  # (E,)
    place: F64  # (E,)
    transition: F64  # (E,)
    weight: F64  # (E,) odds

    @property
    def nats(self) -> F64:
        """(E,) all together."""
        return self.appearance + self.place + self.transition

    def __getitem__(self, rows: I64) -> "Draft":
        return Draft(*(getattr(self, field.name)[rows] for field in fields(self)))


Lesson: TypeAlias = Generator[None, None, Learned | None]


def learned_at_once(lesson: Lesson) -> Learned | None:
    """A lesson taken in one go."""
    while True:
        try:
            next(lesson)
        except StopIteration as end:
            found: Learned | None = end.value
            return found


def lesson_of(subject: Subject) -> Lesson:
    """A lesson of `LEAST` tracklets or more; it yields where a pass may end.

    It gives None where nobody could follow anybody.
    """
    rows, vector, n = subject.rows, subject.looks.vector, len(subject.rows)
    lens = learn_lens(subject.crops) if subject.lens is None else subject.lens
    yield
    glass = learn_glass(rows, vector, lens)
    yield
    means = CameraMeans.none(len(rows.cameras), vector.shape[1])  # every look has one in the glass
    seen = Looks(glass.through(rows, vector, means), subject.looks.trust)
    nodes = nodes_of(rows, seen, np.arange(n))
    yield
    found = find_pairs(nodes, _reach(len(rows.cameras)))
    if not len(found[0]):
        return None
    yield
    ends = _ends(rows, nodes, places := learn_places(rows))
    yield
    met = yield from _met(rows, seen.vector)
    yield
    looking = _fairer(_looking(rows, met, found[1], nodes), nodes, ends, subject.transits)
    yield
    draft, transits = yield from _ways(subject, (nodes, ends), found, looking)
    curve = yield from _paths(draft, nodes, met, looking)
    draft.weight = posteriors(draft.pairs, draft.nats, n)
    rests = nodes.last[draft.pairs.one], nodes.first[draft.pairs.other]
    continuity = learn_continuity(rows, *rests, draft.weight)
    yield
    bare = replace(glass, lens=Lens(np.eye(len(lens.matrix), dtype=np.float32)))
    after = _next_lens(subject.crops, bare.through(rows, vector, means), rests, draft)
    yield
    open_ = opened(transits, subject.layout, n)
    told = Calibration(curve, open_, reachable(open_), places, continuity, looking.again.curve)
    return Learned(told, glass, after)


def _fairer(looking: Looking, nodes: Nodes, ends: Ends, transits: Transits | None) -> Looking:
    """With a fairer sample of one object's looks: those that travel time speaks for."""
    if transits is None:
        return looking
    one, other = likely_passages(nodes, ends, transits)
    alike = counts(dots(nodes.vector, one, other))
    return Looking(relearned(looking.across, alike, counts(np.empty(0))), looking.again)


def _next_lens(crops: Crops, bare: F32, ends: tuple[I64, I64], draft: Draft) -> Lens:
    """The lens that does not see what differs between those who are one for sure."""
    one, other = ends
    seen = (draft.weight >= SURE) & bare[one].any(axis=1) & bare[other].any(axis=1)
    apart = [
        bare[one[each]] - bare[other[each]] for each in (seen & draft.again, seen & ~draft.again)
    ]
    return learn_lens(crops, *apart)


def _ways(
    subject: Subject, known: tuple[Nodes, Ends], found: tuple[Pairs, Census], looking: Looking
) -> Generator[None, None, tuple[Draft, Transits]]:
    """Ways, rates and continuity learned in turns, and what the pairs that have hope rest on."""
    (nodes, ends), (pairs, census) = known, found
    draft = _first_draft(nodes, pairs, looking)
    accidents = census.gaps * looking.across.false
    one, other = nodes.last[pairs.one], nodes.first[pairs.other]
    again, rows = draft.again, subject.rows
    miss = misses(rows, one[again], other[again], pairs.gap[again])
    transits = None
    for _ in range(ROUNDS):
        yield
        seen = passages_by_gap(ends, pairs, draft.weight)
        ways = find_ways(seen, accidents, ends, subject.layout)
        yield
        transits = make_transits(ways, ends, subject.layout, pairs, draft.weight)
        yield
        going_on = learn_continuity(rows, one[again], other[again], draft.weight[again])
        draft.place[again] = going_on.nats(miss, pairs.gap[again])
        draft.transition = _transition(transits, ends, pairs)
        draft.weight = posteriors(pairs, draft.nats, len(nodes))
        accidents = census.gaps * ACCIDENT
    assert transits is not None  # noqa: S101 - there is a round
    keep = np.flatnonzero(draft.nats >= HOPELESS)
    return draft[keep], transits


def _first_draft(nodes: Nodes, pairs: Pairs, looking: Looking) -> Draft:
    has = _embedded(nodes)
    known = has[pairs.one] & has[pairs.other]
    again = np.asarray(nodes.leaves[pairs.one] == nodes.enters[pairs.other])
    appearance = np.where(known, looking.nats(pairs.similarity, again), 0.0)
    chance = np.where(known, looking.chance(appearance, again), looking.across.share)
    nothing = np.zeros(len(pairs))
    return Draft(pairs, again, appearance, nothing, nothing.copy(), chance)


def _embedded(nodes: Nodes) -> Bool:
    known: Bool = np.asarray(nodes.vector.any(axis=1))
    return known


def _transition(transits: Transits, ends: Ends, pairs: Pairs) -> F64:
    return transits.nats(
        ends.leaves[pairs.one],
        ends.enters[pairs.other],
        pairs.gap,
        ends.leaving[pairs.one],
        ends.entering[pairs.other],
    )


def _paths(
    draft: Draft, nodes: Nodes, met: Meetings, looking: Looking
) -> Generator[None, None, Curve]:
    """The best paths, and what a mean likeness of two of them says."""
    pairs, n = draft.pairs, len(nodes)
    met = met[np.equal(*(nodes.enters[nodes.of_row[each]] for each in (met.one, met.other)))]
    alone, curve = draft.appearance, looking.across.curve
    has = _embedded(nodes)
    seen: Bool = has[pairs.one] & has[pairs.other] & ~draft.again
    for _ in range(WEAVINGS):
        yield
        chains = chains_of(nodes, pairs, successors(pairs, draft.nats, n, PASSAGE))
        yield
        one, other = nodes.of_row[met.one], nodes.of_row[met.other]
        similarity, size = yield from _alike(chains, one, other)
        curve = path_curve(similarity, size, looking.across)
        yield
        similarity, size = yield from _alike(chains, pairs.one, pairs.other)
        draft.appearance = np.where(seen, curve.nats(similarity, np.log(size)), alone)
    yield
    return curve


def _alike(chains: Chains, one: I64, other: I64) -> Generator[None, None, tuple[F64, F64]]:
    """(Q,) likeness of paths and of how many pairs, some pairs in each step."""
    parts = [(np.empty(0), np.empty(0))]
    for start in range(0, len(one), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        parts.append(chains.similarity(one[part], other[part]))
        yield
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _looking(rows: Sightings, met: Meetings, census: Census, nodes: Nodes) -> Looking:
    """How alike two objects are, between cameras and within one."""
    alone = rows.camera[met.one] == rows.camera[met.other]
    strangers = counts(met.similarity[alone])
    return Looking(
        learn_likeness(strangers, census.across, len(nodes)),
        learn_likeness(strangers, census.again, len(nodes)),
    )


def _met(rows: Sightings, vector: F32) -> Generator[None, None, Meetings]:
    """Who met, of the latest, some at a time."""
    order = np.lexsort([rows.end, rows.begin])
    after = np.searchsorted(rows.begin[order], rows.end[order], side="right")
    pairs = np.cumsum(np.maximum(after - np.arange(len(order)) - 1, 0)[::-1])[::-1]
    part = pairs // MET
    found = []
    for number in range(min(int(part.max(initial=0)) + 1, PARTS)):
        some, own = order[part == number], np.zeros_like(vector)
        own[some] = vector[some]
        found.append(meetings_of(rows, own))
        yield
    return Meetings(
        *(
            np.concatenate([getattr(each, field.name) for each in found])
            for field in fields(Meetings)
        )
    )


def _ends(rows: Sightings, nodes: Nodes, places: Places) -> Ends:
    span = float(rows.end.max() - rows.begin.min())
    return Ends(
        cameras=rows.cameras,
        leaves=nodes.leaves,
        enters=nodes.enters,
        leaving=places.leaving(rows)[nodes.last],
        entering=places.entering(rows)[nodes.first],
        places=PLACES,
        duration=max(span, SHORTEST),
        horizon=HORIZON,
    )


def _reach(cameras: int) -> Reach:
    shape = (cameras, cameras)
    return Reach(least=np.full(shape, -SKEW), most=np.full(shape, HORIZON), overlap=0.0)
