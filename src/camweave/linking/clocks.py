"""How far the cameras' clocks are apart, from objects that several of them saw.

Two cameras that see an object at once agree on where it is at every instant of the right clock.
Two that see it one after the other tell only how long the way takes plus the difference of their
clocks; ways that are as long both ways tell the two apart, as in D. Mills' network time protocol.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.core.errors import InputError
from camweave.core.frame import CameraId
from camweave.core.sightings import Sightings
from camweave.core.tracks import UNLINKED

MAD_TO_SIGMA: Final = 1.4826
STILL: Final = 0.3  # m/s: who moves less tells no time
COARSE: Final = 0.5  # s, of the first search,
GRID: Final = 0.1  # s, of the next
SURE: Final = 3.0  # standard errors by which a clock is surely off,
OFF: Final = 0.3  # s, and so far that it matters
STRIDE: Final = 1.0  # s to either side that tell how fast somebody goes
STEPS: Final = 3  # of Newton's, after it
LEAST_PLACES: Final = 5  # that two paths must share
MOST_TRIED: Final = 30  # meetings that the first search looks at
BIAS: Final = 1.0  # m by which two calibrations may disagree
CLOSEST: Final = 0.05  # m: paths are not known any better
AGREED: Final = 0.1  # m: nor do two views agree any better on where those are who pass
FAR: Final = 4.0  # times the usual distance: two paths so far apart are of two objects
UNEVEN: Final = 0.1  # share of a way's time by which the two directions may differ


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockParams:
    """Knobs of `estimate_clocks`."""

    most: float = 5.0  # s that two clocks may be apart
    least: int = 8  # passages that a pair of cameras needs

    def __post_init__(self) -> None:
        if not 0 < self.most < np.inf:
            raise InputError(f"clocks: most: expected more than 0 s, got {self.most}")
        if self.least < 1:
            raise InputError(f"clocks: least: expected 1 or more, got {self.least}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPair:
    """What the objects that two cameras share say of their clocks."""

    one: CameraId
    other: CameraId
    ahead: float  # s to be added to the clock of `other`, that it agrees with that of `one`
    sigma: float  # s, standard error
    samples: int  # passages it rests on
    how: Literal["together", "both ways"]  # on the ground at the same time; or there and back


@dataclass(frozen=True, slots=True, eq=False)
class Clocks:
    """What to add to each camera's clock, that all agree with the first they are connected to."""

    cameras: tuple[CameraId, ...]  # C
    offset: F64  # (C,) s to add; 0 for a camera of which nothing is known
    sigma: F64  # (C,) s, standard error; 0 for those the others are compared with, inf: unknown
    pairs: tuple[ClockPair, ...] = ()


def estimate_clocks(
    sightings: Sightings, identity: I64, params: ClockParams | None = None
) -> Clocks:
    """The clocks of a site whose tracklets are linked already.

    Args:
        sightings: N tracklets.
        identity: (N,) global id of each, or UNLINKED.
        params: knobs.
    """
    p = params or ClockParams()
    pairs = tuple(_pairs(sightings, identity, p))
    offset, sigma = _settle(len(sightings.cameras), sightings.cameras, pairs, by_middle=False)
    return Clocks(sightings.cameras, offset, sigma, pairs)


def surely_off(clocks: Clocks) -> Clocks | None:
    """Clocks as those tell whom two cameras saw at once, where any is surely off; else None.

    Ways there and back tell too little to change a clock by. A camera of which nothing is surely
    known stays as it is. How far apart the clocks of two groups are that share nobody is not
    known: so each group is set by its middle clock, and as little as can be is moved.
    """
    pairs = tuple(each for each in clocks.pairs if each.how == "together")
    offset, sigma = _settle(len(clocks.cameras), clocks.cameras, pairs, by_middle=True)
    offset = np.where(SURE * sigma <= OFF, offset, 0.0)
    return Clocks(clocks.cameras, offset, sigma, pairs) if (np.abs(offset) > OFF).any() else None


def on_common_clock(sightings: Sightings, clocks: Clocks) -> Sightings:
    """The same tracklets with every time on the common clock.

    Raises:
        InputError: the clocks are those of other cameras.
    """
    if clocks.cameras != sightings.cameras:
        raise InputError("clocks: of other cameras than the tracklets; estimate them again")
    add = clocks.offset[sightings.camera]
    crops, paths = sightings.crops, sightings.paths
    return replace(
        sightings,
        begin=sightings.begin + add,
        end=sightings.end + add,
        crops=replace(crops, time=crops.time + np.repeat(add, np.diff(crops.offsets))),
        paths=replace(paths, time=paths.time + np.repeat(add, np.diff(paths.offsets))),
    )


def _pairs(sightings: Sightings, identity: I64, p: ClockParams) -> Iterator[ClockPair]:
    cameras = sightings.cameras
    together, gaps = _meetings(sightings, identity), _passages(sightings, identity)
    for one in range(len(cameras)):
        for other in range(one + 1, len(cameras)):
            names = {"one": cameras[one], "other": cameras[other]}
            met = _together(together.get((one, other), []), p)
            there, back = gaps.get((one, other), []), gaps.get((other, one), [])
            if met is not None:
                ahead, sigma, samples = met
                yield ClockPair(**names, ahead=ahead, sigma=sigma, samples=samples, how="together")
            elif min(len(there), len(back)) >= p.least:
                told = _both_ways(np.array(there), np.array(back), names)
                if abs(told.ahead) <= p.most:  # else they do not come back as they went
                    yield told


