"""Which classes are mistaken for one another here: from all who are likely one object."""

from dataclasses import replace
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.sightings import Sightings
from camweave.linking.appearance import embedded
from camweave.linking.kinds import Kinds, doubted, learn_kinds, walled
from camweave.linking.paths.abreast import meetings_abreast
from camweave.linking.paths.meetings import Meetings
from camweave.linking.paths.odds import posteriors
from camweave.linking.paths.pairs import LIKELIEST, Pairs, find_pairs, kind_nats, sides_of
from camweave.linking.paths.passing import Case, Pass, ends_of
from camweave.linking.paths.stepping import Steps
from camweave.linking.paths.together import appearance_of, meeting_nats
from camweave.linking.paths.weighed import weigh
from camweave.linking.paths.woven import Loom, learning

NEXT: Final = 40  # of those who came into a camera next, with whom each is compared
MEETINGS: Final = 200_000  # pairs
ROUNDS: Final = 3
LIKELY: Final = 0.5  # odds of a pair that tells
FAINT: Final = 0.05  # odds of a pair that hints at something,
HINTS: Final = 0.3  # such odds in all, below which nothing is asked further


def mistaking(case: Case, found: Pass) -> Steps[Kinds]:
    """What classes say, by a pass that held them for walls, or for what they said before.

    Where classes differ, the pass may have learned no way either: so ways are learned anew, from
    all pairs, whatever their class. That is dear; where nothing hints at a mistake it is not done.
    """
    nodes, seen = found.nodes, case.sightings
    kinds = doubted(case.kinds.cameras, case.kinds.classes)
    if not _differ(seen):
        return case.kinds
    budget = float(NEXT * len(nodes) * len(seen.cameras))
    pairs, census = find_pairs(nodes, case.reach, LIKELIEST, budget, kinds=kinds)
    pairs = found.laws.allowed(nodes, pairs)
    yield
    together = found.groups.together
    met = meetings_abreast(seen, found.vector, together, case.laid, kinds=kinds, most=MEETINGS)
    passages, meetings = kind_nats(kinds, nodes, pairs), meeting_nats(kinds, seen, met)
    looks = appearance_of(met, found.looking.across)
    yield
    at_once = _odds_of_meetings(seen, met, looks + meetings)
    odds = posteriors(pairs, _as_known(case, found, pairs) + passages, len(nodes))
    mixed = np.append(odds[passages < 0], at_once[meetings < 0])
    if mixed[mixed >= FAINT].sum() < HINTS:
        return walled(kinds.cameras, kinds.classes)
    ends, learn = ends_of(case, nodes), case.params.learn == "on"
    loom = Loom(seen, nodes, ends, found.looking, case.layout, learn, kinds)
    cues, _ = yield from learning(loom, pairs, census, 1)
    rest = cues.nats - cues.attributes
    told = kinds.told(seen.camera, seen.class_id)
    sides = sides_of(kinds, nodes, pairs)
    one, other = np.append(sides[0], told[met.one]), np.append(sides[1], told[met.other])
    for turn in range(ROUNDS):
        yield
        odds = posteriors(pairs, rest + kind_nats(kinds, nodes, pairs), len(nodes))
        at_once = _odds_of_meetings(seen, met, looks + meeting_nats(kinds, seen, met))
        odds = np.append(odds, at_once)
        weight = np.where(odds >= LIKELY, odds, 0.0)
        kinds = learn_kinds(kinds, one, other, weight, walls=turn == ROUNDS - 1)
    return kinds


def _differ(seen: Sightings) -> bool:
    """Whether there are two classes at all."""
    known = seen.class_id[seen.class_id >= 0]
    return bool(len(known)) and bool((known != known[0]).any())


def _odds_of_meetings(seen: Sightings, met: Meetings, nats: F64) -> F64:
    """(Q,) how likely those who met are one object, by looks and classes (Q,) and time."""
    if not len(met):
        return np.empty(0)
    return np.asarray(1 / (1 + np.exp(-weigh(seen, met, nats).nats)))


def _as_known(case: Case, found: Pass, pairs: Pairs) -> F64:
    """(E,) nats by looks and travel times as the pass learned them."""
    nodes, ends = found.nodes, ends_of(case, found.nodes)
    a, b = nodes.leaves[pairs.one], nodes.enters[pairs.other]
    at = ends.leaving[pairs.one], ends.entering[pairs.other]
    known = embedded(nodes.vector)
    looked = known[pairs.one] & known[pairs.other]
    looks = np.where(looked, found.looking.nats(pairs.similarity, a == b), 0.0)
    return np.asarray(looks + found.woven.transits.nats(a, b, pairs.gap, *at))


def as_their_paths(sightings: Sightings, label: I64) -> Sightings:
    """The same tracklets, each of the class that most of its path (N,) were told to be of.

    One of two is believed, and so is who is as many as the others.
    """
    kind = sightings.class_id
    known = np.flatnonzero(kind >= 0)
    votes = np.zeros((int(label.max(initial=-1)) + 1, 1 + int(kind.max(initial=-1))), np.int64)
    np.add.at(votes, (label[known], kind[known]), 1)
    usual = votes.argmax(axis=1).astype(np.int32)[label[known]]
    more = votes[label[known], usual] > votes[label[known], kind[known]]
    believed = kind.copy()
    believed[known[more]] = usual[more]
    return replace(sightings, class_id=believed)
