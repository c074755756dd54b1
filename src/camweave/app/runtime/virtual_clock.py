"""Keeps cameras in step: whose frames may be processed now, by their capture times.

Nothing here reads a clock: `now` and every time are seconds on the site's clock, handed in. So
ticks lost by a slow machine, frames that came late and rates that lie cannot put cameras out of
step: what is compared is always when the pictures were taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import floor, inf
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from camweave.core.frame import CameraId

Standing: TypeAlias = Literal["starting", "in step", "late", "stalled", "down"]
"""What others make of a camera: they wait for one that is in step, and for nobody else."""

HALF: Final = 0.5  # of a tick: a frame so much too early is the one that is due
ROUNDING: Final = 1e-6  # of a tick


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockParams:
    """How closely cameras are kept in step."""

    fps: float = 8.0  # ticks/s: no camera is looked at more often
    max_skew: float = 1.0  # ticks that a camera may be ahead of the slowest healthy one
    stall_after: float = 5.0  # s of silence after which a camera is reported as stalled
    hold: float = 1.0  # s that the others' frames are kept back for a camera that comes late
    start_within: float = 15.0  # s in which every source must have shown a frame


@dataclass(frozen=True, slots=True)
class Front:
    """How far a camera has come."""

    time: float | None  # s, when its newest frame was taken; None: it has shown none yet
    arrived: float  # s, when that came in; before the first frame, when it was asked to begin
    period: float = 0.0  # s between its frames, as measured; 0 while that is unknown
    up: bool = True  # False: it is known to have no pictures now: lost, ended or failed

    @property
    def reach(self) -> float:
        """Up to when it has said all that it has to say: until its next frame is due."""
        return -inf if self.time is None else self.time + self.period


@dataclass(frozen=True, slots=True)
class Step:
    """What may be looked at now."""

    limit: float  # s: frames taken later than this have to wait
    standing: Mapping[CameraId, Standing] = field(default_factory=dict)
    skew: Mapping[CameraId, float] = field(default_factory=dict)  # s behind the foremost


class VirtualClock:
    """Keeps a site's cameras in step in capture time; remembers what each has shown last.

    It begins when every source has shown a frame or given up. From then on nobody gets more than
    `max_skew` ticks ahead of the slowest camera that is in step. A camera that gives no frame
    when one is due is late after `hold` s and stalled after `stall_after` s, and holds nobody
    back; with its first new frame it is in step again. A camera that others wait for, or that
    waits itself, is neither.
    """

    def __init__(self, params: ClockParams | None = None) -> None:
        self.params = params or ClockParams()
        self._began = False
        self._due: dict[CameraId, float] = {}  # s, when its next frame is to be of

    def step(self, fronts: Mapping[CameraId, Front], now: float) -> Step:
        """How far the cameras may go; those left out of `fronts` are forgotten."""
        self._due = {camera: due for camera, due in self._due.items() if camera in fronts}
        self._began = self._began or all(self._answered(each, now) for each in fronts.values())
        standing = {camera: self._alone(front, now) for camera, front in fronts.items()}
        waiting = {c: fronts[c].reach for c in fronts if standing[c] == "in step"}
        foremost = max(waiting.values(), default=-inf)
        for camera, reach in waiting.items():
            if foremost - reach > self.params.hold:
                standing[camera] = "late"
        slowest = min((r for c, r in waiting.items() if standing[c] == "in step"), default=inf)
        return Step(
            limit=slowest + self.params.max_skew / self.params.fps if self._began else -inf,
            standing=MappingProxyType(standing),
            skew=MappingProxyType({c: foremost - reach for c, reach in waiting.items()}),
        )

    def due(self, camera: CameraId, time: float) -> bool:
        """Whether a frame taken at `time` is this camera's next one, at so many ticks a second."""
        return time >= self._due.get(camera, -inf) - HALF / self.params.fps

    def took(self, camera: CameraId, time: float) -> None:
        """A frame of `camera` taken at `time` is being looked at."""
        tick, due = 1 / self.params.fps, self._due.get(camera, -inf)
        self._due[camera] = tick + (due if due > time - tick else time)

    def _answered(self, front: Front, now: float) -> bool:
        patient = now - front.arrived <= self.params.start_within
        return front.time is not None or not front.up or not patient

    def _alone(self, front: Front, now: float) -> Standing:
        """Its standing as far as the others do not matter."""
        if not front.up:
            return "down"
        if front.time is None:
            return "starting"
        silent = now - front.arrived - front.period
        return "stalled" if silent > self.params.stall_after else "in step"


def together(
    heads: Mapping[CameraId, float], fps: float, interval: float = inf
) -> tuple[CameraId, ...]:
    """Who is next where every frame counts: those whose next frame falls into the first tick.

    `heads` has the time of the next frame, s, of every camera that has not ended, so that the
    answer depends on no thread's luck. All lie on one side of each multiple of `interval` s.
    """
    if not heads:
        return ()
    first = min(heads.values())
    tick, border = floor(first * fps + ROUNDING), (first // interval + 1) * interval
    near = (c for c in sorted(heads) if not heads[c] >= border)
    return tuple(c for c in near if floor(heads[c] * fps + ROUNDING) <= tick)