def _both_ways(there: F64, back: F64, names: dict[str, CameraId]) -> ClockPair:
    """Half of what the way back takes longer; a way need not be quite as long both ways."""
    (out, out_error), (home, home_error) = _middle(there), _middle(back)
    way = UNEVEN * abs(out + home) / 2
    return ClockPair(
        **names,
        ahead=(home - out) / 2,
        sigma=float(np.hypot(np.hypot(out_error, home_error) / 2, way)),
        samples=len(there) + len(back),
        how="both ways",
    )


def _middle(values: F64) -> tuple[float, float]:
    """Median, and its standard error."""
    middle = float(np.median(values))
    apart = float(np.median(np.abs(values - middle))) * MAD_TO_SIGMA
    return middle, 1.2533 * max(apart, GRID / 4) / np.sqrt(len(values))


def _passages(sightings: Sightings, identity: I64) -> dict[tuple[int, int], list[float]]:
    """Seconds from leaving one camera to entering the next, of all who did, by the two cameras."""
    order = np.lexsort([sightings.begin, identity])
    one, other = order[:-1], order[1:]
    same = (identity[one] == identity[other]) & (identity[one] != UNLINKED)
    away = sightings.camera[one] != sightings.camera[other]
    gap = sightings.begin[other] - sightings.end[one]
    found: dict[tuple[int, int], list[float]] = {}
    for row in np.flatnonzero(same & away):
        key = int(sightings.camera[one[row]]), int(sightings.camera[other[row]])
        found.setdefault(key, []).append(float(gap[row]))
    return found


def _meetings(sightings: Sightings, identity: I64) -> dict[tuple[int, int], list["_Meeting"]]:
    """For each two cameras the pairs of paths of one identity."""
    found: dict[tuple[int, int], list[_Meeting]] = {}
    paths = sightings.paths
    on_ground = np.diff(paths.offsets) >= LEAST_PLACES
    rows = np.flatnonzero(on_ground & (identity != UNLINKED))
    order = rows[np.lexsort([sightings.camera[rows], identity[rows]])].tolist()
    for at, i in enumerate(order):
        for j in order[at + 1 :]:
            if identity[j] != identity[i]:
                break
            key = int(sightings.camera[i]), int(sightings.camera[j])
            if key[0] != key[1]:
                one, other = paths.of(i), paths.of(j)
                met = _Meeting(paths.time[one], paths.xy[one], paths.time[other], paths.xy[other])
                found.setdefault(key, []).append(met)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Meeting:
    """One object's path as two cameras saw it."""

    time: F64  # (P,) s
    xy: F64  # (P, 2) m
    other_time: F64  # (Q,) s
    other_xy: F64  # (Q, 2) m

    def apart(self, shift: float) -> tuple[F64, F64]:
        """How far the other is from the one (K, 2) m, and how fast it goes (K, 2) m/s.

        At the K times that they share, once `shift` s are added to the other's clock.
        """
        clock = self.other_time + shift
        at = self.time[(self.time >= clock[0]) & (self.time <= clock[-1])]
        if len(at) < LEAST_PLACES:
            return np.empty((0, 2)), np.empty((0, 2))
        here, there = _places(at, self.time, self.xy), _places(at, clock, self.other_xy)
        before, after = np.maximum(at - STRIDE, clock[0]), np.minimum(at + STRIDE, clock[-1])
        moved = _places(after, clock, self.other_xy) - _places(before, clock, self.other_xy)
        pace = moved / np.maximum(after - before, STRIDE / 2)[:, None]
        return there - here, pace


def _places(at: F64, time: F64, xy: F64) -> F64:
    return np.column_stack([np.interp(at, time, xy[:, k]) for k in range(2)])


