"""What a site's own tracklets tell of it, once they are linked: zones, windows, clocks, views."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.frame import CameraId
from camweave.core.identities import Identities
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology
from camweave.core.tracks import Appearance, Tracklets
from camweave.formats.learned import ClockDifference, ClockOffset, Learned, SharedView
from camweave.linking.clocks import ClockParams, Clocks, estimate_clocks
from camweave.linking.learned_windows import Passages, WindowParams, learn_windows, passages_of
from camweave.linking.views import ViewParams, fit_view_pair
from camweave.linking.zones import ZoneParams, learn_zones

MOST_SHARED: Final = 100  # tracklets that two views are laid together by: more tell nothing new
DOUBTFUL: Final = 1.0  # s: a clock that is known no better is not known
TOLD: Final = 3  # of what is missing that a note names


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnParams:
    """Knobs of `learn_site`."""

    windows: WindowParams = field(default_factory=WindowParams)
    zones: ZoneParams = field(default_factory=ZoneParams)
    clocks: ClockParams = field(default_factory=ClockParams)
    # Who is who is known by now, and so are the clocks, all but.
    views: ViewParams = field(default_factory=lambda: ViewParams(skew=1.0, guesses=150))


@dataclass(frozen=True, slots=True, eq=False)
class LearnedSite:
    """What was learned, beside what was drawn."""

    topology: Topology  # as drawn, with zones and windows as learned, and passages counted
    clocks: Clocks
    views: tuple[SharedView, ...] = ()  # pairs of views that lie over each other
    notes: tuple[str, ...] = ()  # what could not be learned, and why: a sentence each

    @property
    def learned(self) -> Learned:
        """What a topology has no place for, as its file has it."""
        clocks, names = self.clocks, self.clocks.cameras
        return Learned(
            clocks=tuple(
                ClockOffset(camera=camera, offset=offset, sigma=sigma)
                for camera, offset, sigma in zip(
                    names, clocks.offset.tolist(), clocks.sigma.tolist(), strict=True
                )
            ),
            differences=tuple(
                ClockDifference(
                    one=each.one,
                    other=each.other,
                    ahead=float(each.ahead),
                    sigma=float(each.sigma),
                    samples=each.samples,
                    how=each.how,
                )
                for each in clocks.pairs
            ),
            views=self.views,
            notes=self.notes,
        )


def learn_topology(
    sightings: Sightings,
    identities: Identities,
    topology: Topology | None = None,
    params: LearnParams | None = None,
) -> tuple[Topology, tuple[str, ...]]:
    """The topology with zones and windows as linked tracklets tell them, and what is missing.

    A camera that has zones keeps them; windows are told in `learn_windows`.
    """
    p = params or LearnParams()
    passages = passages_of(sightings, identities, sure=p.windows.sure)
    made = topology_of(sightings, passages, topology, p)
    return made, tuple(_missing_ways(passages, made, p.windows))


def topology_of(
    sightings: Sightings,
    passages: Passages,
    topology: Topology | None = None,
    params: LearnParams | None = None,
) -> Topology:
    """The same of passages that are known."""
    p = params or LearnParams()
    known = topology or Topology(cameras=sightings.cameras)
    drawn = {zone.camera for zone in known.zones}
    zones = [zone for zone in learn_zones(sightings, p.zones) if zone.camera not in drawn]
    known = replace(known, zones=(*known.zones, *zones))
    return replace(known, transitions=learn_windows(sightings, passages, known, p.windows))


def learn_site(
    sightings: Sightings,
    identities: Identities,
    topology: Topology | None = None,
    tracklets: Sequence[Tracklets] = (),
    *,
    params: LearnParams | None = None,
) -> LearnedSite:
    """All that can be learned of a site whose tracklets are linked.

    Args:
        sightings: its tracklets, summed up.
        identities: who is who in them.
        topology: what was drawn: it stays, see `learn_topology`.
        tracklets: the same, box by box, to lay views that overlap over each other; may be absent.
        params: knobs.
    """
    p = params or LearnParams()
    made, notes = learn_topology(sightings, identities, topology, p)
    clocks = _believed(estimate_clocks(sightings, identities.identity, p.clocks))
    passages = passages_of(sightings, identities, sure=p.windows.sure)
    boxes = {each.camera: each for each in tracklets}
    tried = tuple(_views(sightings, passages, (clocks, boxes), p.views))
    views = tuple(each for each in tried if isinstance(each, SharedView))
    missing = [each for each in tried if isinstance(each, str)]
    more = [*_missing_clocks(clocks, p.clocks), *_few("views", missing)]
    return LearnedSite(made, clocks, views, (*notes, *more))


def _believed(clocks: Clocks) -> Clocks:
    """The same; of a clock that is known too badly nothing is known."""
    bad = ~(clocks.sigma <= DOUBTFUL)
    offset, sigma = np.where(bad, 0.0, clocks.offset), np.where(bad, np.inf, clocks.sigma)
    lone = ~_told(clocks, sigma) & np.isfinite(sigma)
    return replace(clocks, offset=offset, sigma=np.where(lone, np.inf, sigma))


def _told(clocks: Clocks, sigma: F64) -> Bool:
    """(C,) of which cameras a pair tells, both of which are known."""
    at = {camera: number for number, camera in enumerate(clocks.cameras)}
    pairs = [(at[each.one], at[each.other]) for each in clocks.pairs]
    told = np.zeros(len(sigma), np.bool_)
    for one, other in pairs:
        told[[one, other]] |= bool(np.isfinite(sigma[one]) and np.isfinite(sigma[other]))
    return told


def _missing_ways(passages: Passages, made: Topology, p: WindowParams) -> Iterator[str]:
    """Which ways were gone too rarely to tell a window."""
    known = {(each.source, each.target) for each in made.transitions}
    names = passages.cameras
    pairs, counts = np.unique(
        np.stack([passages.source, passages.target]), axis=1, return_counts=True
    )
    rare = [
        f"{names[a]} -> {names[b]} ({count} of {p.enough} passages)"
        for (a, b), count in zip(pairs.T.tolist(), counts.tolist(), strict=True)
        if (names[a], names[b]) not in known and count < p.enough
    ]
    yield from _few("windows", rare)
    if not len(passages.one) and len(names) > 1:
        yield "windows: nobody was surely seen by two cameras"


def _missing_clocks(clocks: Clocks, p: ClockParams) -> Iterator[str]:
    alone = [
        camera
        for camera, sigma in zip(clocks.cameras, clocks.sigma.tolist(), strict=True)
        if not np.isfinite(sigma)
    ]
    if alone and len(clocks.cameras) > 1:
        yield (
            f"clocks: too little is known of {', '.join(alone)}: it takes {p.least} objects seen "
            "with another camera at once on the ground, or more that go there and back at one pace"
        )


def _few(what: str, missing: Sequence[str]) -> list[str]:
    """One sentence on what was not learned, naming the first few."""
    if not missing:
        return []
    more = f", and {len(missing) - TOLD} more" if len(missing) > TOLD else ""
    return [f"{what}: too little is known of {', '.join(missing[:TOLD])}{more}"]


def _views(
    sightings: Sightings,
    passages: Passages,
    known: tuple[Clocks, Mapping[CameraId, Tracklets]],
    p: ViewParams,
) -> Iterator[SharedView | str]:
    """For each two cameras that often see somebody together, how their views lie; or why not."""
    clocks, boxes = known
    end = np.minimum(sightings.end[passages.one], sightings.end[passages.other])
    together = passages.at(np.flatnonzero(end - sightings.begin[passages.other] >= p.together))
    low = np.minimum(together.source, together.target)
    high = np.maximum(together.source, together.target)
    for a, b in np.unique(np.stack([low, high], axis=1), axis=0).tolist():
        names = sightings.cameras[a], sightings.cameras[b]
        met = np.flatnonzero((low == a) & (high == b))
        if len(met) < p.least_pairs or not boxes.keys() >= set(names):
            continue
        some = met[:: 1 + len(met) // MOST_SHARED]
        both = np.concatenate([together.one[some], together.other[some]])
        one, other = (
            _of_rows(boxes[name], sightings, both[sightings.camera[both] == camera])
            for name, camera in zip(names, (a, b), strict=True)
        )
        ahead = float(clocks.offset[b] - clocks.offset[a])
        found = fit_view_pair(one, replace(other, time=other.time + ahead), p)
        if found is None:
            yield f"{names[0]} and {names[1]} ({len(met)} tracklets together)"
            continue
        yield SharedView(
            one=names[0],
            other=names[1],
            homography=found.homography,
            offset=found.offset + ahead,
            error=found.error,
            samples=len(found.pairs),
        )


def _of_rows(tracklets: Tracklets, sightings: Sightings, rows: I64) -> Tracklets:
    """Only those that these rows of the sightings tell of, each once."""
    m = np.searchsorted(tracklets.tracklet_id, np.unique(sightings.tracklet_id[rows]))
    boxes = _flat(tracklets.offsets, m)
    look = tracklets.appearance
    return replace(
        tracklets,
        tracklet_id=tracklets.tracklet_id[m],
        class_id=tracklets.class_id[m],
        offsets=_offsets(tracklets.offsets, m),
        frame=tracklets.frame[boxes],
        time=tracklets.time[boxes],
        xyxy=tracklets.xyxy[boxes],
        score=tracklets.score[boxes],
        detection=tracklets.detection[boxes],
        appearance=None if look is None else _looks_of(look, m),
    )


def _looks_of(look: Appearance, m: I64) -> Appearance:
    crops = _flat(look.offsets, m)
    # The crops' rows would be those of other boxes now; nobody asks for them here.
    rows = np.zeros(len(crops), np.int64)
    return Appearance(_offsets(look.offsets, m), rows, look.embedding[crops], look.quality[crops])


def _flat(offsets: I64, m: I64) -> I64:
    spans = [np.arange(offsets[k], offsets[k + 1]) for k in m.tolist()]
    return np.concatenate([np.empty(0, np.int64), *spans]).astype(np.int64)


def _offsets(offsets: I64, m: I64) -> I64:
    return np.concatenate([[0], np.cumsum(np.diff(offsets)[m])]).astype(np.int64)
