"""Transits learned from pairs, weighted by how likely each is one object's passage.

First by appearance alone: a way is where more pairs look like one object after a certain time
than look so by accident (Makris et al. 2004; Tieu et al. 2005). Then by all evidence, in turns.
Where nothing is drawn, every two cameras are a way, of which little is expected: to look only
for ways that are sure loses those that few take.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.core.frame import CameraId
from camweave.linking.paths.layout import Layout
from camweave.linking.paths.pairs import Pairs
from camweave.linking.transit import BINS, FINE, GRID, NO_EDGE, SECONDS, STEP, Transits, marks

BLUR: Final = 0.12  # of the scale of times, where accidents are told from passages
TAIL: Final = 0.08  # of the peak: where a way's window ends
NARROWEST: Final = 0.04  # of the scale: how sharp a density can be
BROADEST: Final = 0.4
BROAD: Final = 0.08  # share of the passages of a way that take any time near its usual one
NEAR: Final = 0.6  # of the scale: how near
ENOUGH: Final = 3.0  # passages that show a way
SURE: Final = 4.0  # standard deviations above what is accident
LEAST_SHARE: Final = 0.02  # of those who leave a camera
PSEUDO: Final = 1.0  # passages that "nothing is known" is worth
DRAWN: Final = 10.0  # passages that a drawn window is worth
OPEN: Final = 3.0  # passages that what is expected of two cameras is worth, where nothing is drawn
DOUBTED: Final = 0.3  # of a passage at a time at which it is not sure that any are
FALL: Final = 0.2  # of the horizon, in which that falls to 1/e
ABREAST: Final = 0.2  # how much less is expected of views that overlap
LEAST_SEEN: Final = 1e-3  # passages that tell of a time at all
PEAKS: Final = 4  # usual times of a way: on foot, by car, by either road
MOSTLY: Final = 0.8  # of those who leave take one of the ways that are drawn or open
PASSED: Final = 0.02  # and one past a camera that may have missed them, where ways are drawn
PLACES: Final = 4.0  # passages that "any place" is worth
MORE: Final = 0.97  # at most so many of those who leave are seen again
LEAST_ENDED: Final = 0.02
MOST_ENDED: Final = 0.5  # who is not found at first was not looked for well
HOPE: Final = 5.0  # times more passages than were found, at most
SKEW: Final = 2.0  # s that clocks may be apart
OVERLAP: Final = 30.0  # s that somebody may be in two views that overlap
STRANGE: Final = 0.02  # share of those who leave that take a way nobody knows


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """Where N nodes go out and come in, and all that rates rest on."""

    cameras: tuple[CameraId, ...]  # C
    leaves: I64  # (N,) camera
    enters: I64  # (N,) camera
    leaving: I64  # (N,) place of exit, or ANYWHERE
    entering: I64  # (N,) place of entry, or ANYWHERE
    places: int  # Z
    duration: float  # s of the recording
    horizon: float  # s: longest gap looked at

    @property
    def exits(self) -> F64:
        """(C,) how many left each camera."""
        return np.bincount(self.leaves, minlength=len(self.cameras)).astype(np.float64)

    @property
    def entries(self) -> F64:
        """(C,) how many came into each camera."""
        return np.bincount(self.enters, minlength=len(self.cameras)).astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """The K ways that are known, and the passages on them by gap."""

    source: I64  # (K,) camera
    target: I64  # (K,) camera
    passages: F64  # (K, G)
    drawn: Bool  # (K,)

    @property
    def total(self) -> F64:
        """(K,) passages of each."""
        total: F64 = self.passages.sum(axis=1)
        return total


def passages_by_gap(ends: Ends, pairs: Pairs, weight: F64) -> F64:
    """(C, C, G) weight of the pairs, by the cameras left and entered, and gap."""
    c = len(ends.cameras)
    key = (ends.leaves[pairs.one] * c + ends.enters[pairs.other]) * BINS + marks(pairs.gap)
    return np.asarray(np.bincount(key, weight, c * c * BINS).reshape(c, c, BINS), np.float64)


def find_ways(seen: F64, accidents: F64, ends: Ends, layout: Layout) -> Ways:
    """The ways on which more was seen (C, C, G) than by accident (C, C, G), and the drawn ones.

    Where none is drawn, and anything was seen, all from one camera to another are open. From a
    camera to itself a way is one that surely is; past a camera go those who surely do.
    """
    own = np.eye(len(ends.cameras), dtype=np.bool_)
    open_ = ~own & (not layout and bool(seen.any()))
    exits, found = ends.exits, []
    busy = _busy(seen.sum(axis=2), exits[:, None])
    doubted = DOUBTED * np.maximum(seen - accidents, 0.0)
    looked_for = (own & (seen.sum(axis=2) >= ENOUGH)) | layout.drawn | layout.past | open_
    for a, b in np.argwhere(looked_for):
        if layout.drawn[a, b]:
            found.append((a, b, within(seen[a, b], layout.shape[a, b])))
        elif layout.past[a, b]:
            surely = _passages(seen[a, b], accidents[a, b], exits[a])
            found.append((a, b, within(surely, layout.shape[a, b])))
        elif open_[a, b]:
            hoped = _hoped(seen[a, b], accidents[a, b], exits[a]) if busy[a, b] else doubted[a, b]
            found.append((a, b, hoped))
        elif (sure := _passages(seen[a, b], accidents[a, b], exits[a])).any():
            found.append((a, b, sure))
    rows = [np.array([way[k] for way in found], np.int64) for k in range(2)]
    passages = np.array([way[2] for way in found]).reshape(-1, BINS)
    return Ways(rows[0], rows[1], passages, layout.drawn[rows[0], rows[1]])


def within(seen: F64, shape: F64) -> F64:
    """What was seen near a drawn window, and what was expected before."""
    near = shape > 0.01 * shape.max()
    drawn: F64 = np.where(near, seen, 0.0)
    return drawn


def _busy(total: F64, exits: F64 | float) -> Bool:
    """(...) whether so many passages can show a way: most are too few, and peaks are dear."""
    return np.asarray(total >= np.maximum(max(ENOUGH, SURE), LEAST_SHARE * exits))


def _hoped(seen: F64, accidents: F64, exits: float) -> F64:
    """(G,) passages of a way, less accidents; those about a time that is not sure count less."""
    over, sure = np.maximum(seen - accidents, 0.0), _passages(seen, accidents, exits)
    hoped: F64 = np.where(sure > 0, over, DOUBTED * over)
    return hoped


def _passages(seen: F64, accidents: F64, exits: float) -> F64:
    """(G,) passages of one way about its usual times, less accidents; none where it is not sure."""
    if not _busy(seen.sum(), exits):
        return np.zeros(BINS)
    many, few = blurred(seen, BLUR), blurred(accidents, BLUR)
    over, clear = many - few, (many - few) / np.sqrt(few + 0.3)
    kept, free = np.zeros(BINS), np.ones(BINS, np.bool_)
    for _ in range(PEAKS):
        peak = int(np.where(free, clear, -np.inf).argmax())
        if over[peak] <= 0:
            break
        quiet = np.flatnonzero((over <= TAIL * over[peak]) | ~free)
        first = int(quiet[quiet < peak].max(initial=-1)) + 1
        window = slice(first, int(quiet[quiet > peak].min(initial=BINS)))
        free[window] = False
        false = float(accidents[window].sum())
        total = float(seen[window].sum()) - false
        if total >= max(ENOUGH, LEAST_SHARE * exits, SURE * np.sqrt(false + 1.0)):
            kept[window] = seen[window] * (total / seen[window].sum())
    return kept


def blurred(values: F64, width: float) -> F64:
    """(G,) values by gap, smoothed by `width` on the scale of times."""
    smooth: F64 = np.convolve(values, _bell(float(width)), mode="same")
    return smooth


@lru_cache(maxsize=256)
def _bell(width: float) -> F64:
    """A normal curve, at the marks of the scale of times: most ways are of a few usual widths."""
    far = min(int(np.ceil(3 * width / STEP)), BINS // 2 - 1)
    bell = np.exp(-np.square(np.arange(-far, far + 1) * STEP / width) / 2)
    return np.asarray(bell / bell.sum())


def densities(passages: F64, shape: F64, worth: F64) -> F64:
    """(K, G) of 1/s: how long passages (K, G) take; `shape` (K, G) is expected, worth (K,) so many.

    Kernel densities whose width falls with the number of passages, with a broad part.
    """
    mixed, width = np.zeros(passages.shape), widths_of(passages)
    for row in np.flatnonzero(passages.sum(axis=1) > LEAST_SEEN):
        usual = (1 - BROAD) * blurred(passages[row], width[row])
        mixed[row] = usual + BROAD * blurred(passages[row], max(NEAR, 2 * width[row]))
    mixed = mixed + worth[:, None] * shape
    seconds: F64 = mixed / mixed.sum(axis=1, keepdims=True) / STEP / (np.abs(SECONDS) + FINE)
    return seconds


def density(passages: F64, shape: F64 | None = None, worth: float = DRAWN) -> F64:
    """(G,) the same of one way; without a `shape` (G,), nothing is expected."""
    expected = np.zeros(BINS) if shape is None else shape
    told: F64 = densities(passages[None], expected[None], np.array([worth]))[0]
    return told


def widths_of(passages: F64) -> F64:
    """(K,) how broad each of passages (K, G) is made, on the scale of times (Silverman's rule)."""
    total = passages.sum(axis=1)
    seen = total > LEAST_SEEN
    reached = np.cumsum(passages[seen], axis=1) / total[seen, None]
    ends = (np.argmax(reached >= share, axis=1) for share in (0.16, 0.84))
    early, late = (GRID[np.minimum(end, BINS - 1)] for end in ends)
    spread = np.maximum((late - early) / 2, STEP)
    width = np.full(len(passages), BROADEST)
    width[seen] = np.clip(1.06 * spread * total[seen] ** -0.2, NARROWEST, BROADEST)
    return width


def make_transits(  # noqa: PLR0917 - ways of these ends, with their pairs
    ways: Ways, ends: Ends, layout: Layout, pairs: Pairs, weight: F64
) -> Transits:
    """Evidence from the passages on known ways, and from pairs weighted by their odds (E,)."""
    c, k = len(ends.cameras), len(ways.source)
    edge = np.full((c, c), NO_EDGE)
    edge[ways.source, ways.target] = np.arange(k)
    told = ways.drawn | layout.past[ways.source, ways.target]
    open_ = np.where((ways.source == ways.target)[:, None], 0.0, anytime(ends.horizon))
    shape = np.where(told[:, None], layout.shape[ways.source, ways.target], open_)
    worth = np.where(ways.drawn, DRAWN, OPEN)
    often = _share(ways, ends)[:, None] * densities(ways.passages, shape, worth)
    window = windows_of(ways.passages, shape, worth)
    used = edge[ends.leaves[pairs.one], ends.enters[pairs.other]]
    gone = np.bincount(pairs.one, weight, len(ends.leaves)).astype(np.float64)
    come = np.bincount(pairs.other, weight, len(ends.enters)).astype(np.float64)
    rate = np.log(np.maximum(ends.entries, 0.5) / ends.duration)
    leaving = _by_place(ends.leaves, ends.leaving, ends.places, ways.source)
    entering = _by_place(ends.enters, ends.entering, ends.places, ways.target)
    return Transits(
        cameras=ends.cameras,
        edge=edge,
        flow=np.log(np.maximum(often, 1e-12)),
        leaving=_place_nats(used, ends.leaving[pairs.one], weight, leaving),
        entering=_place_nats(used, ends.entering[pairs.other], weight, entering),
        ended=_left_over(ends.leaves, ends.leaving, 1.0 - gone, (c, ends.places)),
        fresh=_left_over(ends.enters, ends.entering, 1.0 - come, (c, ends.places)) + rate[:, None],
        other=_other(c, ends),
        least=window[:, 0].copy(),
        most=window[:, 1].copy(),
        samples=ways.total,
        drawn=ways.drawn,
        together=np.zeros((c, c), np.bool_),
    )


def _other(cameras: int, ends: Ends) -> float:
    return float(np.log(STRANGE / max(cameras, 1) / ends.horizon))


def anytime(horizon: float) -> F64:
    """(G,) share of passages at each gap where nothing is known: the sooner, the likelier."""
    length = np.gradient(SECONDS) * (np.abs(SECONDS) <= horizon)
    late = np.exp(-np.maximum(SECONDS, 0.0) / (FALL * horizon))
    early = np.where(SECONDS < -SKEW, ABREAST, 1.0) * (SECONDS >= -OVERLAP)
    share = length * late * early
    return np.asarray(share / share.sum())


def expected_of(ways: Ways, ends: Ends) -> tuple[F64, F64]:
    """Passages (K,) that each way is expected to have, of leavers (K,) that this is worth."""
    known = ways.drawn | (ways.source != ways.target)
    worth = np.where(ways.drawn, DRAWN, np.where(known, OPEN, PSEUDO))
    usual, share = ways.drawn if ways.drawn.any() else known, np.zeros(len(known))
    for part, taken in ((usual, MOSTLY), (known & ~usual, PASSED)):
        ways_out = np.bincount(ways.source[part], minlength=len(ends.cameras))
        share[part] = taken / ways_out[ways.source[part]]
    return share * worth, worth


def _share(ways: Ways, ends: Ends) -> F64:
    """(K,) share of those who leave a camera that take each way."""
    before, worth = expected_of(ways, ends)
    share = (ways.total + before) / (ends.exits[ways.source] + worth)
    taken = np.bincount(ways.source, share, len(ends.cameras))
    short = np.maximum((1 - MOST_ENDED) / np.maximum(taken, 1e-9), 1.0)
    optimistic: F64 = share * np.minimum(short, HOPE)[ways.source]
    return optimistic


def windows_of(passages: F64, shape: F64, worth: F64) -> F64:
    """(K, 2) s: where all but the outermost hundredths of passages (K, G) lie."""
    seen = passages + worth[:, None] * shape
    reached = np.cumsum(seen, axis=1) / np.maximum(seen.sum(axis=1, keepdims=True), 1e-12)
    ends = np.stack([(reached < share).sum(axis=1) for share in (0.01, 0.99)], axis=1)
    window: F64 = SECONDS[np.minimum(ends, BINS - 1)]
    return window


def _by_place(camera: I64, place: I64, places: int, of_way: I64) -> F64:
    """(K, Z) share of a camera's exits or entries that are at each place."""
    known = place >= 0
    count = np.full((int(max(camera.max(initial=0), of_way.max(initial=0))) + 1, places), 1e-3)
    np.add.at(count, (camera[known], place[known]), 1.0)
    share: F64 = (count / np.maximum(count.sum(axis=1, keepdims=True), 1e-12))[of_way]
    return share


def _place_nats(used: I64, place: I64, weight: F64, usual: F64) -> F64:
    """(K, Z + 1) what a place says for a way: how much oftener it is used on it than at all."""
    count = np.zeros(usual.shape)
    known = (used >= 0) & (place >= 0)
    np.add.at(count, (used[known], place[known]), weight[known])
    share = (count + PLACES * usual) / (count.sum(axis=1, keepdims=True) + PLACES)
    return np.hstack([np.log(share / usual), np.zeros((len(usual), 1))])


def share_alone(alone: F64, many: F64 | I64) -> F64:
    """(Q,) share of those without a partner, of `many` (Q,) of whom `alone` (Q,) found none."""
    share: F64 = np.clip((alone + 0.5 * PSEUDO) / (many + PSEUDO), LEAST_ENDED, MOST_ENDED)
    return share


def _left_over(camera: I64, place: I64, alone: F64, shape: tuple[int, int]) -> F64:
    """(C, Z + 1) ln share of those without a partner, by place; the last column by camera."""
    left = np.clip(alone, 0.0, 1.0)
    many = np.bincount(camera, minlength=shape[0])
    share = share_alone(np.bincount(camera, left, shape[0]).astype(np.float64), many)
    known = place >= 0
    total, here = np.zeros(shape), np.zeros(shape)
    np.add.at(total, (camera[known], place[known]), 1.0)
    np.add.at(here, (camera[known], place[known]), left[known])
    by_place = (here + PLACES * share[:, None]) / (total + PLACES)
    return np.log(np.hstack([by_place, share[:, None]]))