def _together(met: list[_Meeting], p: ClockParams) -> tuple[float, float, int] | None:
    """The s to add to the other clock, their standard error, and the paths that tell."""
    if len(met) < p.least:
        return None
    thin = met[:: 1 + len(met) // MOST_TRIED]
    shift = 0.0
    for reach, step in ((p.most, COARSE), (COARSE, GRID)):
        tries = shift + np.arange(-reach, reach + step / 2, step)
        shift = float(tries[int(np.argmin([_cost(thin, float(each), p.least) for each in tries]))])
    count, error = 0, np.inf
    for _ in range(STEPS):
        fit = _newton(met, shift, p.least)
        if fit is None or abs(shift + fit[0]) > p.most:
            return None
        step, error, count = fit
        shift += step
    return shift, error, count


def _cost(met: list[_Meeting], shift: float, least: int) -> float:
    """The usual distance of two paths, less what the calibrations disagree by."""
    aparts = [apart for each in met if len(apart := each.apart(shift)[0])]
    if len(aparts) < least:
        return np.inf
    bias = np.median(np.concatenate(aparts), axis=0)
    usual = np.median([np.square(apart - bias).sum(axis=1).mean() for apart in aparts])
    return float(usual + np.square(bias * CLOSEST / BIAS).sum())


def _newton(met: list[_Meeting], shift: float, least: int) -> tuple[float, float, int] | None:
    """One step to where place and time fit best, its standard error, and the paths that tell.

    Each path counts once, however many places it has. Paths that all go one way at one pace cannot
    tell a late clock from a plan that is shifted (by about `BIAS` m); then the error says so. The
    error is the larger of that and of what the paths disagree by, each as a whole, for the places
    of one path err together (the sandwich of Huber 1967, clustered as by Liang and Zeger 1986),
    and never less than it takes to go as far as two cameras always disagree.
    """
    seen = [each.apart(shift) for each in met]
    moving = [each for each in seen if np.square(each[1]).sum() > STILL**2 * len(each[1])]
    if len(moving) < least:
        return None
    bias = np.median(np.concatenate([apart for apart, _ in moving]), axis=0)
    lengths = [np.linalg.norm(apart - bias, axis=1).mean() for apart, _ in moving]
    usual = float(np.median(lengths))
    kept = [each for each, far in zip(moving, lengths, strict=True) if far <= FAR * usual]
    if len(kept) < least:
        return None
    weight, before = max(usual, CLOSEST) ** -2, np.diag([0.0, BIAS**-2, BIAS**-2])
    told = [_told(apart, pace, weight / len(pace)) for apart, pace in kept]
    normals, rights = np.array([each[0] for each in told]), np.array([each[1] for each in told])
    cover = np.linalg.inv(before + normals.sum(axis=0))
    fit = cover @ rights.sum(axis=0)
    pulls = (rights - normals @ fit) @ cover[0]
    apart = np.square(pulls).sum() * len(kept) / max(len(kept) - len(fit), 1)
    usual_pace = np.median([np.square(pace).sum(axis=1).mean() for _, pace in kept])
    error = max(cover[0, 0], apart) + AGREED**2 / float(usual_pace)
    return float(fit[0]), float(np.sqrt(error)), len(kept)


def _told(apart: F64, pace: F64, weight: float) -> tuple[F64, F64]:
    """What one path adds to the normal equations: (3, 3) and (3,)."""
    design = _design(pace)
    return weight * design.T @ design, weight * design.T @ apart.T.ravel()


def _design(pace: F64) -> F64:
    """(2 K, 3) what a late clock and a plan shifted to the east and the north do to both axes."""
    k = len(pace)
    east, north = np.repeat([1.0, 0.0], k), np.repeat([0.0, 1.0], k)
    return np.column_stack([pace.T.ravel(), east, north])


def _settle(
    count: int, cameras: tuple[CameraId, ...], pairs: tuple[ClockPair, ...], *, by_middle: bool
) -> tuple[F64, F64]:
    """(C,) offsets by weighted least squares over all pairs, and their standard errors.

    Of each group of cameras that pairs connect, against its first camera, or `by_middle` against
    the one whose offset is in the middle, with the errors against the group's mean. Where pairs
    contradict each other by more than they say, all err so much more (Birge 1932).
    """
    offset, sigma = np.zeros(count), np.full(count, np.inf)
    at = {camera: number for number, camera in enumerate(cameras)}
    for group in _connected(count, [(at[each.one], at[each.other]) for each in pairs]):
        own = [each for each in pairs if at[each.one] in group]
        place = {camera: k for k, camera in enumerate(group[1:])}
        design, value = np.zeros((len(own), len(place))), np.zeros(len(own))
        for row, each in enumerate(own):
            weight = 1 / each.sigma
            value[row] = each.ahead * weight
            for camera, sign in ((at[each.other], 1.0), (at[each.one], -1.0)):
                if camera in place:
                    design[row, place[camera]] = sign * weight
        cover = np.linalg.pinv(design.T @ design)
        offset[group[1:]] = fit = cover @ design.T @ value
        free = max(len(own) - len(place), 1)
        worse = max(1.0, float(np.square(value - design @ fit).sum()) / free)
        cover = np.pad(cover * worse, ((1, 0), (1, 0)))
        offset[group[0]] = 0.0
        if by_middle:
            order = np.argsort(offset[group], kind="stable")
            middle = min(order[[(len(group) - 1) // 2, len(group) // 2]])
            offset[group] -= offset[group][middle]
            against = np.eye(len(group)) - 1 / len(group)
            cover = against @ cover @ against
        sigma[group] = np.sqrt(np.diag(cover))
    return offset, sigma


def _connected(count: int, edges: list[tuple[int, int]]) -> list[list[int]]:
    """Groups of cameras that pairs connect, each in rising order; who is alone is in none."""
    group = list(range(count))
    for one, other in edges:
        low, high = sorted((group[one], group[other]))
        group = [low if g == high else g for g in group]
    members = [[c for c in range(count) if group[c] == g] for g in sorted(set(group))]
    return [each for each in members if len(each) > 1]
