"""Cameras at the junctions of a made-up city, and who moves how in front of them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from camweave.core.arrays import F64, I64, Bool
from camweave.sources.synthetic.plan import CameraSpec
from camweave.sources.synthetic.recorded.city.journeys import OUTSIDE, Passages
from camweave.sources.synthetic.recorded.city.params import CityParams
from camweave.sources.synthetic.recorded.city.streets import Streets
from camweave.sources.synthetic.world import Poses

HANG: Final = 23  # first word of the seed
REACH: Final = 48.0  # m before and after a junction's middle that somebody is followed
CORNER: Final = 9.0  # m before and after it between which they turn; the stop line is its begin
QUEUE: Final = 7.0  # m that one who waits takes
MOST_QUEUE: Final = 4  # of them are in the view
LANE: Final = 2.4  # m to the right of the street's middle
PAVEMENT: Final = 6.0  # likewise, on foot
POLE: Final = (17.0, 22.0)  # m from the junction's middle to the camera
HEIGHT: Final = (6.0, 9.0)  # m
ANGLE: Final = 78.0  # degrees across a picture


@dataclass(frozen=True, slots=True, eq=False)
class Hung:
    """A camera and the junction it looks at."""

    spec: CameraSpec
    junction: int


def hang_cameras(streets: Streets, params: CityParams) -> tuple[Hung, ...]:
    """`views` cameras at each of as many junctions as are needed, all around them."""
    rng = np.random.default_rng([params.seed, HANG])
    junctions = -(-params.cameras // params.views)
    chosen = np.sort(rng.permutation(len(streets.place))[:junctions])
    digits = max(2, len(str(params.cameras)))
    width, height = params.size
    out = []
    for number in range(params.cameras):
        junction = int(chosen[number // params.views])
        part = number % params.views / params.views
        angle = 2 * np.pi * (part + junction * 0.37) + rng.uniform(-0.15, 0.15)
        x, y = streets.place[junction].tolist()
        away, high = rng.uniform(*POLE), rng.uniform(*HEIGHT)
        ahead = rng.uniform(2.0, 6.0)
        cos, sin = float(np.cos(angle)), float(np.sin(angle))
        spec = CameraSpec(
            name=f"cam_{number + 1:0{digits}}",
            position=(x + away * cos, y + away * sin, high),
            look_at=(x - ahead * cos, y - ahead * sin, 0.5),
            field_of_view=ANGLE,
            width=width,
            height=height,
            fps=params.fps,
        )
        out.append(Hung(spec, junction))
    return tuple(out)


def poses_at(
    streets: Streets, passages: Passages, junction: int, params: CityParams, *, frames: int
) -> Poses:
    """Everybody near a junction in each of a camera's frames, in order of frame and object."""
    rows = np.flatnonzero(passages.junction == junction)
    rank = _ranks(passages, rows)
    arrive, leave = passages.arrive[rows], passages.leave[rows]
    stop = -CORNER - QUEUE * np.where(passages.walks[passages.actor[rows]], 0, rank)
    begin = arrive - (REACH + stop) / passages.speed_in[rows]
    end = leave + (REACH - stop) / passages.speed_out[rows]
    first = np.maximum(np.ceil(begin * params.fps), 0).astype(np.int64)
    last = np.minimum(np.floor(end * params.fps), frames - 1).astype(np.int64)
    count = np.maximum(last - first + 1, 0)
    of = np.repeat(np.arange(len(rows)), count)
    frame = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count) + first[of]
    time = frame / params.fps
    coming = time < leave[of]
    speed_in, speed_out = passages.speed_in[rows][of], passages.speed_out[rows][of]
    near = np.minimum(stop[of], stop[of] + (time - arrive[of]) * speed_in)
    along = np.where(coming, near, stop[of] + (time - leave[of]) * speed_out)
    waits = (time > arrive[of]) & coming
    xy, heading = _on_the_way(streets, passages, rows[of], along)
    order = np.lexsort((passages.actor[rows][of], frame))
    return Poses(
        moment=frame[order],
        actor=passages.actor[rows][of][order],
        xy=xy[order],
        heading=heading[order],
        speed=np.where(waits, 0.0, np.where(coming, speed_in, speed_out))[order],
        pull=np.zeros(len(order)),
        walked=(along + REACH)[order],
    )


def _ranks(passages: Passages, rows: I64) -> I64:
    """(P,) how many wait before each one that waits at the same time and arm."""
    leave, arrive = passages.leave[rows], passages.arrive[rows]
    arm = passages.before[rows]
    order = np.lexsort((leave, arm))
    rank = np.zeros(len(rows), np.int64)
    gone: list[float] = []
    now = None
    for row in order.tolist():
        if passages.walks[passages.actor[rows[row]]]:
            continue
        if arm[row] != now:
            now, gone = int(arm[row]), []
        gone = [time for time in gone if time > arrive[row]]
        rank[row] = min(len(gone), MOST_QUEUE) if leave[row] > arrive[row] else 0
        gone.append(float(leave[row]))
    return rank


def _on_the_way(streets: Streets, passages: Passages, row: I64, along: F64) -> tuple[F64, F64]:
    """Places and headings (R, 2), `along` m from the middle of the junction, bends rounded off."""
    junction = passages.junction[row]
    middle = streets.place[junction]
    came = _arm(streets, junction, passages.before[row])
    goes = _arm(streets, junction, passages.after[row])
    share = np.clip((along + CORNER) / (2 * CORNER), 0.0, 1.0)[:, None]
    heading = -came * (1 - share) + goes * share
    # Who turns back on the same arm turns round on the spot.
    right = np.stack([came[:, 1], -came[:, 0]], axis=1)
    heading = np.where(np.hypot(*heading.T)[:, None] < 0.1, right, heading)  # noqa: PLR2004 - nearly none
    heading /= np.hypot(*heading.T)[:, None]
    bend = CORNER * (came * (1 - share) ** 2 + goes * share**2)
    before, after = np.maximum(-along - CORNER, 0.0), np.maximum(along - CORNER, 0.0)
    place = middle + bend + came * before[:, None] + goes * after[:, None]
    aside = _aside(passages, row)
    return place + np.stack([heading[:, 1], -heading[:, 0]], axis=1) * aside[:, None], heading


def _arm(streets: Streets, junction: I64, other: I64) -> F64:
    """(R, 2) unit vector from a junction towards another, or out of the city."""
    way = streets.place[np.maximum(other, 0)] - streets.place[junction]
    way = np.where((other == OUTSIDE)[:, None], streets.outward[junction], way)
    return np.asarray(way / np.maximum(np.hypot(*way.T), 1e-6)[:, None])


def _aside(passages: Passages, row: I64) -> F64:
    """(R,) m to the right of the middle: each object keeps a lane, or a side, of its own."""
    actor = passages.actor[row]
    own = (actor * 0.618034) % 1.0  # spread evenly
    on_foot: Bool = passages.walks[actor]
    side = np.where(actor % 2 == 0, 1.0, -1.0)
    return np.where(on_foot, side * (PAVEMENT + 2.0 * own - 1.0), LANE + 1.2 * own - 0.6)
