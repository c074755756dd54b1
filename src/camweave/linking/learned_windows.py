"""Who can follow whom after how long, and from which exit to which entry: of linked tracklets."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import pdtrc

from camweave.core.arrays import F64, I64, Bool
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.identities import Identities, TrackletKey
from camweave.core.sightings import Sightings
from camweave.core.topology import Topology, Transition, Zone
from camweave.core.tracks import UNLINKED
from camweave.linking.zones import zones_at

NATS: Final = ("follows", "overlap")  # kinds of links whose evidence is in nats
FAR: Final = 6.0  # half widths of the middle half of all passages: farther out is a false link
TELLING: Final = 12  # passages that show what is usual
FINEST: Final = 0.1  # s: times are not known any better
NO_ZONE: Final = -1
ANYTIME: Final = 300.0  # s within which a wrong link may lie
LEAST_WRONG: Final = 0.01  # share of all links that are wrong, at least
EDGE: Final = 0.05  # s: what rounding to 0.1 s may take


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowParams:
    """Knobs of learning windows."""

    enough: int = 3  # passages that a window needs
    by_zone: int = 12  # passages that a window between two zones needs
    chance: float = 1e-6  # probability that wrong links alone make any window of a site
    outermost: float = 0.01  # share of the passages outside a window, to either side
    margin: float = 0.1  # of a window's length that is added to either side,
    doubt: float = 2.0  # and so many lengths by the number of passages: few tell less
    sure: float = 2.0  # nats: a weaker link tells nothing

    def __post_init__(self) -> None:
        if min(self.enough, self.by_zone) < 1:
            raise InputError("learning: enough and by_zone: expected 1 or more")
        if not 0 <= self.outermost < 0.5:  # noqa: PLR2004 - both sides together are all
            raise InputError("learning: outermost: expected 0 to 0.5")


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """Q times that somebody was seen by one camera and next, or also, by another."""

    cameras: tuple[CameraId, ...]  # C
    one: I64  # (Q,) row of the tracklet that began first
    other: I64  # (Q,) row of the other
    source: I64  # (Q,) index of its camera
    target: I64  # (Q,)
    gap: F64  # (Q,) s from the end of one to the begin of the other; below 0 they overlap

    def at(self, rows: I64) -> "Passages":
        """Some of them."""
        one, other = self.one[rows], self.other[rows]
        return Passages(
            self.cameras, one, other, self.source[rows], self.target[rows], self.gap[rows]
        )

    def of(self, source: int, target: int) -> "Passages":
        """Those between two cameras."""
        return self.at(np.flatnonzero((self.source == source) & (self.target == target)))


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """K links between N tracklets, by row."""

    one: I64  # (K,)
    other: I64  # (K,)
    nats: F64  # (K,) evidence; that of looks counts for nothing here
    looks: Bool  # (K,) by looks alone, at whatever time


def passages_of(sightings: Sightings, identities: Identities, *, sure: float = 2.0) -> Passages:
    """From every tracklet to those that it overlaps in other cameras, and to the next one.

    As `passages_along`.
    """
    keys = zip(sightings.camera.tolist(), sightings.tracklet_id.tolist(), strict=True)
    row = {TrackletKey(sightings.cameras[c], k): at for at, (c, k) in enumerate(keys)}
    links = [each for each in identities.links if each.one in row and each.other in row]
    joined = Joined(
        np.array([row[each.one] for each in links], np.int64),
        np.array([row[each.other] for each in links], np.int64),
        np.array([each.evidence if each.how in NATS else np.inf for each in links]),
        np.array([each.how == "looks" for each in links], np.bool_),
    )
    return passages_along(sightings, identities.identity, joined, sure=sure)


def passages_along(
    sightings: Sightings, identity: I64, joined: Joined, *, sure: float = 2.0
) -> Passages:
    """From every tracklet to those that it overlaps in other cameras, and to the next one.

    A step whose own link has less than `sure` nats is left out, and so is one between two parts
    of an identity that looks alone put together: what lies between them nobody knows. Where it is
    mostly looks that join cameras, they are all there is.
    """
    apart = sightings.camera[joined.one] != sightings.camera[joined.other]
    timed = apart & ~joined.looks & (joined.nats >= sure)
    mostly = bool(timed.sum() > (apart & joined.looks).sum())
    whole = _parts(identity, joined) if mostly else identity
    order = np.lexsort([sightings.begin, whole])
    order = order[identity[order] != UNLINKED]
    bounds = np.flatnonzero(np.diff(whole[order])) + 1
    steps = [step for rows in np.split(order, bounds) for step in _steps(sightings, rows)]
    weak = np.flatnonzero(~joined.looks & (joined.nats < sure))
    unsure = set(zip(joined.one[weak].tolist(), joined.other[weak].tolist(), strict=True))
    kept = [step for step in steps if step not in unsure and step[::-1] not in unsure]
    one, other = np.array(kept, np.int64).reshape(-1, 2).T
    return Passages(
        sightings.cameras,
        one,
        other,
        sightings.camera[one],
        sightings.camera[other],
        sightings.begin[other] - sightings.end[one],
    )


def _parts(identity: I64, joined: Joined) -> I64:
    """(N,) the same identities, those cut in parts in which looks alone join some."""
    n, timed = len(identity), ~joined.looks
    by_looks = np.unique(identity[joined.one[joined.looks]])
    as_one = np.flatnonzero(~np.isin(identity, by_looks) & (identity != UNLINKED))
    order = as_one[np.argsort(identity[as_one], kind="stable")]
    next_too = identity[order[:-1]] == identity[order[1:]]
    one = np.concatenate([joined.one[timed], order[:-1][next_too]])
    other = np.concatenate([joined.other[timed], order[1:][next_too]])
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def learn_windows(
    sightings: Sightings,
    passages: Passages,
    topology: Topology,
    params: WindowParams | None = None,
) -> tuple[Transition, ...]:
    """What the topology has, and what the passages tell besides.

    Windows that were drawn keep their bounds and are counted; a locked one is left as it is. One
    that was learned before is learned anew where there are passages enough. Of a pair of cameras
    that has no drawn window, a window, and one for each exit and entry that enough went by.
    Nothing is added to a strict topology.
    """
    p = params or WindowParams()
    zones = topology.zones
    places = tuple(zones_at(sightings, zones, end) for end in ("exit", "entry"))
    found = {} if topology.strict else dict(_found(passages, zones, (places[0], places[1]), p))
    given = {_edge(each): each for each in topology.transitions}
    firm = {key[:2] for key, each in given.items() if each.locked or each.origin == "drawn"}
    new = {key: each for key, each in found.items() if key[:2] not in firm}
    kept = [
        new.get(key, each)
        if each.locked or each.origin == "learned"
        else _counted(each, passages, zones, places)
        for key, each in given.items()
    ]
    return (*kept, *(each for key, each in new.items() if key not in given))


def _edge(each: Transition) -> tuple[CameraId, CameraId, str | None, str | None]:
    return each.source, each.target, each.exit_zone, each.entry_zone


def _steps(sightings: Sightings, rows: I64) -> Iterator[tuple[int, int]]:
    """Of the tracklets of one identity, in order of time: who is seen by two cameras in a row."""
    columns = (each[rows].tolist() for each in (sightings.camera, sightings.begin, sightings.end))
    listed, (camera, begin, end) = rows.tolist(), columns
    for one in range(len(listed)):
        for other in range(one + 1, len(listed)):
            if camera[one] != camera[other]:
                yield listed[one], listed[other]
            if begin[other] >= end[one]:
                break


def _found(
    passages: Passages, zones: Sequence[Zone], places: tuple[I64, I64], p: WindowParams
) -> Iterator[tuple[tuple[CameraId, CameraId, str | None, str | None], Transition]]:
    """Every window that enough passages tell of."""
    for a, b in _ways(passages, p):
        mine = passages.of(a, b)
        way = _window(mine, p)
        yield _edge(way), way
        leaving, entering = places[0][mine.one], places[1][mine.other]
        pairs = Counter(zip(leaving.tolist(), entering.tolist(), strict=True))
        for (z, y), samples in sorted(pairs.items()):
            if samples >= p.by_zone and NO_ZONE not in (z, y):
                rows = np.flatnonzero((leaving == z) & (entering == y))
                by_zone = replace(
                    _window(mine.at(rows), p), exit_zone=zones[z].name, entry_zone=zones[y].name
                )
                yield _edge(by_zone), by_zone


def _ways(passages: Passages, p: WindowParams) -> list[list[int]]:
    """Pairs of cameras with more passages, or less scattered ones, than wrong links make.

    Wrong links lead from anywhere to anywhere, at any time: as often between two cameras as their
    traffic says, at a rate that the pairs of cameras with hardly any passage tell.
    """
    c = len(passages.cameras)
    count = np.zeros((c, c))
    np.add.at(count, (passages.source, passages.target), 1.0)
    chances = count.sum(axis=1)[:, None] * count.sum(axis=0)
    np.fill_diagonal(chances, 0.0)
    idle = (count < p.enough) & (chances > 0)
    rate = count[idle].sum() / max(chances[idle].sum(), 1.0)
    rate = max(rate, LEAST_WRONG * count.sum() / max(chances.sum(), 1.0))
    many = pdtrc(count - 1, rate * chances)
    often = np.argwhere((count >= p.enough) & (chances > 0)).tolist()
    return [[a, b] for a, b in often if many[a, b] * _near(passages.of(a, b).gap) < p.chance / c**2]


def _near(gap: F64) -> float:
    """Probability that as many gaps, at random within `ANYTIME` s, lie as near to each other."""
    n, span = len(gap), min((float(np.ptp(gap)) + FINEST) / ANYTIME, 1.0)
    return float(n * span ** (n - 1) - (n - 1) * span**n)


def _window(passages: Passages, p: WindowParams) -> Transition:
    """Least and most of these passages between two cameras: the fewer, the wider."""
    gap = np.sort(passages.gap)
    gap = gap[_plausible(gap)]
    least, most = np.quantile(gap, [p.outermost, 1 - p.outermost]).tolist()
    margin = (p.margin + p.doubt / len(gap)) * max(most - least, FINEST) + FINEST
    first = least - margin if least < 0 else max(least - margin, 0.0)
    return Transition(
        source=passages.cameras[passages.source[0]],
        target=passages.cameras[passages.target[0]],
        least=round(first - EDGE, 1) if first else 0.0,
        most=round(most + margin + EDGE, 1),
        origin="learned",
        samples=len(gap),
    )


def _plausible(gap: F64) -> I64:
    """Which gaps, in rising order, are not far from all others, on the side on which they lie.

    Of few, nobody can tell who is far from the others.
    """
    if len(gap) < TELLING:
        return np.arange(len(gap))
    low, middle, high = np.quantile(gap, [0.25, 0.5, 0.75])
    near = middle - FAR * max(middle - low, 1.0), middle + FAR * max(high - middle, 1.0)
    return np.flatnonzero((gap >= near[0]) & (gap <= near[1]))


def _counted(
    each: Transition, passages: Passages, zones: Sequence[Zone], places: Sequence[I64]
) -> Transition:
    """A window with the passages that went by it."""
    names = passages.cameras
    if each.source not in names or each.target not in names:
        return each
    mine = passages.of(names.index(each.source), names.index(each.target))
    inside = (mine.gap >= each.least) & (mine.gap <= each.most)
    ends = ((each.exit_zone, places[0], mine.one), (each.entry_zone, places[1], mine.other))
    for name, place, rows in ends:
        if name is not None:
            inside &= np.array([z >= 0 and zones[z].name == name for z in place[rows]], np.bool_)
    return replace(each, samples=int(inside.sum()))
