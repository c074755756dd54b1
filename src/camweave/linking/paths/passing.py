"""The path linker in steps: what a pass looks at, what it finds, and the links that come of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.corrections import Constraint
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.linking.appearance import Lens, Looks, freed, steadiness
from camweave.linking.kinds import Kinds, walled
from camweave.linking.overlap import ALONE, group_on_ground
from camweave.linking.params import LinkParams
from camweave.linking.paths.abreast import meetings_abreast
from camweave.linking.paths.curves import Likeness, Looking
from camweave.linking.paths.forest import REUNITED, Forest, strongest_tree
from camweave.linking.paths.hands import obeyed
from camweave.linking.paths.laid import Laid
from camweave.linking.paths.lawful import EARLY, Laws, laws_of
from camweave.linking.paths.layout import Layout, layout_of
from camweave.linking.paths.learning import Ends
from camweave.linking.paths.looking import CLOSE, Passed, learning_looking
from camweave.linking.paths.meetings import Meetings, meetings_of
from camweave.linking.paths.nodes import Nodes, nodes_of
from camweave.linking.paths.pairs import Census, Pairs, Reach, find_pairs
from camweave.linking.paths.reunions import Reunions, reuniting
from camweave.linking.paths.sifting import Hints
from camweave.linking.paths.stepping import Steps
from camweave.linking.paths.together import Groups, group_meetings, overlapping
from camweave.linking.paths.woven import Loom, Woven, mostly_right, weaving
from camweave.linking.places import Places, learn_places
from camweave.linking.possible import SKEW

HORIZON: Final = 300.0  # s: longest gap looked at, where no window says more
LONGER: Final = 1.5  # times the longest drawn window
SHORTEST: Final = 20.0  # s of a recording that rates are taken over, at least
FLEETING: Final = 0.1  # steadiness below which looks may be noise
SHARED: Final = 3  # meetings at one place on the ground that show two views to overlap


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Who is one object, and why."""

    forest: Forest
    nodes: Nodes
    groups: Groups
    woven: Woven
    looking: Looking
    layout: Layout
    reunions: Reunions
    laid: Laid | None  # how views lie to each other, where that was learned
    kinds: Kinds  # what classes say


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What does not change from pass to pass."""

    sightings: Sightings
    topology: Topology | None
    params: LinkParams
    layout: Layout
    horizon: float  # s
    reach: Reach
    plain: F32  # (N, D) looks freed of their camera's bias
    trust: F64  # (N,)
    steady: float  # mean cosine of two crops of one tracklet, so freed
    places: Places  # of exit and entry
    at: tuple[I64, I64]  # (N,) those of each tracklet
    ground: I64  # (N,) group on the ground, where nobody has a look
    laid: Laid | None = None  # how views lie to each other, once that is learned
    together: Bool | None = None  # (C, C) whose views are known to overlap
    mistaken: Kinds | None = None  # which classes are taken for another, once that is learned
    believed: Sightings | None = None  # the same tracklets, of the classes that they likely are

    @property
    def kinds(self) -> Kinds:
        """What classes say: each a wall as long as nothing is learned."""
        seen = self.sightings
        classes = 1 + int(seen.class_id.max(initial=-1))
        return self.mistaken or walled(len(seen.cameras), classes)


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """What one pass found."""

    vector: F32  # (N, D) looks as the lens shows them
    laws: Laws
    met: Meetings  # in views that do not overlap: two objects
    groups: Groups
    nodes: Nodes
    woven: Woven
    looking: Looking


@dataclass(frozen=True, slots=True, eq=False)
class _Eyes:
    """All tracklets as some looks show them."""

    looks: Looks
    met: Meetings
    pairs: Pairs
    census: Census
    looking: Looking


def case_of(
    sightings: Sightings, looks: Looks, topology: Topology | None, params: LinkParams
) -> Steps[Case]:
    """What is known of tracklets before anything is learned, from their looks as embedded."""
    places = learn_places(sightings, topology)
    yield
    layout = layout_of(sightings.cameras, topology, strict=params.strict, places=places)
    horizon = _horizon(layout)
    yield
    return Case(
        sightings=sightings,
        topology=topology,
        params=params,
        layout=layout,
        horizon=horizon,
        reach=_reach(layout, horizon, params.most_overlap, len(sightings.cameras)),
        plain=freed(sightings, looks.vector),
        trust=looks.trust,
        steady=steadiness(sightings),
        places=places,
        at=(places.leaving(sightings), places.entering(sightings)),
        ground=_on_ground(sightings, looks),
    )


def passing(
    case: Case, lens: Lens, passed: Passed | None, weavings: int, *, hints: Hints | None = None
) -> Steps[Pass]:
    """Group who met, then weave paths of the groups.

    `passed` is a fair sample of one object's looks, where an earlier pass found one; `hints` what
    that pass knows of any two, by which candidates are chosen: else by looks alone. Looks that
    tell nobody from anybody are left out: they shall not choose the candidates either.
    """
    seen = case.sightings
    eyes = yield from _looked_at(case, Looks(lens.through(case.plain), case.trust), passed, hints)
    if eyes.looking.blind and case.steady < FLEETING:
        eyes = yield from _looked_at(
            case, Looks(np.zeros_like(case.plain), case.trust), None, hints
        )
    met, pairs, census, looking = eyes.met, eyes.pairs, eyes.census, eyes.looking
    together = _together(case, met, looking.across)
    yield
    groups = _grouped(case, eyes.looks, looking, together)
    yield
    nodes = nodes_of(seen, eyes.looks, groups.label)
    if len(nodes) < len(seen):
        pairs, census = find_pairs(nodes, case.reach, kinds=case.kinds, hints=hints)
        yield
    laws = laws_of(seen, case.topology, case.params, together)
    pairs = laws.allowed(nodes, pairs)
    met = met[~together[seen.camera[met.one], seen.camera[met.other]]]
    ends, learn = ends_of(case, nodes), case.params.learn == "on"
    loom = Loom(seen, nodes, ends, looking, case.layout, learn, case.kinds)
    yield
    woven = yield from weaving(loom, pairs, census, met, weavings=weavings)
    return Pass(eyes.looks.vector, laws, met, groups, nodes, woven, looking)


def _looked_at(
    case: Case, looks: Looks, passed: Passed | None, hints: Hints | None
) -> Steps[_Eyes]:
    """What such looks say of who met, and of who may have passed."""
    seen = case.sightings
    nodes = nodes_of(seen, looks, np.arange(len(seen)))
    yield
    met = meetings_of(case.believed or seen, looks.vector)
    yield
    pairs, census = find_pairs(nodes, case.reach, kinds=case.kinds, hints=hints)
    yield
    looking = yield from learning_looking(seen, looks.vector, met, census, passed=passed)
    yield
    return _Eyes(looks, met, pairs, census, looking)


def joining(case: Case, found: Pass, constraints: Sequence[Constraint]) -> Steps[Found]:
    """The links of a pass; whole paths put together by their looks; what hands hold."""
    found = replace(found, woven=mostly_right(found.woven, found.nodes))
    forest, seen = planted(found), case.sightings
    yield
    reunions = yield from reuniting(
        case.believed or seen,
        forest.label,
        found.vector,
        met=found.met,
        laws=found.laws,
        likeness=found.looking.across,
    )
    yield
    forest = obeyed(
        _with(forest, reunions),
        seen,
        constraints,
        can_be_one=found.laws.can_be_one,
        most_overlap=case.params.most_overlap,
        far=found.laws.reach.far,
    )
    return Found(
        forest,
        found.nodes,
        found.groups,
        found.woven,
        found.looking,
        case.layout,
        reunions,
        case.laid,
        case.kinds,
    )


def ends_of(case: Case, nodes: Nodes) -> Ends:
    """Where the nodes go out and come in."""
    seen = case.sightings
    return Ends(
        cameras=seen.cameras,
        leaves=nodes.leaves,
        enters=nodes.enters,
        leaving=case.at[0][nodes.last],
        entering=case.at[1][nodes.first],
        places=case.places.count,
        duration=_watched(seen, case.horizon),
        horizon=case.horizon,
    )


def _watched(seen: Sightings, horizon: float) -> float:
    """For how many s rates are taken: the recording, less what nobody passes for too long in."""
    if not len(seen):
        return SHORTEST
    begin = np.sort(seen.begin)
    passing = np.minimum(np.diff(begin), horizon).sum() + seen.end.max() - begin[-1]
    return max(float(passing), SHORTEST)


def _grouped(case: Case, looks: Looks, looking: Looking, together: Bool) -> Groups:
    """Who was seen by several cameras at one time, where views overlap."""
    return group_meetings(
        case.sightings,
        meetings_abreast(case.sightings, looks.vector, together, case.laid, kinds=case.kinds),
        looking.across,
        case.kinds,
        together=together,
        ground=case.ground,
        overlap=case.params.most_overlap,
    )


def _on_ground(sightings: Sightings, looks: Looks) -> I64:
    """(N,) group of each tracklet by where it stood, where nobody has a look; -1: no group."""
    if looks.known.any() or not len(sightings.paths.time):
        return np.full(len(sightings), ALONE)
    return group_on_ground(sightings).of_rows(len(sightings))


def _horizon(layout: Layout) -> float:
    if not layout:
        return HORIZON
    return float(max(layout.most[layout.drawn].max() * LONGER, HORIZON / 4))


def _reach(layout: Layout, horizon: float, overlap: float, cameras: int) -> Reach:
    """Which gaps are worth a look: a drawn window and some more, else all up to the horizon."""
    least = np.full((cameras, cameras), -EARLY)
    most = np.full((cameras, cameras), min(horizon, HORIZON))
    if layout:
        least = np.where(layout.drawn, np.minimum(layout.least - 1.0, 0.0), -SKEW)
        most = np.where(layout.drawn, np.maximum(layout.most * LONGER, most), most)
    np.fill_diagonal(least, -overlap)
    return Reach(least=least, most=most, overlap=overlap)


def _together(case: Case, met: Meetings, likeness: Likeness) -> Bool:
    """(C, C) whose views overlap: as drawn where that is a wall, else as learned or known."""
    camera, ground = case.sightings.camera, case.ground
    learned = overlapping(case.sightings, met, likeness)
    near = met.distance < CLOSE
    near |= (ground[met.one] == ground[met.other]) & (ground[met.one] >= 0)
    count = np.zeros_like(learned, np.int64)
    np.add.at(count, (camera[met.one[near]], camera[met.other[near]]), 1)
    learned |= (count + count.T) >= SHARED
    if case.together is not None:
        learned |= case.together
    np.fill_diagonal(learned, val=False)
    if not case.layout.strict:
        return learned
    drawn = case.layout.drawn & (case.layout.least < 0)
    walls: Bool = learned & (drawn | drawn.T)
    return walls


def planted(found: Pass) -> Forest:
    """The links of groups, and those between them."""
    groups, nodes, woven = found.groups, found.nodes, found.woven
    met, count = groups.meetings, len(groups.label)
    inside = np.flatnonzero(groups.label[met.one] == groups.label[met.other])
    tree = inside[strongest_tree(count, met.one[inside], met.other[inside], groups.nats[inside])]
    pairs, chosen = woven.cues.pairs, woven.chosen
    return Forest(
        count=count,
        one=np.concatenate([nodes.last[pairs.one[chosen]], met.one[tree]]),
        other=np.concatenate([nodes.first[pairs.other[chosen]], met.other[tree]]),
        nats=np.concatenate([woven.cues.nats[chosen], groups.nats[tree]]),
        source=np.concatenate([chosen, -1 - tree]),
    )


def _with(forest: Forest, reunions: Reunions) -> Forest:
    """With the links that put whole paths together."""
    return Forest(
        forest.count,
        np.concatenate([forest.one, reunions.one]),
        np.concatenate([forest.other, reunions.other]),
        np.concatenate([forest.nats, reunions.nats]),
        np.concatenate([forest.source, REUNITED - np.arange(len(reunions.one))]),
    )
