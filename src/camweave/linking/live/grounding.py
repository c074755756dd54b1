"""Evidence from a common ground plane: two tracklets in one place at one time are one object."""

from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64
from camweave.linking.live.columns import NOBODY
from camweave.linking.live.deciding import NEVER
from camweave.linking.live.gallery import Gallery

AREA: Final = 400.0  # m² over which somebody else could as well stand
ROOM: Final = 2.0  # m on top of three standard deviations from which on two are surely two
WALK: Final = 1.5  # m/s by which a place is less sure, for each second that it is old
LATE: Final = 5.0  # s after which a last place tells nothing
SLACK: Final = 0.3  # s that two cameras' places may be apart and be called simultaneous
MOST: Final = 12.0  # nats
EFFECTIVE: Final = 4.0  # places that are worth one each: their errors are alike
PACE: Final = 2.0  # of them in a second
NEAR: Final = 6.0  # m: who last stood so near is looked at closely


def neighbours(gallery: Gallery, tracklets: I64) -> tuple[I64, I64]:
    """Row of `tracklets` and identity of each pair that another camera saw near it just now."""
    rows = [row for row, slot in enumerate(tracklets.tolist()) if slot in gallery.places]
    held = gallery.tracklets
    others = [
        slot
        for slot in sorted(gallery.places)
        if held["identity"][slot] != NOBODY and (held["live"][slot])
    ]
    if not rows or not others:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    mine = np.array([gallery.places[int(tracklets[row])][-1] for row in rows])
    theirs = np.array([gallery.places[slot][-1] for slot in others])
    apart = np.linalg.norm(mine[:, None, 1:3] - theirs[None, :, 1:3], axis=2)
    late = np.abs(mine[:, None, 0] - theirs[None, :, 0])
    camera = held["camera"][tracklets[rows]][:, None] != held["camera"][others]
    near = (late <= LATE) & (apart <= NEAR + 2 * WALK * late) & camera
    row, other = np.nonzero(near)
    identity = held["identity"][np.array(others)[other]]
    pairs = np.unique(np.stack([np.array(rows)[row], identity]), axis=1)
    return pairs[0], pairs[1]


def ground_nats(gallery: Gallery, tracklet: I64, identity: I64) -> F64:
    """(Q,) nats by place for each tracklet and identity; NaN: no common ground or time."""
    told = np.full(len(tracklet), np.nan)
    if gallery.places:
        for q, (slot, whose) in enumerate(zip(tracklet.tolist(), identity.tolist(), strict=True)):
            if slot in gallery.places:
                told[q] = _with_members(gallery, slot, whose)
    return told


def apart_on_ground(gallery: Gallery, one: int, other: int) -> float:
    """Nats by place for two tracklets of different cameras; NaN: no common ground or time."""
    table = gallery.tracklets["camera"]
    if one not in gallery.places or other not in gallery.places or table[one] == table[other]:
        return float("nan")
    return _nats(gallery.places[one], gallery.places[other])


def _with_members(gallery: Gallery, tracklet: int, identity: int) -> float:
    told = [apart_on_ground(gallery, tracklet, other) for other in gallery.members[identity]]
    seen = [nats for nats in told if not np.isnan(nats)]
    if not seen:
        return float("nan")
    return float(min(seen)) if min(seen) == NEVER else float(np.mean(seen))


def _nats(mine: F64, theirs: F64) -> float:
    """Of two paths (P, 4) and (R, 4): s, m, m, sigma m."""
    time = mine[:, 0]
    common = (time >= theirs[0, 0] - SLACK) & (time <= theirs[-1, 0] + SLACK)
    if not common.any():
        return _handed_over(mine, theirs)
    own = mine[common]
    xy = np.column_stack([np.interp(own[:, 0], theirs[:, 0], theirs[:, k]) for k in (1, 2, 3)])
    apart = np.linalg.norm(own[:, 1:3] - xy[:, :2], axis=1)
    sigma = np.hypot(own[:, 3], xy[:, 2])
    if np.median(apart - 3 * sigma) > ROOM:
        return NEVER
    length = PACE * float(own[-1, 0] - own[0, 0])
    worth = min(1.0 + length, EFFECTIVE)
    return float(np.clip(worth * np.mean(_ratio(apart, sigma)), -MOST, MOST))


def _handed_over(mine: F64, theirs: F64) -> float:
    """One path ends shortly before the other begins: where it would have gone on to."""
    first, second = (theirs, mine) if theirs[-1, 0] < mine[0, 0] else (mine, theirs)
    gap = float(second[0, 0] - first[-1, 0])
    if gap > LATE:
        return float("nan")
    back = first[max(len(first) - 6, 0)]
    span = float(first[-1, 0] - back[0])
    pace = (first[-1, 1:3] - back[1:3]) / span if span > 0 else np.zeros(2)
    apart = float(np.linalg.norm(second[0, 1:3] - first[-1, 1:3] - pace * gap))
    sigma = float(np.sqrt(first[-1, 3] ** 2 + second[0, 3] ** 2 + (WALK * gap) ** 2))
    return float(np.clip(_ratio(np.array([apart]), np.array([sigma]))[0], -MOST, MOST))


def _ratio(apart: F64, sigma: F64) -> F64:
    density = -np.log(2 * np.pi * np.square(sigma)) - np.square(apart / sigma) / 2
    nats: F64 = density + np.log(AREA)
    return nats
