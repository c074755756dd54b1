"""The path linker: from tracklets to identities, with all that each link rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F32, F64, I64, Bool
from camweave.core.corrections import Constraint
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.linking.appearance import Lens, Looks, freed, learn_lens, looks_of, scatter_of
from camweave.linking.overlap import ALONE, group_on_ground
from camweave.linking.params import LinkParams
from camweave.linking.paths.curves import Likeness, Looking
from camweave.linking.paths.forest import REUNITED, Forest, strongest_tree
from camweave.linking.paths.gated import likely_passages
from camweave.linking.paths.lawful import EARLY, Laws, laws_of, obeyed
from camweave.linking.paths.layout import Layout, layout_of
from camweave.linking.paths.learning import Ends
from camweave.linking.paths.looking import CLOSE, Passed, differences, learn_looking
from camweave.linking.paths.meetings import Meetings, meetings_of
from camweave.linking.paths.nodes import Nodes, nodes_of
from camweave.linking.paths.pairs import Reach, find_pairs
from camweave.linking.paths.reunions import Reunions, reunite
from camweave.linking.paths.together import Groups, group_meetings, overlapping
from camweave.linking.paths.woven import Loom, Woven, weave
from camweave.linking.places import PLACES, learn_places
from camweave.linking.possible import SKEW

HORIZON: Final = 300.0  # s: longest gap looked at, where no window says more
LONGER: Final = 1.5  # times the longest drawn window
SHORTEST: Final = 60.0  # s of a recording that rates are taken over, at least
LEARNINGS: Final = 1  # times that confident links tell what changes in one object's looks
MORE: Final = 4  # weavings of the last pass
FEW: Final = 2  # of those before it
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


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """What does not change from pass to pass."""

    sightings: Sightings
    topology: Topology | None
    params: LinkParams
    layout: Layout
    horizon: float  # s
    reach: Reach
    plain: F32  # (N, D) looks freed of their camera's bias
    trust: F64  # (N,)
    at: tuple[I64, I64]  # (N,) places of exit and entry of each tracklet
    ground: I64  # (N,) group on the ground, where nobody has a look


@dataclass(frozen=True, slots=True, eq=False)
class _Pass:
    """What one pass found."""

    vector: F32  # (N, D) looks as the lens shows them
    laws: Laws
    met: Meetings  # in views that do not overlap: two objects
    groups: Groups
    nodes: Nodes
    woven: Woven
    looking: Looking


def find_paths(
    sightings: Sightings,
    topology: Topology | None,
    params: LinkParams,
    constraints: Sequence[Constraint],
) -> Found:
    """Join the tracklets of one object; see `docs/adr/0015-path-linking.md`.

    Confident links of one pass tell the next one what changes in an object's looks.
    """
    case = _case(sightings, topology, params)
    scatter = scatter_of(sightings.crops)
    lens, passed = learn_lens(scatter), None
    for _ in range(LEARNINGS):
        found = _pass(case, lens, passed, FEW)
        one, other = likely_passages(found.nodes, _ends(case, found.nodes), found.woven.transits)
        passed = found.nodes.last[one], found.nodes.first[other]
        apart = differences(
            case.plain, sightings.camera, found.nodes, groups=found.groups, woven=found.woven
        )
        lens = learn_lens(scatter, *apart)
    found = _pass(case, lens, passed, MORE)
    forest = _planted(found)
    reunions = reunite(
        sightings, forest.label, found.vector, met=found.met, lawful=found.laws.can_be_one
    )
    forest = obeyed(_with(forest, reunions), found.laws, constraints)
    return Found(
        forest, found.nodes, found.groups, found.woven, found.looking, case.layout, reunions
    )


def _case(sightings: Sightings, topology: Topology | None, params: LinkParams) -> _Case:
    layout = layout_of(sightings.cameras, topology, strict=params.strict)
    horizon = _horizon(layout)
    raw, places = looks_of(sightings.crops), learn_places(sightings)
    return _Case(
        sightings=sightings,
        topology=topology,
        params=params,
        layout=layout,
        horizon=horizon,
        reach=_reach(layout, horizon, params.most_overlap, len(sightings.cameras)),
        plain=freed(sightings, raw.vector),
        trust=raw.trust,
        at=(places.leaving(sightings), places.entering(sightings)),
        ground=_on_ground(sightings),
    )


def _pass(case: _Case, lens: Lens, passed: Passed | None, weavings: int) -> _Pass:
    """Group who met, then weave paths of the groups."""
    seen, params = case.sightings, case.params
    looks = Looks(lens.through(case.plain), case.trust)
    nodes = nodes_of(seen, looks, np.arange(len(seen)))
    met = meetings_of(seen, looks.vector)
    pairs, census = find_pairs(nodes, case.reach)
    looking = learn_looking(seen, looks.vector, met, census, passed=passed)
    together = _together(case, met, looking.across)
    groups = group_meetings(
        seen,
        met,
        looking.across,
        together=together,
        ground=case.ground,
        overlap=params.most_overlap,
    )
    nodes = nodes_of(seen, looks, groups.label)
    if len(nodes) < len(seen):
        pairs, census = find_pairs(nodes, case.reach)
    laws = laws_of(seen, case.topology, params, together)
    met = met[~together[seen.camera[met.one], seen.camera[met.other]]]
    loom = Loom(seen, nodes, _ends(case, nodes), looking, case.layout, params.learn == "on")
    woven = weave(loom, laws.allowed(nodes, pairs), census, met, weavings=weavings)
    return _Pass(looks.vector, laws, met, groups, nodes, woven, looking)


def _on_ground(sightings: Sightings) -> I64:
    """(N,) group of each tracklet by where it stood, where nobody has a look; -1: no group."""
    if len(sightings.crops.time) or not len(sightings.paths.time):
        return np.full(len(sightings), ALONE)
    return group_on_ground(sightings).of_rows(len(sightings))


def _horizon(layout: Layout) -> float:
    if not layout:
        return HORIZON
    return float(max(layout.most[layout.drawn].max() * LONGER, HORIZON / 4))


def _reach(layout: Layout, horizon: float, overlap: float, cameras: int) -> Reach:
    """Which gaps are worth a look: a drawn window and some more, else all up to the horizon."""
    least = np.full((cameras, cameras), -EARLY)
    most = np.full((cameras, cameras), horizon)
    if layout:
        least = np.where(layout.drawn, np.minimum(layout.least - 1.0, 0.0), -SKEW)
    np.fill_diagonal(least, -overlap)
    return Reach(least=least, most=most, overlap=overlap)


def _together(case: _Case, met: Meetings, likeness: Likeness) -> Bool:
    """(C, C) whose views overlap: as drawn where that is a wall, else as learned."""
    camera, ground = case.sightings.camera, case.ground
    learned = overlapping(case.sightings, met, likeness)
    near = met.distance < CLOSE
    near |= (ground[met.one] == ground[met.other]) & (ground[met.one] >= 0)
    count = np.zeros_like(learned, np.int64)
    np.add.at(count, (camera[met.one[near]], camera[met.other[near]]), 1)
    learned |= (count + count.T) >= SHARED
    np.fill_diagonal(learned, val=False)
    if not case.layout.strict:
        return learned
    drawn = case.layout.drawn & (case.layout.least < 0)
    walls: Bool = learned & (drawn | drawn.T)
    return walls


def _ends(case: _Case, nodes: Nodes) -> Ends:
    seen = case.sightings
    duration = float(seen.end.max(initial=0) - seen.begin.min(initial=0))
    return Ends(
        cameras=seen.cameras,
        leaves=nodes.leaves,
        enters=nodes.enters,
        leaving=case.at[0][nodes.last],
        entering=case.at[1][nodes.first],
        places=PLACES,
        duration=max(duration, SHORTEST),
        horizon=case.horizon,
    )


def _planted(found: _Pass) -> Forest:
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
