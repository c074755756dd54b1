"""One lesson: what the latest tracklets tell of a site, and their identities by all of it.

It is a pass of the batch linker over what is remembered, cut where a linking may end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np

from camweave.core.arrays import I64, Bool
from camweave.core.corrections import Constraint
from camweave.core.identities import Link
from camweave.core.sightings import Crops, Sightings
from camweave.core.topology import Topology
from camweave.linking.appearance import Lens, Looks, Scatter, learn_lens, scatter_of
from camweave.linking.fragments import learn_continuity
from camweave.linking.kinds import Kinds
from camweave.linking.live.abreast import learn_abreast
from camweave.linking.live.calibration import Calibration, opened
from camweave.linking.live.normalisation import Normalisation, learn_normalisation
from camweave.linking.live.reach import reachable
from camweave.linking.params import LinkParams
from camweave.linking.paths.evidence import links_of
from camweave.linking.paths.gated import likely_passages
from camweave.linking.paths.laid import Feet, Laid, laying
from camweave.linking.paths.lawful import EARLY
from camweave.linking.paths.looking import Passed, differences
from camweave.linking.paths.mistaking import mistaking
from camweave.linking.paths.nodes import nodes_of
from camweave.linking.paths.passing import Case, Pass, case_of, ends_of, joining, passing
from camweave.linking.paths.stepping import Steps
from camweave.linking.paths.together import Groups
from camweave.linking.transit import Transits
from camweave.linking.views import ViewPair

AT_ONCE: Final = 1 << 26  # products of one step
LEAST: Final = 6  # tracklets from which on there is something to learn
ENOUGH: Final = 30  # pairs by which two views are laid over each other for good
TELLING: Final = 2.0  # standard deviations that one object is more alike than two
WEAVINGS: Final = 3  # of matching paths to paths


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """The result of a lesson."""

    calibration: Calibration
    normalisation: Normalisation
    lens: Lens  # with which the next lesson begins
    label: I64  # (N,) who is one object
    links: tuple[Link, ...]  # and why


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """The input of a lesson: the latest N tracklets."""

    rows: Sightings
    feet: Feet  # where they stood in the image, where no ground is known
    looks: Looks  # (N,) as embedded
    crops: Crops  # of some tracklets
    topology: Topology
    params: LinkParams
    constraints: Sequence[Constraint]  # corrections
    before: Learned | None  # the result of the lesson before


Lesson: TypeAlias = Steps[Learned]
Views: TypeAlias = Mapping[tuple[int, int], ViewPair]  # by cameras, the lower first


def lesson_of(subject: Subject) -> Lesson:
    """A lesson of one tracklet or more."""
    rows, before = subject.rows, subject.before
    scatter = yield from _scattering(subject.crops)
    yield
    case = yield from case_of(rows, subject.looks, subject.topology, subject.params)
    laid = None if before is None else _laid(case, subject.feet, before)
    case = replace(
        case, together=_overlapping(case, before), laid=laid, mistaken=_mistaken(case, before)
    )
    yield
    lens = learn_lens(scatter) if before is None else before.lens
    yield
    passed = None if before is None else _passed(case, lens, before.calibration.transits)
    yield
    found = yield from passing(case, lens, passed, WEAVINGS)
    yield
    kinds = yield from mistaking(case, found)
    yield
    joined = yield from joining(case, found, subject.constraints)
    yield
    links = links_of(rows, joined, subject.topology)
    yield
    normalisation = learn_normalisation(rows, subject.looks.vector, lens)
    yield
    apart = differences(
        case.plain, rows.camera, found.nodes, groups=found.groups, woven=found.woven
    )
    after = learn_lens(scatter, *apart)
    yield
    views = yield from _laying(case, subject.feet, found)
    yield
    label = joined.forest.label
    known = replace(_calibration(case, found, label, views), kinds=kinds)
    return Learned(known, normalisation, after, label, links)


def _scattering(crops: Crops) -> Steps[Scatter]:
    """The scatter of these crops, some tracklets per step: the work of one grows with D squared."""
    size = crops.embedding.shape[1]
    share = crops.offsets[:-1] // max(1, AT_ONCE // max(1, size * size))
    begins = np.flatnonzero(np.diff(share, prepend=-1)).tolist()
    parts = []
    for first, stop in pairwise([*begins, len(share)]):
        parts.append(scatter_of(crops.only(np.arange(first, stop))))
        yield
    freedom = sum(part.freedom for part in parts)
    total = sum((part.covariance * part.freedom for part in parts), np.zeros((size, size)))
    return Scatter(total / max(freedom, 1), freedom)


def _overlapping(case: Case, before: Learned | None) -> Bool:
    """(C, C) which views overlap: as drawn, or as the lesson before found."""
    drawn = case.layout.drawn & (case.layout.least < -EARLY)
    known = drawn | drawn.T
    abreast = None if before is None else before.calibration.abreast
    return known if abreast is None else known | abreast.together


def _mistaken(case: Case, before: Learned | None) -> Kinds | None:
    """The class confusions of the lesson before, if it knew all of these classes."""
    kinds = None if before is None else before.calibration.kinds
    return kinds if kinds is not None and kinds.classes == case.kinds.classes else None


def _laid(case: Case, feet: Feet, before: Learned) -> Laid | None:
    """The view pairs of the lesson before."""
    abreast = before.calibration.abreast
    if abreast is None or not abreast.views:
        return None
    nobody = np.full(case.layout.drawn.shape, np.nan)
    return Laid(case.sightings.camera, feet, abreast.views, nobody)


def _laying(case: Case, feet: Feet, found: Pass) -> Steps[Views]:
    """The view pairs: those that rest on enough meetings stay, the others are estimated again."""
    views = {} if case.laid is None else dict(case.laid.views)
    settled = np.zeros(case.layout.drawn.shape, np.bool_)
    for (a, b), view in views.items():
        settled[a, b] = len(view.pairs) >= ENOUGH
    laid = yield from laying(case.sightings, feet, found.groups, settled)
    return views if laid is None else views | dict(laid.views)


def _passed(case: Case, lens: Lens, transits: Transits) -> Passed:
    """The pairs that known travel times support."""
    looks = Looks(lens.through(case.plain), case.trust)
    nodes = nodes_of(case.sightings, looks, np.arange(len(case.sightings)))
    one, other = likely_passages(nodes, ends_of(case, nodes), transits)
    return nodes.last[one], nodes.first[other]


def _believed(case: Case, found: Pass) -> Groups:
    """The groups with the overlaps that were known, and those found by looks that tell.

    Where one object is hardly more alike than two, as of few tracklets, many overlaps are found.
    """
    groups, alike = found.groups, found.looking.across
    if alike.same[0] - alike.other[0] >= TELLING * alike.other[1] or case.together is None:
        return groups
    return replace(groups, together=groups.together & case.together)


def _calibration(case: Case, found: Pass, label: I64, views: Views) -> Calibration:
    """What every cue says here."""
    woven, nodes, rows = found.woven, found.nodes, case.sightings
    one, other = nodes.last[woven.cues.pairs.one], nodes.first[woven.cues.pairs.other]
    transits = opened(woven.transits, case.layout, len(rows))
    return Calibration(
        curve=woven.curve,
        transits=transits,
        reach=reachable(transits, found.groups.together),
        places=case.places,
        continuity=learn_continuity(rows, one, other, woven.odds),
        again=found.looking.again.curve,
        abreast=learn_abreast(rows, _believed(case, found), label, views),
    )
